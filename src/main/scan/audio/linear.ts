import type { ByteReader } from '../reader.ts';
import { type ByteRange, clip } from './payload.ts';

/** More tags in a row than any file has: an end to the search in hostile ones. */
const MAX_TAGS = 32;
const MAX_FLAC_BLOCKS = 4096;
/** Zeros between a tag and the first frame belong to neither; taggers add and drop them. */
const MAX_ZEROS = 1024 * 1024;

const latin1 = (bytes: Buffer, start: number, end: number): string => bytes.toString('latin1', start, end);

/**
 * The offset behind the tags that stand before the audio: ID3v2 (several in a row), APEv2 with a header.
 * A tag that claims to be larger than the file is not believed.
 */
export async function afterLeadingTags(reader: ByteReader): Promise<number> {
  let at = 0;
  for (let i = 0; i < MAX_TAGS; i++) {
    const head = await reader.read(at, 32);
    const length = id3v2Length(head) || apeHeaderLength(head);
    if (length === 0 || at + length > reader.size) break;
    at += length;
  }
  return at === 0 ? 0 : skipZeros(reader, at);
}

/** Bytes of an ID3v2 tag with its header (and footer), 0 where there is none. id3.org, ID3v2.4.0 structure, §3.1. */
function id3v2Length(head: Buffer): number {
  if (head.length < 10 || latin1(head, 0, 3) !== 'ID3') return 0;
  if (head[3]! < 2 || head[3]! > 4 || head[4] === 0xff) return 0;
  const size = syncSafe(head, 6);
  return size < 0 ? 0 : size + 10 + (head[3] === 4 && head[5]! & 0x10 ? 10 : 0);
}

function syncSafe(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    if (bytes[i]! >= 0x80) return -1;
    value = value * 128 + bytes[i]!;
  }
  return value;
}

/** Bytes of an APEv2 tag that begins with its header, 0 where there is none. */
function apeHeaderLength(head: Buffer): number {
  if (head.length < 32 || latin1(head, 0, 8) !== 'APETAGEX') return 0;
  return 32 + head.readUInt32LE(12);
}

async function skipZeros(reader: ByteReader, from: number): Promise<number> {
  for (let at = from; at < from + MAX_ZEROS; ) {
    const bytes = await reader.read(at, 4096);
    const first = bytes.findIndex((byte) => byte !== 0);
    if (first >= 0) return at + first;
    // Nothing but zeros to the end: that is the audio, such as it is.
    if (bytes.length < 4096) return from;
    at += bytes.length;
  }
  return from;
}

/** The offset where the tags behind the audio begin: ID3v1, Lyrics3, APEv2, ID3v2.4 at the end. */
export async function beforeTrailingTags(reader: ByteReader, start: number): Promise<number> {
  let end = reader.size;
  for (let i = 0; i < MAX_TAGS; i++) {
    const length = await trailingTagLength(reader, start, end);
    if (length === 0 || end - length < start) break;
    end -= length;
  }
  return end;
}

async function trailingTagLength(reader: ByteReader, start: number, end: number): Promise<number> {
  const from = Math.max(start, end - 128);
  const tail = await reader.read(from, end - from);
  const n = tail.length;
  if (n === 128 && latin1(tail, 0, 3) === 'TAG') {
    const extended = await reader.read(Math.max(0, end - 355), 4);
    return end - 355 >= start && latin1(extended, 0, 4) === 'TAG+' ? 355 : 128;
  }
  if (n >= 32 && latin1(tail, n - 32, n - 24) === 'APETAGEX') {
    // The size counts items and footer; bit 31 of the flags says that a header stands before them.
    return tail.readUInt32LE(n - 20) + (tail.readUInt32LE(n - 12) & 0x8000_0000 ? 32 : 0);
  }
  if (n >= 10 && latin1(tail, n - 10, n - 7) === '3DI') {
    const size = syncSafe(tail, n - 4);
    return size < 0 ? 0 : size + 20;
  }
  if (n >= 15 && latin1(tail, n - 9, n) === 'LYRICS200') {
    const size = Number(latin1(tail, n - 15, n - 9));
    return Number.isInteger(size) && size > 0 ? size + 15 : 0;
  }
  if (n >= 9 && latin1(tail, n - 9, n) === 'LYRICSEND') {
    const before = Math.max(start, end - 5120);
    const at = (await reader.read(before, end - before)).lastIndexOf(Buffer.from('LYRICSBEGIN'));
    return at < 0 ? 0 : end - before - at;
  }
  return 0;
}

/** Everything between the leading and the trailing tags: MP3, ADTS AAC, APE, WavPack, Musepack, TTA, TAK. */
export async function locateLinear(
  reader: ByteReader,
  start: number,
): Promise<readonly ByteRange[] | undefined> {
  const range = clip(start, await beforeTrailingTags(reader, start), reader.size);
  return range && [range];
}

/** FLAC frames: behind the last metadata block. RFC 9639 §8.1. */
export async function locateFlac(
  reader: ByteReader,
  start: number,
): Promise<readonly ByteRange[] | undefined> {
  let at = start + 4;
  for (let i = 0; i < MAX_FLAC_BLOCKS; i++) {
    const header = await reader.read(at, 4);
    if (header.length < 4) return undefined;
    at += 4 + header.readUIntBE(1, 3);
    if (header[0]! & 0x80) break;
  }
  return at < reader.size ? locateLinear(reader, at) : undefined;
}
