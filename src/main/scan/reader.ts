import { type BigIntStats, closeSync, constants, fstatSync, open, openSync, read, readSync } from 'node:fs';
import { CratewiseError } from '../../shared/errors.ts';
import { systemPath } from './names.ts';
import { Pace } from './pace.ts';

/** Random access to the bytes of one file. */
export interface ByteReader {
  readonly size: number;
  /**
   * Bytes `offset … offset+length`; fewer where the file ends before, none past its end. The buffer is shared:
   * don't write into it.
   * @param readAhead fetch and keep more than was asked for, because the neighbourhood will be asked for too
   */
  read(offset: number, length: number, readAhead?: boolean): Promise<Buffer>;
}

/** Bytes fetched at a time: a page of Ogg, most tags without a cover, and a hashed piece fit in. */
const WINDOW = 64 * 1024;
/** Windows kept per file: its head, its tail, and some that a parser goes to and fro between. */
const WINDOWS_KEPT = 6;

interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/** A reader over bytes in memory. */
export function readerOf(bytes: Uint8Array): ByteReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: buffer.length,
    read: async (offset, length) => buffer.subarray(Math.max(0, offset), Math.max(0, offset + length)),
  };
}

const pace = new Pace();

/**
 * An open file that is read in few large pieces: tag parsers ask for a handful of bytes at a time, and a system
 * call for each of them costs more than the parsing.
 */
export class FileReader implements ByteReader {
  readonly size: number;
  readonly stat: BigIntStats;
  readonly #fd: number;
  /** Latest used last. */
  readonly #windows: Window[] = [];

  private constructor(fd: number, stat: BigIntStats) {
    this.#fd = fd;
    this.stat = stat;
    this.size = Number(stat.size);
  }

  /**
   * @param path in our escaped form
   * @throws the system's error (`ENOENT`, `EACCES`, …), or a CratewiseError `not-a-file`
   */
  static async open(path: string): Promise<FileReader> {
    // Without O_NONBLOCK, opening a named pipe that took the file's place would wait for ever.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    const name = systemPath(path);
    const fd = pace.slow
      ? await new Promise<number>((resolve, reject) => {
          open(name, flags, (error, opened) => (error ? reject(error) : resolve(opened)));
        })
      : pace.time(() => openSync(name, flags));
    try {
      const stat = fstatSync(fd, { bigint: true });
      if (!stat.isFile()) throw new CratewiseError('not-a-file', 'This is not a regular file.');
      return new FileReader(fd, stat);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  async read(offset: number, length: number, readAhead = true): Promise<Buffer> {
    const start = Math.max(0, offset);
    const wanted = Math.min(start + length, this.size) - start;
    if (wanted <= 0) return Buffer.alloc(0);
    const kept = this.#find(start, wanted);
    if (kept) return kept.bytes.subarray(start - kept.start, start - kept.start + wanted);
    if (wanted > WINDOW || !readAhead) return this.#fetch(start, wanted);
    // Near the end, read the whole tail at once: what looks for appended tags goes backwards from there.
    const windowStart = start > this.size - WINDOW ? Math.max(0, this.size - WINDOW) : start;
    const bytes = await this.#fetch(windowStart, WINDOW);
    this.#windows.push({ start: windowStart, bytes });
    if (this.#windows.length > WINDOWS_KEPT) this.#windows.shift();
    return bytes.subarray(start - windowStart, start - windowStart + wanted);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #find(start: number, length: number): Window | undefined {
    const windows = this.#windows;
    for (let i = windows.length - 1; i >= 0; i--) {
      const window = windows[i]!;
      if (start < window.start || start + length > window.start + window.bytes.length) continue;
      if (i < windows.length - 1) {
        windows.splice(i, 1);
        windows.push(window);
      }
      return window;
    }
    return undefined;
  }

  async #fetch(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(length, this.size - start));
    let filled = 0;
    while (filled < buffer.length) {
      const wanted = buffer.length - filled;
      const at = start + filled;
      const got = pace.slow
        ? await readAsync(this.#fd, buffer, filled, wanted, at)
        : pace.time(() => readSync(this.#fd, buffer, filled, wanted, at));
      // The file became shorter while we read it.
      if (got === 0) break;
      filled += got;
    }
    return buffer.subarray(0, filled);
  }
}

function readAsync(fd: number, buffer: Buffer, offset: number, length: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, offset, length, at, (error, count) => (error ? reject(error) : resolve(count)));
  });
}
