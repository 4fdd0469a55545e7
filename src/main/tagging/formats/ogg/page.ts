import { readExactly } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, PageRenumbering } from '../../format.ts';
import { oggPageCrc } from './crc.ts';

/** Header type flags of a page (RFC 3533, section 6). */
export const CONTINUED = 1;
export const FIRST_PAGE = 2;
export const LAST_PAGE = 4;

/** Longest page that can exist: header, 255 lacing values, 255 segments of 255 bytes. */
export const MAX_PAGE_LENGTH = 27 + 255 + 255 * 255;

/** The granule position of a page on which no packet ends. */
export const NO_GRANULE = -1n;

/** One page, without its body. Offsets are in the file. */
export interface OggPage {
  readonly offset: number;
  /** Bytes, header and body. */
  readonly length: number;
  readonly flags: number;
  readonly granule: bigint;
  readonly serial: number;
  readonly sequence: number;
  /** Lacing values: a packet ends with the first one below 255. */
  readonly lacing: Uint8Array;
}

/** Bytes of a page before its body. */
export const headerLength = (page: OggPage): number => 27 + page.lacing.length;

/** Whether a page seems to begin here. */
export function isPageStart(source: ByteSource, offset: number): boolean {
  return source.read(offset, 4).toString('latin1') === 'OggS';
}

/**
 * Reads the header of the page at `offset`.
 * @throws RefusedError when there is no page of version 0, or when it does not end inside the file
 */
export function readPage(source: ByteSource, offset: number): OggPage {
  const head = readExactly(source, offset, 27, 'Ogg pages');
  if (head.toString('latin1', 0, 4) !== 'OggS') {
    throw new RefusedError(`No Ogg page where one must begin (byte ${offset})`);
  }
  if (head[4] !== 0) throw new RefusedError(`Unknown version ${head[4]} of an Ogg page (byte ${offset})`);
  const flags = head[5]!;
  const granule = head.readBigInt64LE(6);
  const serial = head.readUInt32LE(14);
  const sequence = head.readUInt32LE(18);
  const lacing = Uint8Array.from(readExactly(source, offset + 27, head[26]!, 'Ogg pages'));
  let length = 27 + lacing.length;
  for (const value of lacing) length += value;
  if (offset + length > source.size) {
    throw new RefusedError('The file ends in the middle of an Ogg page; it looks cut short');
  }
  return { offset, length, flags, granule, serial, sequence, lacing };
}

/**
 * The whole page's bytes, once its CRC has been found right.
 * @throws RefusedError when it is wrong: a player skips such a page, and to make its CRC right would revive damage
 */
export function readSoundPage(source: ByteSource, page: OggPage): Buffer {
  const bytes = readExactly(source, page.offset, page.length, 'Ogg pages');
  if (oggPageCrc(bytes) !== bytes.readUInt32LE(22)) {
    throw new RefusedError(`The Ogg page at byte ${page.offset} is damaged (its checksum is wrong)`);
  }
  return bytes;
}

/** A page made from its parts, CRC included. */
export function buildPage(
  parts: Pick<OggPage, 'flags' | 'granule' | 'serial' | 'sequence' | 'lacing'>,
  body: Uint8Array,
): Buffer {
  const page = Buffer.alloc(27 + parts.lacing.length + body.length);
  page.write('OggS', 0, 'latin1');
  page[5] = parts.flags;
  page.writeBigInt64LE(parts.granule, 6);
  page.writeUInt32LE(parts.serial, 14);
  page.writeUInt32LE(parts.sequence >>> 0, 18);
  page[26] = parts.lacing.length;
  page.set(parts.lacing, 27);
  page.set(body, 27 + parts.lacing.length);
  page.writeUInt32LE(oggPageCrc(page), 22);
  return page;
}

/**
 * The page with `delta` added to its number (mod 2^32) and its CRC made anew, if it is of the renumbered stream;
 * else the page itself.
 * @param page a whole page's bytes; not changed
 */
export function renumberPage(
  page: Uint8Array,
  renumbering: Pick<PageRenumbering, 'serial' | 'delta'>,
): Buffer {
  const copy = Buffer.from(page);
  if (copy.readUInt32LE(14) !== renumbering.serial) return copy;
  copy.writeUInt32LE((copy.readUInt32LE(18) + renumbering.delta) >>> 0, 18);
  copy.writeUInt32LE(oggPageCrc(copy), 22);
  return copy;
}
