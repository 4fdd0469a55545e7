import { BadWeightsError } from '../bad-weights.ts';
import { maskedCrc32c } from './crc32c.ts';

/** Magic number at the end of a table: tensorflow/core/lib/io/format.h. */
const MAGIC = 0xdb4775248b80fb57n;
const FOOTER_BYTES = 48;
/** After each block: one byte for its compression, four for its checksum. */
const TRAILER_BYTES = 5;

/**
 * The entries of a table of sorted strings as LevelDB and TensorFlow write it (tensorflow/core/lib/io, LevelDB's
 * doc/table_format.md). Every checksum is checked. Blocks that are compressed are refused: TensorFlow's checkpoints have
 * none. Takes memory in proportion to the table, at most.
 * @returns values by key, both as they stand in the file
 * @throws BadWeightsError where it is damaged
 */
export function readSortedTable(bytes: Uint8Array): Map<string, Uint8Array> {
  const footerAt = bytes.length - FOOTER_BYTES;
  if (footerAt < 0) throw bad('is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getBigUint64(bytes.length - 8, true) !== MAGIC) throw bad('is no TensorFlow checkpoint index');
  const footer = new Cursor(bytes, footerAt, bytes.length - 8);
  footer.handle();
  const index = readBlock(bytes, footer.handle());
  const table = new Map<string, Uint8Array>();
  let left = bytes.length;
  for (const { value } of entries(index)) {
    const handle = new Cursor(value, 0, value.length).handle();
    // Blocks don't overlap in a sound table; in a hostile one, a single block could be named a thousand times.
    left -= handle.size + TRAILER_BYTES;
    if (left < 0) throw bad('names a block twice');
    for (const entry of entries(readBlock(bytes, handle))) table.set(entry.key, entry.value);
  }
  return table;
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** Reads numbers of variable length. */
class Cursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  number(): number {
    let value = 0;
    // Seven bytes hold 49 bits: more than any offset here needs, and exact in a double.
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      if (this.at >= this.#end) throw bad('is cut off');
      const byte = this.#bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw bad('holds a number that is too large');
  }

  handle(): Handle {
    return { offset: this.number(), size: this.number() };
  }
}

/** A block without its trailer and its list of restarts. */
function readBlock(bytes: Uint8Array, { offset, size }: Handle): Uint8Array {
  const end = offset + size;
  if (end + TRAILER_BYTES > bytes.length - FOOTER_BYTES || size < 4) throw bad('points outside of itself');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[end] !== 0) throw bad('has compressed blocks, which we don’t read');
  if (maskedCrc32c(bytes.subarray(offset, end + 1)) !== view.getUint32(end + 1, true)) {
    throw bad('is damaged: a checksum is wrong');
  }
  const length = size - 4 - 4 * view.getUint32(end - 4, true);
  if (length < 0) throw bad('has a damaged block');
  return bytes.subarray(offset, offset + length);
}

/** Entries share the start of their key with the one before. */
function* entries(block: Uint8Array): Generator<{ key: string; value: Uint8Array }> {
  const cursor = new Cursor(block, 0, block.length);
  let key = '';
  while (cursor.at < block.length) {
    const shared = cursor.number();
    const own = cursor.number();
    const length = cursor.number();
    const valueAt = cursor.at + own;
    if (shared > key.length || valueAt + length > block.length) throw bad('has a damaged block');
    const rest = block.subarray(cursor.at, valueAt);
    // Keys would grow with the square of the file if each took a byte and shared the rest.
    if (shared + own > MAX_KEY) throw bad('has a key that is too long');
    key = key.slice(0, shared) + String.fromCharCode(...rest);
    yield { key, value: block.subarray(valueAt, valueAt + length) };
    cursor.at = valueAt + length;
  }
}

const MAX_KEY = 1000;

const bad = (what: string) => new BadWeightsError(`The index of the checkpoint ${what}.`);
