/**
 * Complex fast Fourier transform of one size, in place, on split real and imaginary arrays. Stockham-free
 * radix 2 with decimation in time; sizes here are at most 2^17, so tables stay small.
 */
export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #swap: Uint32Array;

  /** @param size power of two, at least 2 */
  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`FFT size ${size} is no power of two.`);
    this.size = size;
    this.#cos = new Float64Array(size / 2);
    this.#sin = new Float64Array(size / 2);
    for (let i = 0; i < size / 2; i++) {
      this.#cos[i] = Math.cos((2 * Math.PI * i) / size);
      this.#sin[i] = -Math.sin((2 * Math.PI * i) / size);
    }
    const bits = Math.log2(size);
    const swaps: number[] = [];
    for (let i = 0; i < size; i++) {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
      if (reversed > i) swaps.push(i, reversed);
    }
    this.#swap = Uint32Array.from(swaps);
  }

  /** X[k] = Σ x[n] e^{−2πikn/N}, unscaled. */
  forward(re: Float64Array, im: Float64Array): void {
    const { size } = this;
    const swap = this.#swap;
    const cos = this.#cos;
    const sin = this.#sin;
    for (let i = 0; i < swap.length; i += 2) {
      const a = swap[i]!;
      const b = swap[i + 1]!;
      const r = re[a]!;
      re[a] = re[b]!;
      re[b] = r;
      const m = im[a]!;
      im[a] = im[b]!;
      im[b] = m;
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0, t = 0; k < half; k++, t += step) {
          const i = start + k;
          const j = i + half;
          const c = cos[t]!;
          const s = sin[t]!;
          const xr = re[j]! * c - im[j]! * s;
          const xi = re[j]! * s + im[j]! * c;
          const yr = re[i]!;
          const yi = im[i]!;
          re[j] = yr - xr;
          im[j] = yi - xi;
          re[i] = yr + xr;
          im[i] = yi + xi;
        }
      }
    }
  }
}

/** Spectrum of real input, from a complex transform of half the size. */
export class RealFft {
  readonly size: number;
  readonly #half: Fft;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @param size power of two, at least 4 */
  constructor(size: number) {
    this.size = size;
    this.#half = new Fft(size / 2);
    this.#re = new Float64Array(size / 2);
    this.#im = new Float64Array(size / 2);
    this.#cos = new Float64Array(size / 4 + 1);
    this.#sin = new Float64Array(size / 4 + 1);
    for (let i = 0; i <= size / 4; i++) {
      this.#cos[i] = Math.cos((2 * Math.PI * i) / size);
      this.#sin[i] = -Math.sin((2 * Math.PI * i) / size);
    }
  }

  /**
   * @param input `size` samples
   * @param re receives the `size / 2 + 1` non-negative frequencies
   * @param im as `re`
   */
  forward(input: Float64Array | Float32Array, re: Float64Array, im: Float64Array): void {
    const half = this.size / 2;
    const zr = this.#re;
    const zi = this.#im;
    for (let i = 0; i < half; i++) {
      zr[i] = input[2 * i]!;
      zi[i] = input[2 * i + 1]!;
    }
    this.#half.forward(zr, zi);
    re[0] = zr[0]! + zi[0]!;
    im[0] = 0;
    re[half] = zr[0]! - zi[0]!;
    im[half] = 0;
    for (let k = 1; k <= half / 2; k++) {
      const j = half - k;
      const evenR = (zr[k]! + zr[j]!) / 2;
      const evenI = (zi[k]! - zi[j]!) / 2;
      const oddR = (zi[k]! + zi[j]!) / 2;
      const oddI = (zr[j]! - zr[k]!) / 2;
      const c = this.#cos[k]!;
      const s = this.#sin[k]!;
      const tr = oddR * c - oddI * s;
      const ti = oddR * s + oddI * c;
      re[k] = evenR + tr;
      im[k] = evenI + ti;
      re[j] = evenR - tr;
      im[j] = ti - evenI;
    }
  }
}
