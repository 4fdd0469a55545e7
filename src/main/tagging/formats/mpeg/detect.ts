import { crc32 } from 'node:zlib';
import type { ByteSource } from '../../format.ts';
import { adtsFrame, mpegFrame, type StreamFrame } from './frame-header.ts';

export type Stream = 'mp3' | 'aac' | 'tta';

/** How far behind the tags the first frame may be: encoders and cutters leave zeros and half frames there. */
const MAX_JUNK = 128 * 1024;
/** Without a tag in front, junk that isn't zero means that it may be another kind of file. */
const MAX_JUNK_UNTAGGED = 4096;
/** Frames in a row that make a stream. */
const FRAMES = 3;

/** First bytes of files that may hold MPEG frames somewhere but are not streams of them. */
const OTHER_FILES: readonly string[] = [
  '52494646',
  '464f524d',
  '1a45dfa3',
  '4f676753',
  '000001ba',
  '000001b3',
  '504b0304',
  '3026b275',
  '664c6143',
];

/**
 * Whether frames follow each other from `at`: three that agree, or fewer that end exactly at `end`.
 * @param end offset in `bytes` where the audio ends; beyond its length when it goes on
 */
function isStream(
  bytes: Buffer,
  at: number,
  end: number,
  frameAt: (bytes: Buffer, at: number) => StreamFrame | null,
): boolean {
  let kind: string | null = null;
  for (let count = 0; count < FRAMES; count += 1) {
    if (at === end) return count > 0;
    const frame = frameAt(bytes, at);
    if (!frame || (kind !== null && frame.kind !== kind) || at + frame.length > end) return false;
    kind = frame.kind;
    at += frame.length;
  }
  return true;
}

/** Offset in `bytes` of the first MPEG or ADTS stream before `limit`, and which; `null` where there is none. */
export function findStream(
  bytes: Buffer,
  limit: number,
  end = Number.POSITIVE_INFINITY,
): { readonly at: number; readonly stream: 'mp3' | 'aac' } | null {
  for (let at = bytes.indexOf(0xff); at >= 0 && at < limit; at = bytes.indexOf(0xff, at + 1)) {
    if (isStream(bytes, at, end, adtsFrame)) return { at, stream: 'aac' };
    if (isStream(bytes, at, end, mpegFrame)) return { at, stream: 'mp3' };
  }
  return null;
}

/** TTA1 header: 22 bytes with a CRC-32 over the first 18. */
function isTta(bytes: Buffer): boolean {
  return (
    bytes.length >= 22 &&
    bytes.toString('latin1', 0, 4) === 'TTA1' &&
    crc32(bytes.subarray(0, 18)) === bytes.readUInt32LE(18)
  );
}

/**
 * Which stream the audio between `start` and `end` is.
 * @param tagged whether a tag stands in front of it
 * @returns `null` when it is none of those that carry ID3v2 in front
 */
export function detectStream(source: ByteSource, start: number, end: number, tagged: boolean): Stream | null {
  const head = source.read(start, 32);
  if (isTta(head)) return 'tta';
  if (OTHER_FILES.includes(head.toString('hex', 0, 4))) return null;
  if (head.toString('latin1', 4, 8) === 'ftyp') return null;
  // Most streams start at once: look there before reading much.
  const near = source.read(start, Math.min(8192, end - start));
  const first = findStream(near, 1, end - start);
  if (first) return first.stream;
  const bytes = source.read(start, Math.min(MAX_JUNK + 16_384, end - start));
  const found = findStream(bytes, MAX_JUNK, end - start);
  if (!found) return null;
  const zeros = bytes.subarray(0, found.at).every((byte) => byte === 0);
  return tagged || zeros || found.at <= MAX_JUNK_UNTAGGED ? found.stream : null;
}
