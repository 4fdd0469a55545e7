import type { PageRenumbering } from '../format.ts';
import type { JournalEntry, JournalSplice } from '../journal.ts';

/** How far the byte at `offset` of the old file has moved in the new one, splices before it counted. */
function shiftAt(splices: readonly JournalSplice[], offset: number): number {
  let shift = 0;
  for (const splice of splices) {
    if (splice.offset + splice.before.length > offset) break;
    shift += splice.after.length - splice.before.length;
  }
  return shift;
}

/** The splices that turn the new file into the old one again. */
export function reverseSplices(splices: readonly JournalSplice[]): JournalSplice[] {
  let shift = 0;
  return splices.map(({ offset, before, after }) => {
    const reversed = { offset: offset + shift, before: after, after: before };
    shift += after.length - before.length;
    return reversed;
  });
}

/** The renumbering that gives the pages of the new file their old numbers. */
export function reverseRenumbering(
  splices: readonly JournalSplice[],
  renumber: readonly PageRenumbering[],
): PageRenumbering[] {
  return renumber.map(({ start, end, serial, delta }) => ({
    start: start + shiftAt(splices, start),
    end: end + shiftAt(splices, start),
    serial,
    delta: -delta,
  }));
}

/** Whether `a` is what undoing `b` writes, or the other way round. */
export function isReverse(a: JournalEntry, b: JournalEntry): boolean {
  const reversed = reverseSplices(b.splices);
  return (
    a.path === b.path &&
    a.splices.length === reversed.length &&
    a.splices.every((splice, i) => {
      const other = reversed[i]!;
      return (
        splice.offset === other.offset &&
        Buffer.compare(splice.before, other.before) === 0 &&
        Buffer.compare(splice.after, other.after) === 0
      );
    })
  );
}
