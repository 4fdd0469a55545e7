import { meanAndDeviation } from '../../dsp/moments.ts';
import { type Padding, Stft } from '../../dsp/stft.ts';

/** librosa's defaults. */
const fftSize = 2048;
const hop = 512;
const rolloffShare = 0.85;

/** Samples closer to zero than this count as zero, hence as positive. */
const zeroThreshold = 1e-10;

/** Values a frame: centroid, bandwidth and roll-off in Hz, zero-crossing rate per sample. */
const width = 4;

/**
 * Where the energy of each short frame lies: `librosa.feature.spectral_centroid`, `spectral_bandwidth`,
 * `spectral_rolloff` (85 % of the magnitude) and `zero_crossing_rate`, by their defaults.
 */
export class SpectralShapeExtractor {
  readonly #stft: Stft;
  readonly #hzPerBin: number;
  readonly #magnitude: Float64Array;

  constructor(sampleRate: number, padding: Padding) {
    this.#stft = new Stft(fftSize, hop, padding);
    this.#hzPerBin = sampleRate / fftSize;
    this.#magnitude = new Float64Array(this.#stft.bins);
  }

  /**
   * @param samples mono
   * @returns mean and population standard deviation over time of each of the four, in turn: 8 values
   */
  compute(samples: Float32Array): Float32Array {
    const frames = this.#stft.frames(samples.length);
    const rows = new Float64Array(frames * width);
    this.#stft.forEachPower(samples, (power, frame) => this.#describe(power, rows, frame * width));
    zeroCrossingRates(samples, frames, rows);
    const [mean, deviation] = meanAndDeviation(rows, frames, width);
    const out = new Float32Array(2 * width);
    for (let i = 0; i < width; i++) {
      out[2 * i] = mean[i]!;
      out[2 * i + 1] = deviation[i]!;
    }
    return out;
  }

  #describe(power: Float64Array, rows: Float64Array, at: number): void {
    const magnitude = this.#magnitude;
    let total = 0;
    let first = 0;
    let second = 0;
    for (let k = 0; k < magnitude.length; k++) {
      const m = Math.sqrt(power[k]!);
      magnitude[k] = m;
      total += m;
      first += k * m;
      second += k * k * m;
    }
    if (total < Number.MIN_VALUE) return;
    const centroid = first / total;
    rows[at] = centroid * this.#hzPerBin;
    rows[at + 1] = Math.sqrt(Math.max(0, second / total - centroid * centroid)) * this.#hzPerBin;
    const threshold = rolloffShare * total;
    let sum = 0;
    let bin = 0;
    for (; bin < magnitude.length - 1; bin++) {
      sum += magnitude[bin]!;
      if (sum >= threshold) break;
    }
    rows[at + 2] = bin * this.#hzPerBin;
  }
}

/** Share of neighbouring samples that differ in sign, for centred frames whose ends repeat the edge sample. */
function zeroCrossingRates(samples: Float32Array, frames: number, rows: Float64Array): void {
  const n = samples.length;
  // crossings[i]: sign changes between samples 0..i.
  const crossings = new Int32Array(n);
  for (let i = 1; i < n; i++) {
    const change = samples[i]! < -zeroThreshold !== samples[i - 1]! < -zeroThreshold;
    crossings[i] = crossings[i - 1]! + (change ? 1 : 0);
  }
  const clamp = (i: number) => Math.min(n - 1, Math.max(0, i));
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hop - fftSize / 2;
    const count = crossings[clamp(start + fftSize - 1)]! - crossings[clamp(start)]!;
    rows[frame * width + 3] = count / fftSize;
  }
}
