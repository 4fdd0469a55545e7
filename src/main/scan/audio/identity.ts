import { createHash } from 'node:crypto';
import type { ByteReader } from '../reader.ts';
import { maskOggPages, OGG_MASK_LEAD } from './ogg.ts';
import type { AudioPayload } from './payload.ts';

/** Goes into the hash: a change of anything below makes other identities, not wrong ones. */
const DOMAIN = 'cratewise audio identity 1';

/**
 * What is hashed of a payload too large to be hashed whole: its length, both ends and four pieces between. Two
 * recordings that agree in all of these do not occur (one compressed piece tells them apart, and silence at the
 * ends is why there are pieces between); each further piece would cost a disk seek per file. The ends are half
 * of a reader's window, so that most come with the read that fetched the tags.
 */
const END = 32 * 1024;
const PIECE = 16 * 1024;
const PIECES = 4;
const WHOLE = 2 * END + PIECES * PIECE;

/** Where the hashed pieces of a payload of `total` bytes are, in order: [offset, length]. */
export function samplePlan(total: number): readonly (readonly [number, number])[] {
  if (total <= WHOLE) return [[0, total]];
  const pieces: (readonly [number, number])[] = [[0, END]];
  const between = total - 2 * END - PIECE;
  for (let i = 1; i <= PIECES; i++) {
    // Neighbours may touch in small payloads, which does no harm.
    pieces.push([END + Math.floor((between * i) / (PIECES + 1)), PIECE]);
  }
  pieces.push([total - END, END]);
  return pieces;
}

/**
 * Which recording a file holds, whatever its tags, name and place: 128 bits (32 hex digits) of SHA-256 over
 * length and samples of the audio payload.
 */
export async function audioIdentity(reader: ByteReader, payload: AudioPayload): Promise<string> {
  const total = payload.ranges.reduce((sum, range) => sum + range.end - range.start, 0);
  const hash = createHash('sha256').update(DOMAIN);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(total));
  hash.update(length);
  for (const [offset, size] of samplePlan(total)) {
    for (const bytes of await piece(reader, payload, offset, size)) hash.update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}

/** The bytes `offset … offset+size` of the payload's ranges laid end to end. */
async function piece(
  reader: ByteReader,
  payload: AudioPayload,
  offset: number,
  size: number,
): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  let rangeOffset = 0;
  for (const range of payload.ranges) {
    const length = range.end - range.start;
    const from = Math.max(offset, rangeOffset);
    const to = Math.min(offset + size, rangeOffset + length);
    if (to > from) {
      const start = range.start + from - rangeOffset;
      parts.push(
        payload.oggPages
          ? await oggPiece(reader, range.start, start, to - from)
          : await reader.read(start, to - from, false),
      );
    }
    rangeOffset += length;
    if (rangeOffset >= offset + size) break;
  }
  return parts;
}

/** A piece of Ogg pages, masked; a page header may begin before it. */
async function oggPiece(
  reader: ByteReader,
  rangeStart: number,
  start: number,
  length: number,
): Promise<Buffer> {
  const lead = Math.min(OGG_MASK_LEAD, start - rangeStart);
  const bytes = Buffer.from(await reader.read(start - lead, lead + length, false));
  maskOggPages(bytes);
  return bytes.subarray(lead);
}
