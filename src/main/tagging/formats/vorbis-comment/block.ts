import { spliceList } from '../../bytes/list-splices.ts';
import { RefusedError } from '../../errors.ts';
import type { Splice } from '../../format.ts';

/** One user comment as it stands in the file. Never rewritten unless its field is edited. */
export interface CommentEntry {
  /** `NAME=value`, the bytes as found: they need not be UTF-8, nor hold an `=`. */
  readonly raw: Buffer;
  /** Field name in upper case; names compare without case. '' for an entry without `=`. */
  readonly name: string;
}

/** A Vorbis comment header without codec-specific magic: what FLAC, Vorbis, Opus and Speex have in common. */
export interface VorbisComment {
  readonly vendor: Buffer;
  readonly entries: readonly CommentEntry[];
  /** What follows the last entry: Vorbis' framing bit, Opus' padding or binary data, or junk. Kept as it is. */
  readonly tail: Buffer;
}

export const EMPTY_COMMENT: VorbisComment = {
  vendor: Buffer.from('Cratewise'),
  entries: [],
  tail: Buffer.alloc(0),
};

/** Cue sheets and lyrics by the line make some thousand. */
const MAX_ENTRIES = 100_000;

/** ASCII letters alone change: a name holds 0x20–0x7D, and other bytes must not fold into one another. */
const upperCase = (name: string): string => name.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/** Index of the `=`, or -1. */
const separatorOf = (raw: Buffer): number => raw.indexOf(0x3d);

export function entryFromRaw(raw: Buffer): CommentEntry {
  const separator = separatorOf(raw);
  return { raw, name: separator < 0 ? '' : upperCase(raw.toString('latin1', 0, separator)) };
}

/** An entry made from a spelling and a value. */
export const makeEntry = (spelling: string, value: string): CommentEntry =>
  entryFromRaw(Buffer.concat([Buffer.from(`${spelling}=`, 'latin1'), Buffer.from(value, 'utf8')]));

/** The name as the file spells it. */
export const spellingOf = (entry: CommentEntry): string =>
  entry.raw.toString('latin1', 0, Math.max(0, separatorOf(entry.raw)));

/** The value as text; bytes that are not UTF-8 become U+FFFD (in what we show, never in the file). */
export const textOf = (entry: CommentEntry): string => entry.raw.toString('utf8', separatorOf(entry.raw) + 1);

/**
 * Takes a comment header apart. Shapes: vendor length (32 bits, little-endian), vendor, number of entries (32
 * bits), then length and bytes of each (Vorbis I specification, section 5; RFC 7845, section 5.2).
 * @throws RefusedError when a length points past the end
 */
export function parseVorbisComment(bytes: Buffer): VorbisComment {
  let at = 0;
  const readLength = (): number => {
    if (at + 4 > bytes.length) throw new RefusedError('The Vorbis comments end too early');
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const readBytes = (): Buffer => {
    const length = readLength();
    if (at + length > bytes.length)
      throw new RefusedError('A Vorbis comment is longer than the block it is in');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const vendor = readBytes();
  const count = readLength();
  // Each entry takes four bytes at least: a count that can't be true is found before the loop.
  if (count > (bytes.length - at) / 4)
    throw new RefusedError('The Vorbis comments claim more entries than there are');
  if (count > MAX_ENTRIES) throw new RefusedError('More Vorbis comments than any real file has');
  const entries: CommentEntry[] = [];
  for (let index = 0; index < count; index++) entries.push(entryFromRaw(readBytes()));
  return { vendor, entries, tail: bytes.subarray(at) };
}

const length32 = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
};

/** An entry with its length in front. */
const serialiseEntry = ({ raw }: CommentEntry): Buffer => Buffer.concat([length32(raw.length), raw]);

/** The bytes of a comment header: the inverse of {@link parseVorbisComment}, to the byte. */
export const serialiseVorbisComment = ({ vendor, entries, tail }: VorbisComment): Buffer =>
  Buffer.concat([
    length32(vendor.length),
    vendor,
    length32(entries.length),
    ...entries.map(serialiseEntry),
    tail,
  ]);

/**
 * Splices that turn the comment header at `offset` into one with other entries. Entries that stay are in none, so
 * that a cover among them never gets into the journal.
 */
export function spliceEntries(offset: number, before: VorbisComment, after: VorbisComment): Splice[] {
  const countAt = offset + 4 + before.vendor.length;
  const changes = spliceList(countAt + 4, before.entries, after.entries, serialiseEntry);
  if (before.entries.length === after.entries.length) return changes;
  return [{ offset: countAt, length: 4, insert: length32(after.entries.length) }, ...changes];
}
