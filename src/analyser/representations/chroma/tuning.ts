import { Stft } from '../../dsp/stft.ts';

const FFT_SIZE = 2048;
const HOP = 512;
const LOWEST_HZ = 150;
const HIGHEST_HZ = 4000;
/** A spectral peak counts if it is above this share of its frame's highest line. */
const THRESHOLD = 0.1;
/** Histogram bins over one pitch step, each a hundredth of it. */
const RESOLUTION = 100;

/** Spectral peaks with their interpolated frequency and height. */
export interface Peaks {
  readonly hertz: Float64Array;
  readonly heights: Float64Array;
}

const stft = new Stft(FFT_SIZE, HOP, 'zero');

/**
 * Peaks between 150 and 4,000 Hz of a spectrogram (Hann, 2,048 samples, hop 512, centred, zeros beyond the ends),
 * by parabolic interpolation: `librosa.piptrack`.
 */
export function spectralPeaks(pcm: Float32Array, sampleRate: number): Peaks {
  const hertz: number[] = [];
  const heights: number[] = [];
  const lines = stft.bins;
  const magnitude = new Float64Array(lines);
  const firstLine = Math.ceil((LOWEST_HZ * FFT_SIZE) / sampleRate);
  const endLine = Math.min(lines - 1, Math.ceil((HIGHEST_HZ * FFT_SIZE) / sampleRate));
  stft.forEachPower(pcm, (power) => {
    let highest = 0;
    for (let k = 0; k < lines; k++) {
      const value = Math.sqrt(power[k]!);
      magnitude[k] = value;
      if (value > highest) highest = value;
    }
    const floor = THRESHOLD * highest;
    for (let k = firstLine; k < endLine; k++) {
      const value = magnitude[k]!;
      const below = magnitude[k - 1]!;
      const above = magnitude[k + 1]!;
      // librosa zeroes what is below the floor before it looks for maxima.
      if (value <= floor || value <= (below > floor ? below : 0) || value < (above > floor ? above : 0))
        continue;
      const slope = (above - below) / 2;
      const curvature = 2 * value - above - below;
      const shift = Math.abs(slope) < curvature ? slope / curvature : 0;
      hertz.push(((k + shift) * sampleRate) / FFT_SIZE);
      heights.push(value + 0.5 * slope * shift);
    }
  });
  return { hertz: Float64Array.from(hertz), heights: Float64Array.from(heights) };
}

/**
 * How far the peaks lie above a grid of `stepsPerOctave` equal steps through A4 = 440 Hz, as a fraction of a step,
 * −0.5..0.49: the fullest of 100 classes among the peaks of at least median height (`librosa.estimate_tuning`).
 * 0 where there is no peak.
 */
export function estimateTuning(peaks: Peaks, stepsPerOctave: number): number {
  const { hertz, heights } = peaks;
  if (hertz.length === 0) return 0;
  const threshold = median(heights);
  const histogram = new Uint32Array(RESOLUTION);
  for (let i = 0; i < hertz.length; i++) {
    if (heights[i]! < threshold) continue;
    const steps = stepsPerOctave * Math.log2(hertz[i]! / 27.5);
    let residual = steps - Math.floor(steps);
    if (residual >= 0.5) residual -= 1;
    const at = Math.min(RESOLUTION - 1, Math.floor((residual + 0.5) * RESOLUTION));
    histogram[at] = histogram[at]! + 1;
  }
  let best = 0;
  for (let i = 1; i < RESOLUTION; i++) if (histogram[i]! > histogram[best]!) best = i;
  return best / RESOLUTION - 0.5;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
