import { createHash } from 'node:crypto';
import { RefusedError } from '../errors.ts';
import type { ByteSource } from '../format.ts';

/** What a header walk reads at once: large enough to make few system calls, small enough to cost nothing. */
const WINDOW = 64 * 1024;

/**
 * Exactly `length` bytes at `offset`.
 * @param what names the structure in the message of the error
 * @throws RefusedError when the file ends before
 */
export function readExactly(source: ByteSource, offset: number, length: number, what: string): Buffer {
  if (length < 0 || offset < 0 || offset + length > source.size) {
    throw new RefusedError(`The file ends in the middle of its ${what}; it looks cut short`);
  }
  const bytes = source.read(offset, length);
  if (bytes.length !== length) throw new RefusedError(`The ${what} could not be read whole`);
  return bytes;
}

/** The same bytes by way of a window, for walks that read a few bytes here and there in rising order. */
export class WindowedSource implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  read(offset: number, length: number): Buffer {
    if (length > WINDOW) return this.#source.read(offset, length);
    if (offset < this.#start || offset + length > this.#start + this.#window.length) {
      this.#start = offset;
      this.#window = this.#source.read(offset, Math.max(0, Math.min(WINDOW, this.size - offset)));
    }
    return this.#window.subarray(offset - this.#start, offset - this.#start + length);
  }
}

/** SHA-1 (hex) of a range of the file, read in pieces of 1 MiB; ends early where the file does. */
export function digestOfRange(source: ByteSource, start: number, end: number): string {
  const hash = createHash('sha1');
  for (let at = start; at < end; ) {
    const piece = source.read(at, Math.min(1 << 20, end - at));
    if (piece.length === 0) break;
    hash.update(piece);
    at += piece.length;
  }
  return hash.digest('hex');
}

/** Whether a range of the file holds only zero bytes. Read in pieces. */
export function isZero(source: ByteSource, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const piece = source.read(at, Math.min(1 << 16, end - at));
    if (piece.length === 0) return false;
    for (const byte of piece) if (byte !== 0) return false;
    at += piece.length;
  }
  return true;
}
