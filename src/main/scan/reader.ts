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
  /** As `read`, but synchronous: for parsers that are. */
  readNow(offset: number, length: number): Buffer;
}

/** Bytes fetched at a time: a page of Ogg, most tags without a cover, and a hashed piece fit in. */
const WINDOW = 64 * 1024;
/** Windows kept per file: its head, its tail, and some that a parser goes to and fro between. */
const WINDOWS_KEPT = 6;

interface Window {
  readonly start: number;
  readonly bytes: Buffer;
  /** The memory behind `bytes`, of the length of a window. */
  readonly buffer: ArrayBuffer;
}

/** A reader over bytes in memory. */
export function readerOf(bytes: Uint8Array): ByteReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readNow = (offset: number, length: number): Buffer =>
    buffer.subarray(Math.max(0, offset), Math.max(0, offset + length));
  return { size: buffer.length, readNow, read: async (offset, length) => readNow(offset, length) };
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

  read(offset: number, length: number, readAhead = true): Promise<Buffer> {
    return pace.slow ? this.#readLater(offset, length, readAhead) : this.#promise(offset, length, readAhead);
  }

  /** As `read`, but synchronous: for parsers that are, on files whose head and tail were fetched before. */
  readNow(offset: number, length: number, readAhead = true): Buffer {
    const range = this.#range(offset, length);
    if (!range) return NOTHING;
    const [start, wanted] = range;
    const kept = this.#find(start, wanted);
    if (kept) return kept;
    if (wanted > WINDOW || !readAhead) return this.#fetch(Buffer.allocUnsafe(wanted), start);
    const window = this.#windowAt(start);
    return this.#keep(window, this.#fetch(takeBuffer(), window), start, wanted);
  }

  /** Fetches head and tail, where tags are, without waiting for them more than once. */
  async prefetch(): Promise<void> {
    if (!pace.slow) return;
    await Promise.all([this.read(0, 1), this.read(this.size - 1, 1)]);
  }

  /** What `read` and `readNow` returned must not be used any more: buffers are used again. */
  close(): void {
    closeSync(this.#fd);
    if (SPARE.length < MAX_SPARE) SPARE.push(...this.#windows.splice(0).map((window) => window.buffer));
  }

  async #promise(offset: number, length: number, readAhead: boolean): Promise<Buffer> {
    return this.readNow(offset, length, readAhead);
  }

  async #readLater(offset: number, length: number, readAhead: boolean): Promise<Buffer> {
    const range = this.#range(offset, length);
    if (!range) return NOTHING;
    const [start, wanted] = range;
    const kept = this.#find(start, wanted);
    if (kept) return kept;
    if (wanted > WINDOW || !readAhead) return this.#fetchLater(Buffer.allocUnsafe(wanted), start);
    const window = this.#windowAt(start);
    return this.#keep(window, await this.#fetchLater(takeBuffer(), window), start, wanted);
  }

  #range(offset: number, length: number): [start: number, length: number] | undefined {
    const start = Math.max(0, offset);
    const wanted = Math.min(offset + length, this.size) - start;
    return wanted > 0 ? [start, wanted] : undefined;
  }

  /** Near the end the whole tail is read at once: what looks for appended tags goes backwards from there. */
  #windowAt(start: number): number {
    return start > this.size - WINDOW ? Math.max(0, this.size - WINDOW) : start;
  }

  #keep(start: number, bytes: Buffer, wantedStart: number, wanted: number): Buffer {
    this.#windows.push({ start, bytes, buffer: bytes.buffer as ArrayBuffer });
    // A window that falls out may still be looked at, so its buffer is not used again.
    if (this.#windows.length > WINDOWS_KEPT) this.#windows.shift();
    return bytes.subarray(wantedStart - start, wantedStart - start + wanted);
  }

  #find(start: number, length: number): Buffer | undefined {
    const windows = this.#windows;
    for (let i = windows.length - 1; i >= 0; i--) {
      const window = windows[i]!;
      if (start < window.start || start + length > window.start + window.bytes.length) continue;
      if (i < windows.length - 1) {
        windows.splice(i, 1);
        windows.push(window);
      }
      return window.bytes.subarray(start - window.start, start - window.start + length);
    }
    return undefined;
  }

  /** Fills `buffer` from `start`; less where the file became shorter while we read it. */
  #fetch(buffer: Buffer, start: number): Buffer {
    const length = Math.min(buffer.length, this.size - start);
    let filled = 0;
    while (filled < length) {
      const got = pace.time(() => readSync(this.#fd, buffer, filled, length - filled, start + filled));
      if (got === 0) break;
      filled += got;
    }
    return buffer.subarray(0, filled);
  }

  async #fetchLater(buffer: Buffer, start: number): Promise<Buffer> {
    const length = Math.min(buffer.length, this.size - start);
    let filled = 0;
    while (filled < length) {
      const got = await readAsync(this.#fd, buffer, filled, length - filled, start + filled);
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

const NOTHING = Buffer.alloc(0);

/** Window buffers of closed files; without them every file costs the collector a few hundred kilobytes. */
const SPARE: ArrayBuffer[] = [];
const MAX_SPARE = 32;

function takeBuffer(): Buffer {
  return Buffer.from(SPARE.pop() ?? new ArrayBuffer(WINDOW));
}
