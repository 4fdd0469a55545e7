import { Readable } from 'node:stream';
import { CratewiseError } from '../../shared/errors.ts';
import { type ListeningCalls, NOT_OPEN, type PcmInfo } from '../../shared/listening.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { MediaSource } from './answer.ts';
import type { Lease } from './leases.ts';
import { FRAME_BYTES, WAV_HEADER, wavHeader } from './wav.ts';

/** Frames asked for at a time: a third of a second, so that a seek is not kept waiting by what came before. */
const PIECE = 16_384;
/** Bytes decoded ahead of the player. */
const AHEAD = 256 * 1024;

let readers = 0;

/**
 * A file decoded to a WAV file of known length, piece by piece as it is heard: nothing is stored, and any place of it
 * is reached at once. Has the lease and ends it when the file is closed.
 * @param path behind all links, in our escaped form
 * @param tag changes when the file does
 * @throws FileError where it can't be decoded
 */
export async function decodedSource(
  pool: WorkerPool<ListeningCalls>,
  path: string,
  tag: string,
  lease: Lease,
): Promise<MediaSource> {
  const reader = ++readers;
  let closing: Promise<void> | undefined;
  const close = () => {
    // A process that is gone has closed it.
    closing ??= pool
      .call('close', reader)
      .catch(() => undefined)
      .finally(() => lease.end());
    return closing;
  };
  let info: PcmInfo;
  try {
    info = await pool.call('open', reader, path);
  } catch (error) {
    lease.end();
    throw error;
  }
  return {
    size: WAV_HEADER + info.frames * FRAME_BYTES,
    type: 'audio/wav',
    tag: `${tag}-pcm`,
    stream: (start, end) => {
      const stream = Readable.from(pieces(pool, reader, path, info, start, end), {
        objectMode: false,
        highWaterMark: AHEAD,
      });
      stream.once('close', () => void close());
      const cut = () => stream.destroy(new Error('The file is written to.'));
      if (lease.signal.aborted) cut();
      else lease.signal.addEventListener('abort', cut, { once: true });
      return stream;
    },
    close,
  };
}

/** Samples; where a paused player kept the process idle for so long that it was ended, it is begun again. */
async function read(
  pool: WorkerPool<ListeningCalls>,
  reader: number,
  path: string,
  from: number,
  frames: number,
): Promise<Uint8Array> {
  try {
    return await pool.call('read', reader, from, frames);
  } catch (error) {
    if (!(error instanceof CratewiseError && error.code === NOT_OPEN)) throw error;
    await pool.call('open', reader, path);
    return pool.call('read', reader, from, frames);
  }
}

/** Bytes `start`…`end` of the WAV file. */
async function* pieces(
  pool: WorkerPool<ListeningCalls>,
  reader: number,
  path: string,
  info: PcmInfo,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = start;
  if (at < WAV_HEADER) {
    yield wavHeader(info).subarray(at, Math.min(WAV_HEADER, end + 1));
    at = WAV_HEADER;
  }
  while (at <= end) {
    const frame = Math.floor((at - WAV_HEADER) / FRAME_BYTES);
    const wanted = Math.min(PIECE, Math.ceil((end + 1 - WAV_HEADER) / FRAME_BYTES) - frame);
    const piece = await read(pool, reader, path, frame, wanted);
    const skip = at - WAV_HEADER - frame * FRAME_BYTES;
    const bytes = piece.subarray(skip, Math.min(piece.length, skip + end + 1 - at));
    yield bytes;
    at += bytes.length;
  }
}
