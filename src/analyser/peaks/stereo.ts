import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_S16,
  AVERROR_INPUT_CHANGED,
  type AVSampleFormat,
} from 'node-av/constants';
import { FFmpegError, Frame, SoftwareResampleContext } from 'node-av/lib';

/** Front left and front right, as FFmpeg's channel masks have them. */
const STEREO = { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: 3n };

const FORMATS = { float: AV_SAMPLE_FMT_FLT, int16: AV_SAMPLE_FMT_S16 } as const;

/** The rate at which a file is heard: its own, or for studio rates and DSD one of the two that everything plays. */
export function playedRate(sampleRate: number): number {
  if (sampleRate <= 48_000) return sampleRate;
  return sampleRate % 11_025 === 0 ? 44_100 : 48_000;
}

/** Turns decoded frames of any format into interleaved samples for two loudspeakers, as a player would. */
export class StereoSamples {
  readonly rate: number;
  readonly #format: AVSampleFormat;
  readonly #bytes: number;
  readonly #frame = new Frame();
  #context: SoftwareResampleContext | null = null;
  #nameSpeakers = false;

  /** @param rate Hz of what comes out */
  constructor(rate: number, format: keyof typeof FORMATS) {
    this.rate = rate;
    this.#format = FORMATS[format];
    this.#bytes = format === 'float' ? 8 : 4;
  }

  /** What comes out for a frame; the source's format may change in the middle of a file. */
  *push(frame: Frame): Generator<Buffer> {
    if (this.#nameSpeakers) nameSpeakers(frame);
    const first = this.#context ? this.#convert(frame) : AVERROR_INPUT_CHANGED;
    if (first !== AVERROR_INPUT_CHANGED) {
      if (typeof first !== 'number') yield first;
      return;
    }
    yield* this.finish();
    this.#open(frame);
    const samples = this.#convert(frame);
    if (typeof samples === 'number') throw failed(samples);
    yield samples;
  }

  /** What is still inside, at the end of the stream. */
  *finish(): Generator<Buffer> {
    if (!this.#context) return;
    const rest = this.#convert(null);
    this.#context.free();
    this.#context = null;
    if (typeof rest !== 'number') yield rest;
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
    check(context.allocSetOpts2(STEREO, this.#format, this.rate, layout, format, frame.sampleRate));
    // Both loudspeakers play a mono file at its full level; FFmpeg would halve its power between them.
    if (layout.nbChannels === 1) check(context.setMatrix([1, 1], 1));
    check(context.init());
  }

  /** Samples, or FFmpeg's code where there are none. */
  #convert(frame: Frame | null): Buffer | number {
    const out = this.#frame;
    out.alloc();
    out.format = this.#format;
    out.channelLayout = STEREO;
    out.sampleRate = this.rate;
    try {
      const code = this.#context!.convertFrame(out, frame);
      if (code === AVERROR_INPUT_CHANGED) return code;
      if (code < 0) throw failed(code);
      // toBuffer copies; FFmpeg's buffer may be longer than what is in it.
      return out.nbSamples > 0 ? out.toBuffer().subarray(0, out.nbSamples * this.#bytes) : Buffer.alloc(0);
    } finally {
      out.free();
    }
  }
}

/** The resampler asks which speaker a channel is for: those of an unknown order are taken in the usual one. */
function nameSpeakers(frame: Frame): void {
  const { nbChannels } = frame.channelLayout;
  const mask = nbChannels === 1 ? 4n : (1n << BigInt(nbChannels)) - 1n;
  frame.channelLayout = { nbChannels, order: AV_CHANNEL_ORDER_NATIVE, mask };
}

const failed = (code: number): Error => new Error(`Could not resample: ${FFmpegError.strerror(code)}`);

function check(code: number | undefined): void {
  if (code !== undefined && code < 0) throw failed(code);
}
