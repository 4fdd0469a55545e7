import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeError } from '../errors.ts';
import { readAt } from '../read-at.ts';
import {
  type FetchLine,
  type FetchRecord,
  fetchLine,
  NOTHING_FETCHED,
  readFetchLog,
  writeFetchLog,
} from './fetch-log.ts';

/** Bytes of a chunk: what is lost at most when the process is killed. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

/** Suffix of the log beside a file that is being fetched. */
export const LOG_SUFFIX = '.fetch-log';

/**
 * A file that is written from its beginning to its end, maybe in several sittings. Beside it a log says what it is to
 * become and has the hash of each chunk that is safely on the disk: whatever happens in between (a kill, a power cut,
 * a disk that loses bytes), only what is proven to be there is built upon.
 */
export class ChunkedFile {
  readonly path: string;
  /** All of it was there when it was opened. */
  readonly complete: boolean;
  readonly #file: FileHandle;
  readonly #log: FileHandle;
  readonly #chunkBytes: number;
  readonly #versions: Map<string, string>;
  #position: number;
  #hash: Hash = createHash('sha256');
  #filled = 0;

  private constructor(path: string, handles: Handles, chunkBytes: number, sound: Sound) {
    this.path = path;
    this.#file = handles.file;
    this.#log = handles.log;
    this.#chunkBytes = chunkBytes;
    this.#versions = new Map(sound.record.versions);
    this.#position = sound.bytes;
    this.complete = sound.record.end !== null;
  }

  /**
   * Opens a file to go on with, or to begin.
   * @param identity what the file is to become; one that was begun as something else is begun anew
   * @throws ModelError `disk-full`
   */
  static async open(path: string, identity: string, chunkBytes = CHUNK_BYTES): Promise<ChunkedFile> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const sound = await soundPart(path, await readFetchLog(path + LOG_SUFFIX, identity), chunkBytes);
      if (sound.bytes === 0) await discardChunked(path);
      await writeFetchLog(path + LOG_SUFFIX, identity, sound.record);
      const file = await open(path, sound.bytes === 0 ? 'w' : 'r+');
      try {
        if (sound.record.end === null) await file.truncate(sound.bytes);
        const log = await open(path + LOG_SUFFIX, 'a');
        return new ChunkedFile(path, { file, log }, chunkBytes, sound);
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw writeError(error, dirname(path));
    }
  }

  /** Bytes that are there. */
  get position(): number {
    return this.#position;
  }

  /** Which version of a source's file the bytes are from. */
  versionOf(path: string): string | null {
    return this.#versions.get(path) ?? null;
  }

  /** Keeps the version that a source's file has, for the next sitting. */
  recordVersion(path: string, version: string): Promise<void> {
    this.#versions.set(path, version);
    return this.#record({ path, version });
  }

  /** Adds bytes at the end. @throws ModelError `disk-full` */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#chunkBytes - this.#filled);
      await this.#append(piece);
      at += piece.length;
      if (this.#filled === this.#chunkBytes) await this.#seal();
    }
  }

  /** Says that this was all. @throws ModelError `disk-full` */
  async end(): Promise<void> {
    if (this.#filled > 0) await this.#seal();
    await this.#record({ end: this.#position });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#file.close(), this.#log.close()]);
  }

  async #append(piece: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < piece.length; ) {
        const { bytesWritten } = await this.#file.write(piece, at, piece.length - at, this.#position + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw writeError(error, dirname(this.path));
    }
    this.#hash.update(piece);
    this.#filled += piece.length;
    this.#position += piece.length;
  }

  /** The chunk reaches the disk before the line that vouches for it. */
  async #seal(): Promise<void> {
    await this.#file.datasync();
    await this.#record({ sha256: this.#hash.digest('hex') });
    this.#hash = createHash('sha256');
    this.#filled = 0;
  }

  async #record(line: FetchLine): Promise<void> {
    try {
      await this.#log.appendFile(fetchLine(line));
      await this.#log.datasync();
    } catch (error) {
      throw writeError(error, dirname(this.path));
    }
  }
}

/** Removes a file that was being fetched, and its log. */
export async function discardChunked(path: string): Promise<void> {
  await rm(path + LOG_SUFFIX, { force: true });
  await rm(path, { force: true });
}

interface Handles {
  readonly file: FileHandle;
  readonly log: FileHandle;
}

/** How much of a file its log proves. */
interface Sound {
  readonly bytes: number;
  readonly record: FetchRecord;
}

const NOTHING: Sound = { bytes: 0, record: NOTHING_FETCHED };

async function soundPart(path: string, record: FetchRecord, chunkBytes: number): Promise<Sound> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || record.hashes.length === 0) return NOTHING;
  const hashes = await soundChunks(path, found.size, record, chunkBytes);
  const whole = record.end !== null && hashes.length === record.hashes.length && found.size === record.end;
  if (whole) return { bytes: found.size, record };
  // A short last chunk is only good at the very end.
  const full = hashes.slice(0, Math.floor(found.size / chunkBytes));
  // Where the same bytes are part of an installed model (a hard link), they must not be touched: begin anew.
  if (found.nlink > 1) return NOTHING;
  return { bytes: full.length * chunkBytes, record: { ...record, hashes: full, end: null } };
}

async function soundChunks(
  path: string,
  size: number,
  record: FetchRecord,
  chunkBytes: number,
): Promise<string[]> {
  const sound: string[] = [];
  const handle = await open(path, 'r');
  try {
    for (const [i, sha256] of record.hashes.entries()) {
      const start = i * chunkBytes;
      if (start >= size) break;
      const bytes = await readAt(handle, start, Math.min(chunkBytes, size - start));
      if (createHash('sha256').update(bytes).digest('hex') !== sha256) break;
      sound.push(sha256);
    }
  } finally {
    await handle.close();
  }
  return sound;
}
