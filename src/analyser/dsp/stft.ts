import { RealFft } from './fft.ts';

/** The periodic Hann window (`scipy.signal.get_window('hann', size)`). */
export function hannWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
}

/** What stands beyond the ends of the signal: its mirror image, or silence. */
export type Padding = 'reflect' | 'zero';

/**
 * The samples with `margin` more on each side (`numpy.pad` modes `reflect` and `constant`).
 * @param scale every sample is multiplied by it
 */
export function padded(samples: Float32Array, margin: number, padding: Padding, scale = 1): Float32Array {
  const n = samples.length;
  const out = new Float32Array(n + 2 * margin);
  if (scale === 1) out.set(samples, margin);
  else for (let i = 0; i < n; i++) out[margin + i] = samples[i]! * scale;
  if (padding === 'zero' || n === 0) return out;
  const period = Math.max(1, 2 * (n - 1));
  for (let i = 1; i <= margin; i++) {
    // A signal shorter than the margin is mirrored to and fro.
    const left = i % period;
    out[margin - i] = out[margin + (left < n ? left : period - left)]!;
    const right = (n - 1 + i) % period;
    out[margin + n - 1 + i] = out[margin + (right < n ? right : period - right)]!;
  }
  return out;
}

/** Short-time power spectra as librosa frames them: centred, Hann window, `1 + ⌊n/hop⌋` frames. */
export class Stft {
  readonly size: number;
  readonly hop: number;
  readonly bins: number;
  readonly #padding: Padding;
  readonly #fft: RealFft;
  readonly #window: Float64Array;
  readonly #power: Float64Array;

  /** @param size samples of a frame, a power of two */
  constructor(size: number, hop: number, padding: Padding) {
    this.size = size;
    this.hop = hop;
    this.#padding = padding;
    this.#fft = new RealFft(size);
    this.bins = this.#fft.bins;
    this.#window = hannWindow(size);
    this.#power = new Float64Array(this.bins);
  }

  /** Number of frames that `n` samples give. */
  frames(n: number): number {
    return 1 + Math.floor(n / this.hop);
  }

  /**
   * Calls `visit` with the power spectrum |X[k]|² of each frame, in order. The array is reused.
   * @param scale the samples are multiplied by it first
   */
  forEachPower(samples: Float32Array, visit: (power: Float64Array, frame: number) => void, scale = 1): void {
    const signal = padded(samples, this.size / 2, this.#padding, scale);
    const frames = this.frames(samples.length);
    for (let frame = 0; frame < frames; frame++) {
      this.#fft.power(signal, frame * this.hop, this.#window, this.#power);
      visit(this.#power, frame);
    }
  }
}
