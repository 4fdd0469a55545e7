import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';

/** `APETAGEX`, the first eight bytes of header and footer. */
export const APE_MAGIC = Buffer.from('APETAGEX', 'latin1');
/** Size of header and of footer. */
export const APE_FRAME_SIZE = 32;

const HAS_HEADER = 0x8000_0000;
const IS_HEADER = 0x2000_0000;
const READ_ONLY = 1;
/** A tag is read whole; more than this in one tag is no music file that we know. */
const MAX_TAG_SIZE = 64 << 20;

/** What bits 1-2 of an item's flags say. */
export type ApeItemKind = 'text' | 'binary' | 'external' | 'reserved';

const KINDS: readonly ApeItemKind[] = ['text', 'binary', 'external', 'reserved'];

/** One item with its place in the file (`start` at its size field, `end` after its value). */
export interface ApeItem {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly kind: ApeItemKind;
  readonly readOnly: boolean;
  /** As spelled in the file; keys are compared without case. */
  readonly key: string;
  readonly value: Buffer;
}

/** An APE tag, all offsets in the file. At least one of header and footer is there. */
export interface ApeTag {
  readonly version: 1000 | 2000;
  readonly start: number;
  readonly end: number;
  readonly headerAt: number | undefined;
  readonly footerAt: number | undefined;
  readonly flags: number;
  readonly readOnly: boolean;
  readonly itemsStart: number;
  readonly itemsEnd: number;
  readonly items: readonly ApeItem[];
}

interface Frame {
  readonly version: 1000 | 2000;
  /** Items and footer, without the header. */
  readonly size: number;
  readonly count: number;
  readonly flags: number;
}

/** Whether an APE header or footer starts at `at`. */
export function isApeFrame(source: ByteSource, at: number): boolean {
  return at >= 0 && source.read(at, APE_MAGIC.length).equals(APE_MAGIC);
}

function readFrame(source: ByteSource, at: number): Frame {
  const bytes = source.read(at, APE_FRAME_SIZE);
  if (bytes.length < APE_FRAME_SIZE) throw new RefusedError('The APE tag is cut off.');
  const version = bytes.readUInt32LE(8);
  if (version !== 1000 && version !== 2000)
    throw new RefusedError(`The APE tag has version ${version}, which is not known.`);
  const size = bytes.readUInt32LE(12);
  if (size < APE_FRAME_SIZE || size > MAX_TAG_SIZE)
    throw new RefusedError(`The APE tag claims a size of ${size} bytes.`);
  // Version 1 has no flags: its field is undefined.
  const flags = version === 1000 ? 0 : bytes.readUInt32LE(20);
  return { version, size, count: bytes.readUInt32LE(16), flags };
}

const isSetIn = (flags: number, bit: number): boolean => (flags & bit) !== 0;

/**
 * Reads the tag whose footer ends at `end`, as nearly every file has it.
 * @param floor the tag may not reach below this offset
 * @throws RefusedError where sizes, counts, header and footer do not agree
 */
export function readApeTagEndingAt(source: ByteSource, end: number, floor = 0): ApeTag {
  const footerAt = end - APE_FRAME_SIZE;
  const footer = readFrame(source, footerAt);
  if (isSetIn(footer.flags, IS_HEADER)) throw new RefusedError('The APE tag ends with a header.');
  const itemsStart = end - footer.size;
  const headerAt = itemsStart - APE_FRAME_SIZE;
  const headerThere = footer.version === 2000 && headerAt >= floor && isApeFrame(source, headerAt);
  if (itemsStart < floor || (isSetIn(footer.flags, HAS_HEADER) && !headerThere))
    throw new RefusedError('The APE tag is larger than what stands before its end.');
  // A tag without header may follow another tag's footer; only a true header is part of this one.
  const header = headerThere ? readFrame(source, headerAt) : undefined;
  const own = header !== undefined && isSetIn(header.flags, IS_HEADER);
  if (header && own && (header.size !== footer.size || header.count !== footer.count))
    throw new RefusedError('Header and footer of the APE tag do not agree.');
  if (!own && isSetIn(footer.flags, HAS_HEADER)) throw new RefusedError('The APE tag has no header.');
  return {
    version: footer.version,
    start: own ? headerAt : itemsStart,
    end,
    headerAt: own ? headerAt : undefined,
    footerAt,
    flags: footer.flags,
    readOnly: isSetIn(footer.flags, READ_ONLY),
    itemsStart,
    itemsEnd: footerAt,
    items: readItems(source, itemsStart, footerAt, footer),
  };
}

/**
 * Reads the tag whose header stands at `start`: allowed at the front of a file, though rare.
 * @throws RefusedError where sizes, counts, header and footer do not agree
 */
export function readApeTagStartingAt(source: ByteSource, start: number): ApeTag {
  const header = readFrame(source, start);
  if (header.version !== 2000 || !isSetIn(header.flags, IS_HEADER))
    throw new RefusedError('An APE tag at the front of the file has no proper header.');
  const itemsStart = start + APE_FRAME_SIZE;
  const after = itemsStart + header.size;
  const footerAt = after - APE_FRAME_SIZE;
  if (after > source.size) throw new RefusedError('The APE tag is larger than the file.');
  if (isApeFrame(source, footerAt)) return readApeTagEndingAt(source, after, start);
  throw new RefusedError('An APE tag at the front of the file has no footer.');
}

function readItems(source: ByteSource, start: number, end: number, frame: Frame): readonly ApeItem[] {
  const bytes = source.read(start, end - start);
  if (bytes.length < end - start) throw new RefusedError('The APE tag is cut off.');
  const items: ApeItem[] = [];
  let at = 0;
  while (at < bytes.length && items.length < frame.count) {
    const keyEnd = at + 9 <= bytes.length ? bytes.indexOf(0, at + 8) : -1;
    if (keyEnd < 0) break;
    const itemEnd = keyEnd + 1 + bytes.readUInt32LE(at);
    if (itemEnd > bytes.length) break;
    const flags = bytes.readUInt32LE(at + 4);
    items.push({
      start: start + at,
      end: start + itemEnd,
      flags,
      kind: frame.version === 1000 ? 'text' : (KINDS[(flags >>> 1) & 3] ?? 'reserved'),
      readOnly: frame.version === 2000 && isSetIn(flags, READ_ONLY),
      key: bytes.toString('latin1', at + 8, keyEnd),
      value: bytes.subarray(keyEnd + 1, itemEnd),
    });
    at = itemEnd;
  }
  if (at !== bytes.length || items.length !== frame.count)
    throw new RefusedError('The APE tag’s size and its number of items do not agree.');
  return items;
}

/** The texts of an item: UTF-8, separated by NUL. */
export function apeTexts(item: ApeItem): readonly string[] {
  return item.value.toString('utf8').split('\0');
}

/** One text item in bytes. `flags` keep what the old item had besides its kind. */
export function buildApeItem(key: string, flags: number, values: readonly string[]): Buffer {
  const value = Buffer.from(values.join('\0'), 'utf8');
  const head = Buffer.alloc(8);
  head.writeUInt32LE(value.length, 0);
  head.writeUInt32LE(flags >>> 0, 4);
  return Buffer.concat([head, Buffer.from(`${key}\0`, 'latin1'), value]);
}

/** A whole new APEv2 tag, header and footer included, around items in bytes. */
export function buildApeTag(items: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(items);
  const frame = (flags: number): Buffer => {
    const bytes = Buffer.alloc(APE_FRAME_SIZE);
    APE_MAGIC.copy(bytes);
    bytes.writeUInt32LE(2000, 8);
    bytes.writeUInt32LE(body.length + APE_FRAME_SIZE, 12);
    bytes.writeUInt32LE(items.length, 16);
    bytes.writeUInt32LE(flags >>> 0, 20);
    return bytes;
  };
  return Buffer.concat([frame(HAS_HEADER | IS_HEADER), body, frame(HAS_HEADER)]);
}
