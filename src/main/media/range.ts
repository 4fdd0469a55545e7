/** Bytes `start`…`end` (inclusive), the whole (`undefined`), or nothing that there is. */
export type WantedRange = { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined;

/** A longer header is no player's: refused before it is taken apart. */
const MAX_HEADER = 200;

/**
 * What a Range header asks for (RFC 9110, 14.2). What is no byte range, is malformed, or names several ranges is
 * ignored, as the RFC allows: no player asks for several, and answering them costs what one request should not.
 * @param size bytes that there are
 */
export function wantedRange(header: string | undefined, size: number): WantedRange {
  if (header === undefined) return undefined;
  if (header.length > MAX_HEADER) return 'unsatisfiable';
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(size, Number(last));
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size - 1 : Math.min(size - 1, Number(last)) };
}
