/*
 * The filters of `librosa.cqt(y, sr=44100, hop_length=8820, n_bins=105, bins_per_octave=24, fmin=65)` (librosa 0.11,
 * core/constantq.py and filters.py), which KeyNet's predict_keys.py calls, as kernels in time. librosa multiplies the
 * Fourier transform of each frame with the filters' transform, of which it drops the smallest coefficients; that
 * product is a convolution with the kernels here.
 */

export const SAMPLE_RATE = 44_100;
export const HOP = 8820;
export const BINS = 105;
const PER_OCTAVE = 24;
const LOWEST_HZ = 65;
/** Share of a filter's spectrum (by sum of magnitudes) that librosa drops: its `sparsity`. */
const DROPPED = 0.01;

/** 1 / Q for neighbours' bands to meet: (r² − 1) / (r² + 1), r = 2^(1 / bins per octave). */
const RATIO = 2 ** (1 / PER_OCTAVE);
const ALPHA = (RATIO ** 2 - 1) / (RATIO ** 2 + 1);

/** The filters of one octave. */
export interface OctaveKernels {
  /** How often the signal is halved before it meets these filters. */
  readonly halvings: number;
  readonly hop: number;
  /** Samples of a kernel; its middle lies on the frame. */
  readonly size: number;
  readonly bins: number;
  /** [2 · bins, size]: real parts of all bins, then imaginary ones. */
  readonly kernels: Float32Array;
}

/**
 * The octaves of the transform, lowest first. librosa halves the signal between octaves while the hop is even, which
 * is twice: the lowest three octaves all read it at 11,025 Hz.
 */
export function cqtKernels(): readonly OctaveKernels[] {
  made ??= makeKernels();
  return made;
}

/** A second of work, and the same each time. */
let made: readonly OctaveKernels[] | undefined;

function makeKernels(): OctaveKernels[] {
  const octaves: OctaveKernels[] = [];
  let halvings = 0;
  for (let end = BINS; end > 0; end -= PER_OCTAVE) {
    octaves.unshift(octaveKernels(Math.max(0, end - PER_OCTAVE), end, halvings));
    if ((HOP >> halvings) % 2 === 0) halvings++;
  }
  return octaves;
}

function octaveKernels(from: number, end: number, halvings: number): OctaveKernels {
  const rate = SAMPLE_RATE / 2 ** halvings;
  const hertz = Array.from({ length: end - from }, (_, i) => LOWEST_HZ * 2 ** ((from + i) / PER_OCTAVE));
  const longest = rate / (ALPHA * hertz[0]!);
  const size = 2 ** Math.ceil(Math.log2(longest));
  const kernels = new Float32Array(2 * hertz.length * size);
  for (const [bin, f] of hertz.entries()) {
    const { re, im } = timeKernel(f, rate, size);
    // `scale=True` divides by the square root of the length at the full rate; the filters of halved signals are
    // scaled up by the square root of the ratio of the rates.
    const scale = Math.sqrt(2 ** halvings) / Math.sqrt(SAMPLE_RATE / (ALPHA * f));
    for (let t = 0; t < size; t++) {
      kernels[bin * size + t] = re[t]! * scale;
      kernels[(hertz.length + bin) * size + t] = im[t]! * scale;
    }
  }
  return { halvings, hop: HOP >> halvings, size, bins: hertz.length, kernels };
}

interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Σₖ B[k] · e^(−2πikt / size) over the coefficients B that librosa keeps of a filter's spectrum. */
function timeKernel(hertz: number, rate: number, size: number): Complex {
  const spectrum = filterSpectrum(hertz, rate, size);
  const magnitudes = spectrum.re.map((re, k) => Math.hypot(re, spectrum.im[k]!));
  const threshold = sparsityThreshold(magnitudes);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const cosine = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const quarter = size / 4;
  for (let k = 0; k < magnitudes.length; k++) {
    if (magnitudes[k]! < threshold) continue;
    const a = spectrum.re[k]!;
    const b = spectrum.im[k]!;
    for (let t = 0; t < size; t++) {
      const turn = (k * t) & (size - 1);
      const c = cosine[turn]!;
      const s = cosine[(turn - quarter) & (size - 1)]!;
      re[t] = re[t]! + a * c + b * s;
      im[t] = im[t]! + b * c - a * s;
    }
  }
  return { re, im };
}

/**
 * Fourier transform, lines 0..size / 2, of a filter of librosa: a Hann window over a complex sine, of absolute sum 1,
 * centred in `size` samples, times length / size. A Hann window is three sines, so each line is the sum of three
 * geometric series.
 */
function filterSpectrum(hertz: number, rate: number, size: number): Complex {
  const length = rate / (ALPHA * hertz);
  const start = -Math.ceil(length / 2);
  const count = Math.floor(length / 2) - start;
  const padding = Math.floor((size - count) / 2);
  const omega = (2 * Math.PI * hertz) / rate;
  const scale = ((2 / count) * length) / size;
  const re = new Float64Array(size / 2 + 1);
  const im = new Float64Array(size / 2 + 1);
  for (let k = 0; k < re.length; k++) {
    const theta = omega - (2 * Math.PI * k) / size;
    const step = (2 * Math.PI) / count;
    let sumRe = 0;
    let sumIm = 0;
    for (const [weight, angle] of [
      [0.5, theta],
      [-0.25, theta + step],
      [-0.25, theta - step],
    ] as const) {
      const half = Math.sin(angle / 2);
      const ratio = Math.abs(half) < 1e-12 ? count : Math.sin((count * angle) / 2) / half;
      const phase = (angle * (count - 1)) / 2;
      sumRe += weight * ratio * Math.cos(phase);
      sumIm += weight * ratio * Math.sin(phase);
    }
    const phase = omega * start - (2 * Math.PI * k * padding) / size;
    const c = Math.cos(phase) * scale;
    const s = Math.sin(phase) * scale;
    re[k] = sumRe * c - sumIm * s;
    im[k] = sumRe * s + sumIm * c;
  }
  return { re, im };
}

/** The magnitude from which on librosa keeps coefficients: `librosa.util.sparsify_rows`. */
function sparsityThreshold(magnitudes: Float64Array): number {
  const sorted = magnitudes.slice().sort();
  const total = sorted.reduce((sum, m) => sum + m, 0);
  let sum = 0;
  for (const magnitude of sorted) {
    sum += magnitude;
    if (sum / total >= DROPPED) return magnitude;
  }
  return 0;
}

/**
 * Taps of the filter before each halving: a sinc at half the band under a Kaiser window, flat to 0.8 of the band that
 * is kept, and below −95 dB of all that would fold into that part. librosa calls soxr's HQ resampler, which is flat
 * there too; the transform reads the lowest 6 % only. `audio.resample(scale=True)` multiplies by √2.
 */
export function halvingTaps(): Float64Array {
  const half = 32;
  const beta = 10;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = i - half;
    const sinc = t === 0 ? 0.5 : Math.sin((Math.PI * t) / 2) / (Math.PI * t);
    return sinc * besselI0(beta * Math.sqrt(1 - (t / (half + 1)) ** 2));
  });
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => (tap / sum) * Math.SQRT2);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
