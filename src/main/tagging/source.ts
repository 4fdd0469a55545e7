import { readSync } from 'node:fs';
import type { ByteSource } from './format.ts';

/** Bytes fetched at a time: parsers ask for a handful here and there, and a system call for each would cost more. */
const WINDOW = 64 * 1024;
const WINDOWS_KEPT = 6;

/** Fills `target` from the file; fewer bytes only where the file ends. */
export function readFully(fd: number, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const count = readSync(fd, target, done, target.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** An open file as a `ByteSource`. Small reads are served from a few cached windows; don't write into what it returns. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly fd: number;
  /** Latest used last. */
  readonly #windows: { readonly start: number; readonly bytes: Buffer }[] = [];

  constructor(fd: number, size: number) {
    this.fd = fd;
    this.size = size;
  }

  read(offset: number, length: number): Buffer {
    const start = Math.max(0, offset);
    const end = Math.min(this.size, offset + length);
    if (end <= start) return Buffer.alloc(0);
    if (end - start > WINDOW / 2) return this.#fetch(start, end - start);
    const index = this.#windows.findIndex((w) => start >= w.start && end <= w.start + w.bytes.length);
    const window =
      index >= 0
        ? this.#windows.splice(index, 1)[0]!
        : { start, bytes: this.#fetch(start, Math.min(WINDOW, this.size - start)) };
    this.#windows.push(window);
    if (this.#windows.length > WINDOWS_KEPT) this.#windows.shift();
    return window.bytes.subarray(start - window.start, end - window.start);
  }

  #fetch(start: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    return bytes.subarray(0, readFully(this.fd, bytes, start));
  }
}
