import { ComplexFft, RealFft } from '../../dsp/fft.ts';

/** Hz; the transform is laid out for this rate. */
export const SAMPLE_RATE = 22_050;
/** Samples between frames. */
export const HOP = 512;
/** Three a semitone, as `librosa.feature.chroma_cqt` asks for. */
export const BINS_PER_OCTAVE = 36;
const OCTAVES = 7;
export const BINS = BINS_PER_OCTAVE * OCTAVES;
/** C1, MIDI note 24, at A4 = 440 Hz. */
export const LOWEST_HZ = 440 * 2 ** ((24 - 69) / 12);

/** Samples of one block: about 12 s, of which the middle is used. */
const BLOCK = 2 ** 18;
/** Frames of a whole block, so that decimating by `HOP` is an inverse transform of this size. */
const BLOCK_FRAMES = BLOCK / HOP;
/** Frames at both ends that the longest filter (35,400 samples at the lowest bin) does not have to itself. */
const MARGIN_FRAMES = 35;
const USED_FRAMES = BLOCK_FRAMES - 2 * MARGIN_FRAMES;

/**
 * A filter's response falls below −55 dB of its peak beyond this many units of 1 / length from its centre; what
 * lies further out is left away.
 */
const REACH = 8;
const STEPS_PER_UNIT = 256;

/** Magnitudes of a constant-Q transform, frame after frame: `data[frame * BINS + bin]`. */
export interface ConstantQ {
  readonly frames: number;
  /** `frames * BINS` values, never negative. */
  readonly data: Float32Array;
}

/**
 * Q of librosa's filters: 1 / α with α = (r² − 1) / (r² + 1), r = 2^(1 / bins per octave): neighbours' bands meet
 * (`librosa.filters.wavelet_lengths`, 0.10 and later).
 */
const RATIO = 2 ** (1 / BINS_PER_OCTAVE);
const Q = (RATIO ** 2 + 1) / (RATIO ** 2 - 1);

/**
 * Fourier transform of a Hann window of length 1 around 0, scaled to 1 at frequency 0:
 * sin(πx) / (πx (1 − x²)). Sampled, because it is read a million times a block.
 */
const HANN_RESPONSE = Float64Array.from({ length: REACH * STEPS_PER_UNIT + 2 }, (_, i) => {
  const x = i / STEPS_PER_UNIT;
  if (x === 0) return 1;
  if (Math.abs(x - 1) < 1e-9) return 0.5;
  return Math.sin(Math.PI * x) / (Math.PI * x * (1 - x * x));
});

interface Workspace {
  readonly forward: RealFft;
  readonly inverse: ComplexFft;
  readonly input: Float32Array;
  readonly rectangle: Float64Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly foldedRe: Float64Array;
  readonly foldedIm: Float64Array;
}

let workspace: Workspace | undefined;

function workspaceOnce(): Workspace {
  workspace ??= {
    forward: new RealFft(BLOCK),
    inverse: new ComplexFft(BLOCK_FRAMES),
    input: new Float32Array(BLOCK),
    rectangle: new Float64Array(BLOCK).fill(1),
    re: new Float64Array(BLOCK / 2 + 1),
    im: new Float64Array(BLOCK / 2 + 1),
    foldedRe: new Float64Array(BLOCK_FRAMES),
    foldedIm: new Float64Array(BLOCK_FRAMES),
  };
  return workspace;
}

/** Frames of a signal: one around each multiple of `HOP`, the first around sample 0, zeros beyond the ends. */
export function frameCount(samples: number): number {
  return 1 + Math.floor(samples / HOP);
}

/**
 * Magnitude constant-Q transform, as `abs(librosa.cqt(…))` defines it: Hann windows of Q periods, scaled by the
 * square root of their length. Computed with one long transform a block: each bin's filter is applied to the
 * spectrum, and the spectrum is folded to the frame rate before it is transformed back, which gives the very
 * samples at every hop without computing those between (librosa decimates octave by octave instead).
 *
 * @param pcm mono samples at `SAMPLE_RATE`
 * @param tuning fraction of a bin (−0.5..0.5) that A4 lies above 440 Hz
 */
export function constantQ(pcm: Float32Array, tuning = 0): ConstantQ {
  const frames = frameCount(pcm.length);
  const data = new Float32Array(frames * BINS);
  const { forward, input, rectangle, re, im } = workspaceOnce();
  for (let first = 0; first < frames; first += USED_FRAMES) {
    const begin = (first - MARGIN_FRAMES) * HOP;
    input.fill(0);
    const from = Math.max(begin, 0);
    input.set(pcm.subarray(from, Math.min(begin + BLOCK, pcm.length)), from - begin);
    forward.spectrum(input, 0, rectangle, re, im);
    const used = Math.min(USED_FRAMES, frames - first);
    for (let bin = 0; bin < BINS; bin++) filterBin(bin, tuning, used, data, first);
  }
  return { frames, data };
}

/** Writes one bin's magnitudes for the block whose spectrum stands in the workspace. */
function filterBin(bin: number, tuning: number, used: number, data: Float32Array, first: number): void {
  const { inverse, re, im, foldedRe, foldedIm } = workspaceOnce();
  const hertz = LOWEST_HZ * 2 ** ((bin + tuning) / BINS_PER_OCTAVE);
  const length = (Q * SAMPLE_RATE) / hertz;
  const centre = (hertz * BLOCK) / SAMPLE_RATE;
  const unitsPerLine = length / BLOCK;
  const reach = REACH / unitsPerLine;
  const low = Math.max(1, Math.ceil(centre - reach));
  const high = Math.min(BLOCK / 2 - 1, Math.floor(centre + reach));
  foldedRe.fill(0);
  foldedIm.fill(0);
  const mask = BLOCK_FRAMES - 1;
  for (let line = low; line <= high; line++) {
    const at = Math.abs(line - centre) * unitsPerLine * STEPS_PER_UNIT;
    const index = at | 0;
    const here = HANN_RESPONSE[index]!;
    const gain = here + (HANN_RESPONSE[index + 1]! - here) * (at - index);
    const slot = line & mask;
    foldedRe[slot] = foldedRe[slot]! + re[line]! * gain;
    // Conjugated, so that a forward transform is the inverse one (conjugated, which magnitudes do not see).
    foldedIm[slot] = foldedIm[slot]! - im[line]! * gain;
  }
  inverse.transform(foldedRe, foldedIm);
  const scale = Math.sqrt(length) / BLOCK;
  for (let frame = 0; frame < used; frame++) {
    const r = foldedRe[frame + MARGIN_FRAMES]!;
    const i = foldedIm[frame + MARGIN_FRAMES]!;
    data[(first + frame) * BINS + bin] = Math.sqrt(r * r + i * i) * scale;
  }
}
