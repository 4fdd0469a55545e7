import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PEAK_PLANES, PEAKS_VERSION, type Peaks } from '../../shared/listening.ts';

const MAGIC = 'CWPK';
/** Magic, version, number of buckets, then seconds, loudness and peak as doubles. All little-endian. */
const HEADER = 36;
const EXTENSION = '.peaks';
/** Bytes that are kept at most, and down to how much of that it is cleared: some 5,000 tracks. */
const MOST_BYTES = 256 * 1024 * 1024;
const KEPT_SHARE = 0.9;
/** Tracks after which the size is looked at. */
const LOOK_EVERY = 64;

/**
 * Waveforms by the identity of the sound, in a folder that anybody may empty: retagging or moving a file loses none,
 * and what was not looked at for longest goes first.
 */
export class PeaksCache {
  readonly #folder: string;
  readonly #mostBytes: number;
  #added = 0;

  constructor(folder: string, mostBytes = MOST_BYTES) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** @param audioHash hex digits */
  async get(audioHash: string): Promise<Peaks | undefined> {
    const file = this.#file(audioHash);
    const bytes = await readFile(file).catch(() => undefined);
    const peaks = bytes && decoded(bytes);
    if (peaks) {
      const now = new Date();
      // When it was last looked at. Where that can't be noted, it goes early.
      await utimes(file, now, now).catch(() => undefined);
    }
    return peaks;
  }

  /** Keeps a waveform. A disk that is full or read-only is no reason not to show it. */
  async set(audioHash: string, peaks: Peaks): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      const temporary = join(this.#folder, `.${randomBytes(8).toString('hex')}.tmp`);
      await writeFile(temporary, encoded(peaks));
      await rename(temporary, this.#file(audioHash));
      if (this.#added++ % LOOK_EVERY === 0) await this.#trim();
    } catch {
      // It is made again the next time.
    }
  }

  #file(audioHash: string): string {
    return join(this.#folder, `${audioHash}-${PEAKS_VERSION}${EXTENSION}`);
  }

  /** Removes the oldest where there is too much, and what a process that died has left. */
  async #trim(): Promise<void> {
    const files: { path: string; bytes: number; at: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile()) files.push({ path, bytes: found.size, at: found.mtimeMs });
    }
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes <= this.#mostBytes) return;
    for (const file of files.toSorted((a, b) => a.at - b.at)) {
      if (bytes <= this.#mostBytes * KEPT_SHARE) return;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
  }
}

function encoded({ seconds, buckets, planes, loudness, peak }: Peaks): Buffer {
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(PEAKS_VERSION, 4);
  header.writeUInt32LE(buckets, 8);
  header.writeDoubleLE(seconds, 12);
  header.writeDoubleLE(loudness ?? Number.NaN, 20);
  header.writeDoubleLE(peak, 28);
  return Buffer.concat([header, planes]);
}

/** Undefined where it is damaged or of another version. */
function decoded(bytes: Buffer): Peaks | undefined {
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== MAGIC) return undefined;
  const buckets = bytes.readUInt32LE(8);
  if (bytes.readUInt32LE(4) !== PEAKS_VERSION || bytes.length !== HEADER + PEAK_PLANES.length * buckets)
    return undefined;
  const loudness = bytes.readDoubleLE(20);
  return {
    seconds: bytes.readDoubleLE(12),
    buckets,
    planes: bytes.subarray(HEADER),
    loudness: Number.isNaN(loudness) ? null : loudness,
    peak: bytes.readDoubleLE(28),
  };
}
