import type { Splice } from '../format.ts';

/** Sum of the growth of all splices: new size minus old size. */
export function growth(splices: readonly Splice[]): number {
  return splices.reduce((sum, splice) => sum + splice.insert.length - splice.length, 0);
}

/** The same splices, `by` bytes further into the file. */
export function shiftSplices(splices: readonly Splice[], by: number): Splice[] {
  return splices.map((splice) => ({ ...splice, offset: splice.offset + by }));
}

/**
 * A splice without the bytes that old and new have in common at both ends; `null` when nothing is left.
 * @param before the old bytes in the range of the splice
 */
export function trimSplice(splice: Splice, before: Uint8Array): Splice | null {
  const { insert } = splice;
  const shorter = Math.min(before.length, insert.length);
  let head = 0;
  while (head < shorter && before[head] === insert[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === insert[insert.length - 1 - tail])
    tail += 1;
  const length = before.length - head - tail;
  if (length === 0 && insert.length - head - tail === 0) return null;
  return { offset: splice.offset + head, length, insert: insert.subarray(head, insert.length - tail) };
}

/**
 * Splices in order, each trimmed to what differs; those that change nothing are left out.
 * @param read the old bytes of a range
 * @throws RangeError when two splices overlap
 */
export function tidySplices(
  splices: readonly Splice[],
  read: (offset: number, length: number) => Uint8Array,
): Splice[] {
  const sorted = splices.toSorted((a, b) => a.offset - b.offset);
  let end = 0;
  const tidy: Splice[] = [];
  for (const splice of sorted) {
    if (splice.offset < end) throw new RangeError(`Splices overlap at byte ${splice.offset}`);
    end = splice.offset + splice.length;
    const trimmed = trimSplice(splice, read(splice.offset, splice.length));
    if (trimmed) tidy.push(trimmed);
  }
  return tidy;
}

/** Old bytes with the splices applied. For tests and for what fits in memory. */
export function applySplices(bytes: Uint8Array, splices: readonly Splice[]): Buffer {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const splice of splices) {
    if (splice.offset < at || splice.offset + splice.length > bytes.length)
      throw new RangeError(`Splice at byte ${splice.offset} is out of order or out of range`);
    parts.push(bytes.subarray(at, splice.offset), splice.insert);
    at = splice.offset + splice.length;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}
