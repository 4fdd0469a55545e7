import { AV_NOPTS_VALUE, AVERROR_EOF, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import { FFmpegError, Frame, Packet, PosixError } from 'node-av/lib';
import { type Passage, planWindows, type WindowPolicy } from '../../shared/analysis.ts';
import { FileError } from '../../shared/errors.ts';
import { displayPath } from '../../shared/path.ts';
import { type AudioInput, openAudio } from './input.ts';
import { MonoResampler } from './resampler.ts';

// Its number differs between operating systems.
const AVERROR_EAGAIN = FFmpegError.AVERROR(PosixError.EAGAIN);

/** Seconds decoded before a window: MP3's bit reservoir, Opus' and AAC's overlap need them to get going. */
const preRoll = 0.5;

/** Seconds before a window that the resampler gets to hear, so that its filter has something to hold. */
const filterMargin = 0.02;

/** Packets in a row that may be damaged before the rest of the passage is given up. */
const patience = 500;

/** A decoded passage. */
export interface DecodedWindow extends Passage {
  /** Mono samples by sample rate in Hz. */
  readonly pcm: ReadonlyMap<number, Float32Array>;
}

/**
 * The main audio stream of a file, decoded by passages. Synchronous: it belongs in a worker process. Whoever
 * opens it closes it.
 */
export class AudioFile {
  readonly #input: AudioInput;
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  readonly #secondsPerTick: number;
  readonly #startTicks: number;
  #damaged = 0;
  #duration: number;

  /**
   * @param path in our escaped form
   * @throws FileError as `openAudio` does
   */
  constructor(path: string) {
    this.#input = openAudio(path);
    this.#packet.alloc();
    this.#frame.alloc();
    const { stream } = this.#input;
    this.#secondsPerTick = stream.timeBase.num / stream.timeBase.den;
    this.#startTicks = stream.startTime === AV_NOPTS_VALUE ? 0 : Number(stream.startTime);
    this.#duration = this.#statedDuration();
  }

  /** Seconds: what the container says; where it says nothing or wrong, what its packets add up to. */
  get duration(): number {
    return this.#duration;
  }

  /** Hz, as the container says; 0 where it does not. */
  get sampleRate(): number {
    return this.#input.stream.codecpar.sampleRate;
  }

  /** Packets and frames so far that could not be decoded. */
  get damaged(): number {
    return this.#damaged;
  }

  /**
   * The passages that a policy picks, one after the other, each decoded when it is asked for.
   * @param sampleRates Hz, each resampled from the source once
   * @throws FileError `undecodable` where nothing at all can be decoded
   */
  *windows(policy: WindowPolicy, sampleRates: readonly number[]): Generator<DecodedWindow> {
    let passages = planWindows(this.#duration, policy);
    let heard = 0;
    let last = passages.pop();
    // The last one first: it tells whether the file is as long as it says, while the plan can still be changed.
    let ending = last && this.decode(last, sampleRates);
    if (last && ending && ending.length < last.length / 2 && this.#correctDuration()) {
      passages = planWindows(this.#duration, policy);
      last = passages.pop();
      ending = last && this.decode(last, sampleRates);
    }
    for (const passage of passages) {
      const window = this.decode(passage, sampleRates);
      if (window.length === 0) continue;
      heard += 1;
      yield window;
    }
    if (ending && ending.length > 0) {
      heard += 1;
      yield ending;
    }
    if (heard > 0 || this.#duration <= 0 || policy.only !== undefined) return;
    // No passage could be reached: hear at least what there is at the start.
    const start = this.decode({ start: 0, length: policy.seconds }, sampleRates);
    if (start.length > 0) yield start;
    else {
      const { path } = this.#input;
      throw new FileError(
        'undecodable',
        path,
        `Nothing in ${displayPath(path)} can be decoded: it is damaged, encrypted or not what its name says.`,
      );
    }
  }

  /**
   * Decodes one passage. It comes out shorter where the file ends or is damaged, from a later start where
   * the container has no better seek point.
   */
  decode(passage: Passage, sampleRates: readonly number[]): DecodedWindow {
    this.#seek(passage.start);
    const window = this.#decodeFromHere(passage, sampleRates);
    if (window.length > 0 || passage.start === 0) return window;
    // A damaged index or damaged pages can send the seek past the passage: then go there on foot.
    this.#seek(0);
    return this.#decodeFromHere(passage, sampleRates, 0);
  }

  #decodeFromHere(
    passage: Passage,
    sampleRates: readonly number[],
    expected = Math.max(0, passage.start - preRoll),
  ): DecodedWindow {
    const end = passage.start + passage.length;
    let start = passage.start;
    let sinks: { rate: number; resampler: MonoResampler }[] | undefined;
    try {
      for (const { at, seconds } of this.#frames(expected)) {
        if (at + seconds <= passage.start - filterMargin) continue;
        if (at >= end) break;
        if (!sinks) {
          start = Math.max(passage.start, at);
          sinks = sampleRates.map((rate) => ({
            rate,
            resampler: new MonoResampler(
              rate,
              Math.round((end - start) * rate),
              Math.round((start - at) * rate),
            ),
          }));
        }
        for (const { resampler } of sinks) resampler.push(this.#frame, seconds);
        if (sinks.every(({ resampler }) => resampler.full)) break;
      }
      const pcm = new Map<number, Float32Array>();
      let length = 0;
      for (const { rate, resampler } of sinks ?? []) {
        resampler.finish();
        const { samples } = resampler;
        pcm.set(rate, samples);
        length = Math.max(length, samples.length / rate);
      }
      return { start, length, pcm };
    } finally {
      for (const { resampler } of sinks ?? []) resampler.close();
    }
  }

  /**
   * Decoded frames from about a place on to the end, each valid until the next one is asked for. What comes first may
   * begin before that place, or behind it.
   * @param start seconds
   */
  *frames(start = 0): Generator<{ readonly frame: Frame; readonly at: number; readonly seconds: number }> {
    this.#seek(start);
    const frame = this.#frame;
    for (const { at, seconds } of this.#frames(Math.max(0, start - preRoll))) yield { frame, at, seconds };
  }

  /** Frees everything. */
  close(): void {
    this.#frame.free();
    this.#packet.free();
    this.#input.close();
  }

  #statedDuration(): number {
    const { stream, format, container } = this.#input;
    // A bare AAC stream has no index and no header: FFmpeg's figure there is a guess from the first bit rates.
    if (container !== 'aac') {
      if (stream.duration !== AV_NOPTS_VALUE && stream.duration > 0n) {
        return Number(stream.duration) * this.#secondsPerTick;
      }
      // AV_TIME_BASE: microseconds.
      if (format.duration !== AV_NOPTS_VALUE && format.duration > 0n) return Number(format.duration) / 1e6;
    }
    return this.#countedDuration();
  }

  /** Reads every packet, decoding none. */
  #countedDuration(): number {
    const { format, stream } = this.#input;
    this.#seek(0);
    const packet = this.#packet;
    let sum = 0;
    let end = 0;
    for (;;) {
      const code = format.readFrameSync(packet);
      if (code < 0) break;
      if (packet.streamIndex === stream.index) {
        const ticks = Number(packet.duration);
        sum += ticks;
        if (packet.pts !== AV_NOPTS_VALUE) end = Math.max(end, Number(packet.pts) + ticks - this.#startTicks);
      }
      packet.unref();
    }
    return Math.max(sum, end) * this.#secondsPerTick;
  }

  /** Counts the packets of a file whose end came early. Returns whether the duration was wrong by much. */
  #correctDuration(): boolean {
    const counted = this.#countedDuration();
    if (!(counted < this.#duration - 1)) return false;
    this.#duration = counted;
    return true;
  }

  #seek(seconds: number): void {
    const { format, stream, decoder } = this.#input;
    const target = Math.max(0, seconds - preRoll);
    const ticks = BigInt(Math.round(target / this.#secondsPerTick) + this.#startTicks);
    // Where the container can't seek, reading goes on from here: what lies before the passage is passed over.
    format.seekFrameSync(stream.index, ticks, AVSEEK_FLAG_BACKWARD);
    decoder.flushBuffers();
  }

  /**
   * Decoded frames, in `this.#frame`, from the present position to the end.
   * @param expected seconds at which we should be, for containers without time stamps
   */
  *#frames(expected: number): Generator<{ at: number; seconds: number }> {
    const { format, stream, decoder } = this.#input;
    const packet = this.#packet;
    const frame = this.#frame;
    let position = expected;
    let failures = 0;
    for (;;) {
      const read = format.readFrameSync(packet);
      const ended = read < 0;
      if (ended && read !== AVERROR_EOF) {
        this.#damaged += 1;
        failures += 1;
        if (failures < 16) continue;
      }
      if (!ended) {
        if (packet.streamIndex !== stream.index) {
          packet.unref();
          continue;
        }
        const sent = decoder.sendPacketSync(packet);
        packet.unref();
        if (sent < 0) {
          this.#damaged += 1;
          failures += 1;
          if (failures > patience) return;
          continue;
        }
      } else decoder.sendPacketSync(null);
      for (;;) {
        const received = decoder.receiveFrameSync(frame);
        if (received === AVERROR_EAGAIN || received === AVERROR_EOF) break;
        if (received < 0) {
          this.#damaged += 1;
          failures += 1;
          if (failures > patience) return;
          break;
        }
        failures = 0;
        const { sampleRate, nbSamples } = frame;
        if (!(sampleRate > 0 && nbSamples > 0)) continue;
        const stamp = frame.bestEffortTimestamp;
        const seconds = nbSamples / sampleRate;
        const at =
          stamp === AV_NOPTS_VALUE ? position : (Number(stamp) - this.#startTicks) * this.#secondsPerTick;
        position = at + seconds;
        yield { at, seconds };
        frame.unref();
      }
      if (ended) return;
    }
  }
}
