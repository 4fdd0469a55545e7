import type { PcmInfo } from '../../shared/listening.ts';
import { AudioFile } from '../decode/decode.ts';
import { playedRate, StereoSamples } from './stereo.ts';

/** Bytes of a frame: two channels of 16 bits. */
const FRAME = 4;
/** A WAV file counts its bytes in 32 bits. */
const MOST_BYTES = 0xf000_0000;
/** The rate of a file that does not say. */
const USUAL_RATE = 44_100;

/** A file decoded for a player, from any place on. Whoever opens it closes it. */
export class PcmReader {
  readonly info: PcmInfo;
  readonly #file: AudioFile;
  #samples: StereoSamples | undefined;
  #frames: Iterator<Buffer> | undefined;
  /** The frame that comes next, and what is decoded of it and beyond. */
  #at = 0;
  #left: Buffer = Buffer.alloc(0);

  /**
   * @param path in our escaped form
   * @throws FileError as `AudioFile` does
   */
  constructor(path: string) {
    this.#file = new AudioFile(path);
    let sampleRate = playedRate(this.#file.sampleRate || USUAL_RATE);
    while (this.#file.duration * sampleRate * FRAME > MOST_BYTES) sampleRate /= 2;
    sampleRate = Math.round(sampleRate);
    this.info = { sampleRate, frames: Math.round(this.#file.duration * sampleRate) };
  }

  /** Samples of `count` frames from `from` on; silence where there are none. */
  read(from: number, count: number): Uint8Array {
    const out = Buffer.alloc(count * FRAME);
    if (!this.#frames || from !== this.#at) this.#seek(from);
    let filled = 0;
    while (filled < out.length) {
      if (this.#left.length === 0) {
        const next = this.#frames!.next();
        if (next.done) break;
        this.#left = next.value;
      }
      const taken = this.#left.copy(out, filled);
      this.#left = this.#left.subarray(taken);
      filled += taken;
    }
    this.#at = from + count;
    return out;
  }

  close(): void {
    this.#samples?.close();
    this.#file.close();
  }

  #seek(from: number): void {
    this.#left = Buffer.alloc(0);
    this.#samples?.close();
    this.#samples = new StereoSamples(this.info.sampleRate, 'int16');
    this.#frames = this.#decoded(this.#samples, from);
  }

  /** Samples from a frame on. What a damaged index seeks past is silence, so that places stay where they are. */
  *#decoded(samples: StereoSamples, from: number): Generator<Buffer> {
    const { sampleRate } = this.info;
    const start = from / sampleRate;
    let toDrop: number | undefined;
    for (const { frame, at, seconds } of this.#file.frames(start)) {
      if (toDrop === undefined) {
        // Long before the place, what is decoded need not be resampled.
        if (at + seconds < start - 0.1) continue;
        toDrop = Math.round((start - at) * sampleRate) * FRAME;
        if (toDrop < 0) yield Buffer.alloc(Math.min(-toDrop, sampleRate * FRAME * 60));
        toDrop = Math.max(0, toDrop);
      }
      for (const bytes of samples.push(frame)) {
        const dropped = Math.min(toDrop, bytes.length);
        toDrop -= dropped;
        if (dropped < bytes.length) yield bytes.subarray(dropped);
      }
    }
    yield* samples.finish();
  }
}
