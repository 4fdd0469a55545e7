import type { AudioPayload, ByteRange } from './audio/payload.ts';
import type { ByteReader } from './reader.ts';

/** Pieces of a file, and bytes of our own, laid end to end. */
type Part = Buffer | ByteRange;

const lengthOf = (part: Part): number => (Buffer.isBuffer(part) ? part.length : part.end - part.start);

/** Reads several parts as if they were one file. */
export class ConcatReader implements ByteReader {
  readonly size: number;
  readonly #reader: ByteReader;
  readonly #parts: readonly Part[];

  constructor(reader: ByteReader, parts: readonly Part[]) {
    this.#reader = reader;
    this.#parts = parts;
    this.size = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const found: (Buffer | Promise<Buffer>)[] = [];
    this.#each(offset, length, (part, from, to) => {
      found.push(
        Buffer.isBuffer(part) ? part.subarray(from, to) : this.#reader.read(part.start + from, to - from),
      );
    });
    return joined(await Promise.all(found));
  }

  readNow(offset: number, length: number): Buffer {
    const found: Buffer[] = [];
    this.#each(offset, length, (part, from, to) => {
      found.push(
        Buffer.isBuffer(part) ? part.subarray(from, to) : this.#reader.readNow(part.start + from, to - from),
      );
    });
    return joined(found);
  }

  /** What of each part falls into a range, as offsets inside the part. */
  #each(offset: number, length: number, use: (part: Part, from: number, to: number) => void): void {
    let at = 0;
    for (const part of this.#parts) {
      const from = Math.max(offset, at) - at;
      const to = Math.min(offset + length, at + lengthOf(part)) - at;
      if (to > from) use(part, from, to);
      at += lengthOf(part);
    }
  }
}

const joined = (pieces: readonly Buffer[]): Buffer =>
  pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);

/** Only what stands before and behind the audio: enough for a parser that would stumble over the audio. */
export async function tagsOnly(reader: ByteReader, payload: AudioPayload): Promise<ByteReader> {
  const start = payload.ranges[0]?.start ?? reader.size;
  const end = payload.ranges.at(-1)?.end ?? reader.size;
  return new ConcatReader(reader, [
    { start: 0, end: start },
    { start: end, end: reader.size },
  ]);
}

/**
 * A WAVE file of any size as a small RIFF file without its samples. music-metadata reads neither RF64 nor what
 * follows 4 GiB of samples; chunks before and behind them it does read.
 */
export async function withoutSamples(
  reader: ByteReader,
  payload: AudioPayload,
): Promise<{ reader: ByteReader; durationSeconds?: number }> {
  const riff = Buffer.from('RIFF');
  const data = payload.ranges[0];
  const head = await reader.read(0, 4);
  // Big-endian and wrapped files are left to the parser as they are.
  if (!data || payload.ranges.length !== 1 || !['RIFF', 'RF64', 'BW64'].includes(head.toString('latin1')))
    return { reader };
  const size = data.end - data.start;
  const behind = Math.min(reader.size, data.end + (size % 2));
  const total = Buffer.alloc(4);
  total.writeUInt32LE(Math.min(0xffff_fffe, reader.size - (behind - data.start) - 8));
  const view = new ConcatReader(reader, [
    riff,
    total,
    { start: 8, end: data.start - 4 },
    Buffer.alloc(4),
    { start: behind, end: reader.size },
  ]);
  const rate = await byteRate(reader, data.start);
  return rate > 0 ? { reader: view, durationSeconds: size / rate } : { reader: view };
}

/** Bytes a second, from the `fmt ` chunk before the samples; 0 where there is none. */
async function byteRate(reader: ByteReader, end: number): Promise<number> {
  for (let at = 12; at + 20 <= end; ) {
    const chunk = await reader.read(at, 20);
    if (chunk.length < 20) return 0;
    if (chunk.toString('latin1', 0, 4) === 'fmt ') return chunk.readUInt32LE(16);
    const length = chunk.readUInt32LE(4);
    at += 8 + length + (length % 2);
  }
  return 0;
}
