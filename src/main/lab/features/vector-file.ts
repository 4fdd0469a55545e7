import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { ArrayFileError } from '../npy.ts';

/** NumPy's header, padded so that the rows begin on a multiple of 64 and the number of rows can grow in place. */
const HEADER = 128;
const CHUNK_BYTES = 1 << 20;

/**
 * A NumPy array of 32-bit floats in a file, written row by row in any order: one row a passage, NaN until it is there.
 * A row that a kill left half written still holds a NaN, so it counts as missing: no journal is needed, and NumPy
 * reads the file at any time.
 */
export class VectorFile {
  readonly dimension: number;
  readonly #file: number;
  readonly #done: Uint8Array;
  #missing: number;

  private constructor(file: number, dimension: number, done: Uint8Array) {
    this.#file = file;
    this.dimension = dimension;
    this.#done = done;
    this.#missing = done.reduce((sum, each) => sum + (each ? 0 : 1), 0);
  }

  /**
   * Opens the file, or makes it; grows it where there are more rows than before.
   * @throws ArrayFileError where it holds another kind of array, or more rows
   */
  static open(path: string, rows: number, dimension: number): VectorFile {
    const file = openSync(path, 'a+');
    closeSync(file);
    const handle = openSync(path, 'r+');
    try {
      const { size } = fstatSync(handle);
      const rowBytes = dimension * 4;
      // The header is written last: a file cut off while it was made has none, and is made anew.
      const known = size < HEADER ? 0 : readRows(handle, dimension);
      if (known === null || known > rows || (known > 0 && size < HEADER + known * rowBytes)) {
        throw new ArrayFileError(`${path} does not hold rows of ${dimension} numbers of this data set.`);
      }
      if (known < rows) {
        fillWithNaN(handle, HEADER + known * rowBytes, HEADER + rows * rowBytes);
        writeSync(handle, header(rows, dimension), 0, HEADER, 0);
      }
      return new VectorFile(handle, dimension, findDone(handle, rows, dimension));
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  }

  /** Rows that are not there yet. */
  get missing(): number {
    return this.#missing;
  }

  has(row: number): boolean {
    return this.#done[row] === 1;
  }

  /** @throws ArrayFileError where the vector has another length or holds a number that is not finite */
  write(row: number, vector: Float32Array): void {
    if (row < 0 || row >= this.#done.length) throw new RangeError(`There is no row ${row}.`);
    if (vector.length !== this.dimension || !vector.every(Number.isFinite)) {
      throw new ArrayFileError(`A vector is not ${this.dimension} finite numbers.`);
    }
    const bytes = new DataView(new ArrayBuffer(vector.length * 4));
    vector.forEach((value, at) => {
      bytes.setFloat32(at * 4, value, true);
    });
    writeSync(
      this.#file,
      new Uint8Array(bytes.buffer),
      0,
      bytes.byteLength,
      HEADER + row * this.dimension * 4,
    );
    if (!this.has(row)) this.#missing -= 1;
    this.#done[row] = 1;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function header(rows: number, dimension: number): Buffer {
  const bytes = Buffer.alloc(HEADER, ' ');
  bytes.write('\x93NUMPY\x01\x00', 0, 'latin1');
  bytes.writeUInt16LE(HEADER - 10, 8);
  bytes.write(`{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dimension}), }`, 10, 'latin1');
  bytes.write('\n', HEADER - 1, 'latin1');
  return bytes;
}

/** Rows by the header; 0 where there is none yet, null where it is not one of ours for this dimension. */
function readRows(file: number, dimension: number): number | null {
  const bytes = Buffer.alloc(HEADER);
  readSync(file, bytes, 0, HEADER, 0);
  if (bytes.every((byte) => byte === 0)) return 0;
  const match = /'shape': \((\d{1,12}), (\d{1,6})\)/.exec(bytes.toString('latin1'));
  if (!match || Number(match[2]) !== dimension) return null;
  return header(Number(match[1]), dimension).equals(bytes) ? Number(match[1]) : null;
}

function fillWithNaN(file: number, from: number, to: number): void {
  const chunk = new Uint8Array(new Float32Array(CHUNK_BYTES / 4).fill(Number.NaN).buffer);
  for (let at = from; at < to; at += chunk.length) {
    writeSync(file, chunk, 0, Math.min(chunk.length, to - at), at);
  }
}

/** A row is there when none of its numbers is NaN. */
function findDone(file: number, rows: number, dimension: number): Uint8Array {
  const done = new Uint8Array(rows);
  const rowBytes = dimension * 4;
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  const chunk = new DataView(new ArrayBuffer(rowsAtOnce * rowBytes));
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - first);
    const bytes = new Uint8Array(chunk.buffer, 0, count * rowBytes);
    const read = readSync(file, bytes, 0, bytes.length, HEADER + first * rowBytes);
    for (let row = 0; row < count; row++) {
      let whole = (row + 1) * rowBytes <= read;
      for (let at = 0; whole && at < dimension; at++) {
        whole = !Number.isNaN(chunk.getFloat32(row * rowBytes + at * 4, true));
      }
      done[first + row] = whole ? 1 : 0;
    }
  }
  return done;
}
