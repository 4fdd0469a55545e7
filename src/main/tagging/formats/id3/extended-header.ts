import { crc32 } from 'node:zlib';
import { isSyncsafe, readSyncsafe } from '../../bytes/syncsafe.ts';
import { RefusedError } from '../../errors.ts';
import type { Id3Version } from './text.ts';

/** The extended header of ID3v2.3 §3.2 or ID3v2.4 §3.2. Offsets are in the decoded tag body (after the header). */
export interface ExtendedHeader {
  readonly length: number;
  /** Offset of the stored CRC; 0 when there is none. */
  readonly crcAt: number;
  /** v2.3 repeats the size of the padding here; 0 when absent. */
  readonly paddingAt: number;
  /** v2.4's restrictions byte, 0 when there is none. */
  readonly restrictions: number;
}

/**
 * Reads the extended header at the start of a decoded tag body.
 * @param startsFrames whether frames, padding or the end of the tag may start at an offset
 * @throws RefusedError when what follows it is no frame
 */
export function readExtendedHeader(
  body: Buffer,
  version: Id3Version,
  startsFrames: (at: number) => boolean,
): ExtendedHeader {
  const header = version === 3 ? readV3(body, startsFrames) : readV4(body);
  if (!header || header.length > body.length || !startsFrames(header.length))
    throw new RefusedError(`The ID3v2.${version} tag has an extended header that can't be understood.`);
  return header;
}

function readV3(body: Buffer, startsFrames: (at: number) => boolean): ExtendedHeader | null {
  if (body.length < 10) return null;
  const size = body.readUInt32BE(0);
  const hasCrc = (body.readUInt16BE(4) & 0x8000) !== 0;
  // The standard leaves the four size bytes out of the count; some software counts them in.
  const length = size + 4 <= body.length && startsFrames(size + 4) ? size + 4 : size;
  if (length < (hasCrc ? 14 : 10)) return null;
  return { length, crcAt: hasCrc ? 10 : 0, paddingAt: 6, restrictions: 0 };
}

function readV4(body: Buffer): ExtendedHeader | null {
  if (body.length < 6 || !isSyncsafe(body, 0) || body[4] !== 1) return null;
  const length = readSyncsafe(body, 0);
  const flags = body[5]!;
  if (length > body.length || (flags & 0x8f) !== 0) return null;
  let at = 6;
  let crcAt = 0;
  let restrictions = 0;
  // Each flag that is set has its data here: a length byte, then that many bytes.
  for (const [flag, size] of [
    [0x40, 0],
    [0x20, 5],
    [0x10, 1],
  ] as const) {
    if ((flags & flag) === 0) continue;
    if (body[at] !== size || at + 1 + size > length) return null;
    if (flag === 0x20) crcAt = at + 1;
    if (flag === 0x10) restrictions = body[at + 1]!;
    at += 1 + size;
  }
  return { length, crcAt, paddingAt: 0, restrictions };
}

/** The stored CRC-32: four bytes in v2.3, 35 synchsafe bits in v2.4. */
function storedCrc(body: Buffer, at: number, version: Id3Version): number {
  if (version === 3) return body.readUInt32BE(at);
  return ((body[at]! & 0x0f) * 2 ** 28 + readSyncsafe(body, at + 1)) >>> 0;
}

function encodeCrc(crc: number, version: Id3Version): Buffer {
  const bytes = Buffer.alloc(version === 3 ? 4 : 5);
  if (version === 3) bytes.writeUInt32BE(crc);
  else for (let i = 0; i < 5; i += 1) bytes[i] = Math.floor(crc / 2 ** (28 - 7 * i)) & 0x7f;
  return bytes;
}

/**
 * The extended header for changed frames: CRC and padding size brought up to date.
 * @param body decoded tag body before
 * @param framesEnd where the padding starts in it
 * @param after decoded frames and padding afterwards, from the end of the extended header on
 * @param framesAfter how many bytes of `after` are frames
 * @throws RefusedError when the stored CRC doesn't match the tag as it is: then a new one would be a guess
 */
export function updateExtendedHeader(
  header: ExtendedHeader,
  version: Id3Version,
  body: Buffer,
  framesEnd: number,
  after: Buffer,
  framesAfter: number,
): Buffer {
  const updated = Buffer.from(body.subarray(0, header.length));
  if (header.paddingAt > 0) {
    const padding = body.length - framesEnd;
    // Kept as found where it was wrong already.
    if (updated.readUInt32BE(header.paddingAt) === padding)
      updated.writeUInt32BE(after.length - framesAfter, header.paddingAt);
  }
  if (header.crcAt > 0) {
    // v2.3 counts the frames only, v2.4 the padding too.
    const covered = body.subarray(header.length, version === 3 ? framesEnd : body.length);
    if (crc32(covered) !== storedCrc(body, header.crcAt, version))
      throw new RefusedError(
        `The ID3v2.${version} tag has a checksum that doesn't match its frames; it is left as it is.`,
      );
    encodeCrc(crc32(version === 3 ? after.subarray(0, framesAfter) : after), version).copy(
      updated,
      header.crcAt,
    );
  }
  return updated;
}
