import type { Splice } from '../format.ts';

/**
 * Splices that turn one list of items, laid end to end in the file, into another. Items that both lists share (the
 * same objects, in the same order) are not touched, however large; what is between them is replaced.
 * @param offset where the first item stands
 * @param bytesOf an item's bytes as they stand, or are to stand, in the file
 */
export function spliceList<T>(
  offset: number,
  before: readonly T[],
  after: readonly T[],
  bytesOf: (item: T) => Uint8Array,
): Splice[] {
  const splices: Splice[] = [];
  let at = offset;
  let removed = 0;
  let added: Uint8Array[] = [];
  let next = 0;
  const removeUpTo = (index: number): void => {
    for (; next < index; next++) removed += bytesOf(before[next]!).length;
  };
  const flush = (): void => {
    if (removed > 0 || added.length > 0)
      splices.push({ offset: at, length: removed, insert: Buffer.concat(added) });
    at += removed;
    removed = 0;
    added = [];
  };
  const places = new Map(before.map((item, index) => [item, index]));
  for (const item of after) {
    const index = places.get(item);
    if (index === undefined || index < next) {
      added.push(bytesOf(item));
      continue;
    }
    removeUpTo(index);
    flush();
    at += bytesOf(item).length;
    next = index + 1;
  }
  removeUpTo(before.length);
  flush();
  return splices;
}
