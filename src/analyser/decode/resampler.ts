import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_SAMPLE_FMT_FLT,
  AVERROR_INPUT_CHANGED,
  type AVSampleFormat,
} from 'node-av/constants';
import { FFmpegError, Frame, SoftwareResampleContext } from 'node-av/lib';

/** Front centre alone, as FFmpeg's channel masks have it. */
const mono = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };

/** Seconds of input that are handed over before samples are fetched: fewer crossings into JavaScript. */
const secondsPerFetch = 0.5;

/** 12 dB over full scale: room for what loud masters overshoot, none for the bursts of a damaged file. */
const limit = 4;

/** Samples that the filter may hold back, at the lower rate. */
const filterDelay = 64;

/**
 * Turns decoded frames of any format into mono samples at one rate. Channels are averaged without weights, as
 * `librosa.to_mono` does. The low-pass was chosen so that MFCCs at 12 kHz agree with the published ones
 * (docs/decisions): 64 taps at the lower rate, Kaiser window with beta 9, pass band to 0.94 of Nyquist.
 */
export class MonoResampler {
  readonly #rate: number;
  readonly #out: Float32Array;
  readonly #frame = new Frame();
  #filled = 0;
  #toDrop: number;
  #context: SoftwareResampleContext | null = null;
  #nameSpeakers = false;
  /** Seconds pushed: since the last fetch, and in all, as output samples. */
  #waiting = 0;
  #expected = 0;

  /**
   * @param rate Hz of what comes out
   * @param capacity samples wanted; what comes after is dropped
   * @param toDrop samples (at `rate`) to leave out at the start
   */
  constructor(rate: number, capacity: number, toDrop: number) {
    this.#rate = rate;
    this.#out = new Float32Array(capacity);
    this.#toDrop = toDrop;
    this.#expected = -toDrop - filterDelay;
  }

  get full(): boolean {
    return this.#filled === this.#out.length;
  }

  /** The samples so far: finite, nominally −1..1, never beyond ±4. */
  get samples(): Float32Array {
    return this.full ? this.#out : this.#out.slice(0, this.#filled);
  }

  /**
   * Takes a decoded frame. The source's format may change in the middle of a file.
   * @param seconds that the frame lasts
   */
  push(frame: Frame, seconds: number): void {
    if (this.full) return;
    if (this.#nameSpeakers) nameSpeakers(frame);
    this.#waiting += seconds;
    this.#expected += seconds * this.#rate;
    const fetch = this.#waiting >= secondsPerFetch || this.#expected >= this.#out.length;
    let code = this.#context ? this.#convert(frame, fetch) : AVERROR_INPUT_CHANGED;
    if (code === AVERROR_INPUT_CHANGED) {
      this.finish();
      this.#open(frame);
      code = this.#convert(frame, fetch);
    }
    check(code, 'resample');
  }

  /** Fetches what is still inside: call at the end of the stream, and not before. */
  finish(): void {
    if (!this.#context) return;
    if (!this.full) check(this.#convert(null, true), 'resample');
    this.#context.free();
    this.#context = null;
  }

  /** Frees what FFmpeg holds for it. */
  close(): void {
    this.#context?.free();
    this.#context = null;
    this.#frame.free();
  }

  #open(frame: Frame): void {
    this.#nameSpeakers = frame.channelLayout.order !== AV_CHANNEL_ORDER_NATIVE;
    if (this.#nameSpeakers) nameSpeakers(frame);
    const layout = frame.channelLayout;
    const context = new SoftwareResampleContext();
    this.#context = context;
    const format = frame.format as AVSampleFormat;
    check(
      context.allocSetOpts2(mono, AV_SAMPLE_FMT_FLT, this.#rate, layout, format, frame.sampleRate),
      'set up the resampler',
    );
    context.setOption('filter_size', 64);
    context.setOption('cutoff', 0.94);
    context.setOption('filter_type', 'kaiser');
    context.setOption('kaiser_beta', 9);
    const channels = layout.nbChannels;
    check(context.setMatrix(new Array<number>(channels).fill(1 / channels), channels), 'set up the downmix');
    check(context.init(), 'start the resampler');
  }

  /** Hands a frame (or the end of the stream) over, and fetches what has come out. Returns FFmpeg's code. */
  #convert(frame: Frame | null, fetch: boolean): number {
    const context = this.#context!;
    if (!fetch) return context.convertFrame(null, frame);
    const out = this.#frame;
    out.alloc();
    out.format = AV_SAMPLE_FMT_FLT;
    out.channelLayout = mono;
    out.sampleRate = this.#rate;
    const code = context.convertFrame(out, frame);
    if (code >= 0) {
      this.#waiting = 0;
      const count = out.nbSamples;
      if (count > 0) {
        // toBuffer copies; a view of FFmpeg's own memory is not to be had inside Electron.
        const bytes = out.toBuffer();
        this.#take(new Float32Array(bytes.buffer, bytes.byteOffset, count));
      }
    }
    out.free();
    return code;
  }

  #take(samples: Float32Array): void {
    const from = Math.min(this.#toDrop, samples.length);
    this.#toDrop -= from;
    const taken = samples.subarray(from, from + this.#out.length - this.#filled);
    bound(taken);
    this.#out.set(taken, this.#filled);
    this.#filled += taken.length;
  }
}

/** Float files may hold NaN and infinities, damaged ones anything: each would spoil every sum that it enters. */
function bound(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    // Not the same as `> limit`: NaN compares false.
    if (!(Math.abs(sample) <= limit)) samples[i] = Math.sign(sample) * limit || 0;
  }
}

/** The resampler asks which speaker a channel is for; we average, so any answer will do. */
function nameSpeakers(frame: Frame): void {
  const { nbChannels } = frame.channelLayout;
  frame.channelLayout = { nbChannels, order: AV_CHANNEL_ORDER_NATIVE, mask: (1n << BigInt(nbChannels)) - 1n };
}

function check(code: number | undefined, what: string): void {
  if (code !== undefined && code < 0) throw new Error(`Could not ${what}: ${FFmpegError.strerror(code)}`);
}
