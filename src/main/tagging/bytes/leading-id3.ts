import { RefusedError } from '../errors.ts';
import type { ByteSource } from '../format.ts';
import { isSyncsafe, readSyncsafe } from './syncsafe.ts';

/** Where one ID3v2 tag stands: header, and footer where there is one, included. */
export interface Id3Span {
  readonly offset: number;
  readonly size: number;
}

/** Whether an ID3v2 header starts here: the pattern of ID3v2.4 §3.1. */
export function isId3Header(bytes: Buffer, at = 0): boolean {
  return (
    at + 10 <= bytes.length &&
    bytes.toString('latin1', at, at + 3) === 'ID3' &&
    bytes[at + 3] !== 0xff &&
    bytes[at + 4] !== 0xff &&
    isSyncsafe(bytes, at + 6)
  );
}

/** Total size of the ID3v2 tag whose header this is, in bytes. */
export function id3Size(header: Buffer, at = 0): number {
  const footer = header[at + 3] === 4 && (header[at + 5]! & 0x10) !== 0 ? 10 : 0;
  return 10 + readSyncsafe(header, at + 6) + footer;
}

/**
 * The ID3v2 tags at the start of a file, one after the other: some software puts a second one in front.
 * The content proper starts where the last one ends, 0 when there is none.
 * @throws RefusedError when a tag claims to be larger than the file
 */
export function leadingId3(source: ByteSource): readonly Id3Span[] {
  const spans: Id3Span[] = [];
  let offset = 0;
  while (spans.length < 16) {
    const header = source.read(offset, 10);
    if (!isId3Header(header)) break;
    const size = id3Size(header);
    if (offset + size > source.size)
      throw new RefusedError(
        `The ID3v2 tag at byte ${offset} claims ${size} bytes, more than the file has: its size is wrong.`,
      );
    spans.push({ offset, size });
    offset += size;
  }
  return spans;
}

/** Where the content behind the leading ID3v2 tags starts. Like `leadingId3`, but never throws: for detection. */
export function contentStart(source: ByteSource): number {
  try {
    return leadingId3(source).reduce((end, span) => Math.max(end, span.offset + span.size), 0);
  } catch (error) {
    if (error instanceof RefusedError) return source.size;
    throw error;
  }
}
