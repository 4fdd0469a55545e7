/**
 * Discrete Fourier transform of complex sequences whose length is a power of two: decimation in time, radix-4
 * butterflies on bit-reversed input (one radix-2 stage first where the exponent is odd), twiddles precomputed.
 * Nothing is allocated after construction.
 */
export class ComplexFft {
  readonly size: number;
  readonly #reversed: Uint32Array;
  /** For each radix-4 stage: re and im of W, W², W³ for each butterfly of a block. */
  readonly #stages: readonly { readonly quarter: number; readonly twiddles: Float64Array }[];
  readonly #oddExponent: boolean;

  /** @param size a power of two, 2 or more */
  constructor(size: number) {
    const exponent = Math.log2(size);
    if (!Number.isInteger(exponent) || exponent < 1) {
      throw new RangeError(`FFT size ${size} is not a power of two.`);
    }
    this.size = size;
    this.#oddExponent = exponent % 2 === 1;
    this.#reversed = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      this.#reversed[i] = (this.#reversed[i >> 1]! >> 1) | ((i & 1) << (exponent - 1));
    }
    const stages: { quarter: number; twiddles: Float64Array }[] = [];
    for (let quarter = this.#oddExponent ? 2 : 4; quarter < size; quarter *= 4) {
      const twiddles = new Float64Array(6 * quarter);
      for (let j = 0; j < quarter; j++) {
        for (let power = 1; power <= 3; power++) {
          const angle = (-2 * Math.PI * j * power) / (4 * quarter);
          twiddles[6 * j + 2 * power - 2] = Math.cos(angle);
          twiddles[6 * j + 2 * power - 1] = Math.sin(angle);
        }
      }
      stages.push({ quarter, twiddles });
    }
    this.#stages = stages;
  }

  /** Where element `i` has to be stored before `transformReversed`. */
  get reversed(): Uint32Array {
    return this.#reversed;
  }

  /** Transforms in place: X[k] = Σ x[n]·e^(−2πikn/size), not scaled. */
  transform(re: Float64Array, im: Float64Array): void {
    const reversed = this.#reversed;
    for (let i = 0; i < this.size; i++) {
      const j = reversed[i]!;
      if (j > i) {
        const r = re[i]!;
        re[i] = re[j]!;
        re[j] = r;
        const m = im[i]!;
        im[i] = im[j]!;
        im[j] = m;
      }
    }
    this.transformReversed(re, im);
  }

  /** As `transform`, on input that was stored in bit-reversed order already. */
  transformReversed(re: Float64Array, im: Float64Array): void {
    const n = this.size;
    if (this.#oddExponent) radix2First(re, im, n);
    else radix4First(re, im, n);
    for (const { quarter, twiddles } of this.#stages) radix4Stage(re, im, n, quarter, twiddles);
  }
}

/** The first stage of sizes with an odd exponent: all twiddles are 1. */
function radix2First(re: Float64Array, im: Float64Array, n: number): void {
  for (let i = 0; i < n; i += 2) {
    const r = re[i + 1]!;
    const m = im[i + 1]!;
    re[i + 1] = re[i]! - r;
    im[i + 1] = im[i]! - m;
    re[i] = re[i]! + r;
    im[i] = im[i]! + m;
  }
}

/** The first stage of sizes with an even exponent: all twiddles are 1. */
function radix4First(re: Float64Array, im: Float64Array, n: number): void {
  for (let i = 0; i < n; i += 4) {
    const acr = re[i]! + re[i + 1]!;
    const aci = im[i]! + im[i + 1]!;
    const amcr = re[i]! - re[i + 1]!;
    const amci = im[i]! - im[i + 1]!;
    const bdr = re[i + 2]! + re[i + 3]!;
    const bdi = im[i + 2]! + im[i + 3]!;
    const bmdr = re[i + 2]! - re[i + 3]!;
    const bmdi = im[i + 2]! - im[i + 3]!;
    re[i] = acr + bdr;
    im[i] = aci + bdi;
    re[i + 1] = amcr + bmdi;
    im[i + 1] = amci - bmdr;
    re[i + 2] = acr - bdr;
    im[i + 2] = aci - bdi;
    re[i + 3] = amcr - bmdi;
    im[i + 3] = amci + bmdr;
  }
}

/** One radix-4 stage over all blocks of 4·quarter elements. */
function radix4Stage(
  re: Float64Array,
  im: Float64Array,
  n: number,
  quarter: number,
  twiddles: Float64Array,
): void {
  for (let block = 0; block < n; block += 4 * quarter) {
    for (let j = 0, t = 0; j < quarter; j++, t += 6) {
      // In bit-reversed order the second quarter holds the elements ≡ 2 (mod 4), the third those ≡ 1.
      const i0 = block + j;
      const i2 = i0 + quarter;
      const i1 = i2 + quarter;
      const i3 = i1 + quarter;
      const w1r = twiddles[t]!;
      const w1i = twiddles[t + 1]!;
      const w2r = twiddles[t + 2]!;
      const w2i = twiddles[t + 3]!;
      const w3r = twiddles[t + 4]!;
      const w3i = twiddles[t + 5]!;
      const ar = re[i0]!;
      const ai = im[i0]!;
      const br = re[i1]! * w1r - im[i1]! * w1i;
      const bi = re[i1]! * w1i + im[i1]! * w1r;
      const cr = re[i2]! * w2r - im[i2]! * w2i;
      const ci = re[i2]! * w2i + im[i2]! * w2r;
      const dr = re[i3]! * w3r - im[i3]! * w3i;
      const di = re[i3]! * w3i + im[i3]! * w3r;
      const acr = ar + cr;
      const aci = ai + ci;
      const bdr = br + dr;
      const bdi = bi + di;
      const amcr = ar - cr;
      const amci = ai - ci;
      const bmdr = br - dr;
      const bmdi = bi - di;
      re[i0] = acr + bdr;
      im[i0] = aci + bdi;
      re[i2] = amcr + bmdi;
      im[i2] = amci - bmdr;
      re[i1] = acr - bdr;
      im[i1] = aci - bdi;
      re[i3] = amcr - bmdi;
      im[i3] = amci + bmdr;
    }
  }
}

/**
 * Discrete Fourier transform of real sequences: a complex transform of half the size on even and odd samples,
 * taken apart afterwards. Nothing is allocated after construction.
 */
export class RealFft {
  /** Samples in. */
  readonly size: number;
  /** Bins out: size/2 + 1. */
  readonly bins: number;
  readonly #half: ComplexFft;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @param size a power of two, 4 or more */
  constructor(size: number) {
    this.size = size;
    const half = size / 2;
    this.bins = half + 1;
    this.#half = new ComplexFft(half);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    this.#cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: half + 1 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
  }

  /**
   * The spectrum of `size` samples from `offset`, each multiplied by its window value.
   * @param re, im receive `bins` values each: X[k] = Σ w[n]·x[n]·e^(−2πikn/size), not scaled
   */
  spectrum(
    samples: Float32Array | Float64Array,
    offset: number,
    window: Float64Array,
    re: Float64Array,
    im: Float64Array,
  ): void {
    this.#transform(samples, offset, window);
    const m = this.size / 2;
    const zr = this.#re;
    const zi = this.#im;
    const cos = this.#cos;
    const sin = this.#sin;
    for (let k = 0; k <= m; k++) {
      const a = k === m ? 0 : k;
      const b = k === 0 ? 0 : m - k;
      const evenR = 0.5 * (zr[a]! + zr[b]!);
      const evenI = 0.5 * (zi[a]! - zi[b]!);
      const oddR = 0.5 * (zi[a]! + zi[b]!);
      const oddI = 0.5 * (zr[b]! - zr[a]!);
      re[k] = evenR + oddR * cos[k]! + oddI * sin[k]!;
      im[k] = evenI + oddI * cos[k]! - oddR * sin[k]!;
    }
  }

  /** As `spectrum`, but gives |X[k]|² only. */
  power(
    samples: Float32Array | Float64Array,
    offset: number,
    window: Float64Array,
    power: Float64Array,
  ): void {
    this.#transform(samples, offset, window);
    const m = this.size / 2;
    const zr = this.#re;
    const zi = this.#im;
    const cos = this.#cos;
    const sin = this.#sin;
    const dc = zr[0]! + zi[0]!;
    const nyquist = zr[0]! - zi[0]!;
    power[0] = dc * dc;
    power[m] = nyquist * nyquist;
    // Bins k and m−k come from the same pair: X[m−k] is the conjugate of even − odd·W.
    for (let k = 1, b = m - 1; k <= b; k++, b--) {
      const evenR = 0.5 * (zr[k]! + zr[b]!);
      const evenI = 0.5 * (zi[k]! - zi[b]!);
      const oddR = 0.5 * (zi[k]! + zi[b]!);
      const oddI = 0.5 * (zr[b]! - zr[k]!);
      const turnedR = oddR * cos[k]! + oddI * sin[k]!;
      const turnedI = oddI * cos[k]! - oddR * sin[k]!;
      const r = evenR + turnedR;
      const i = evenI + turnedI;
      power[k] = r * r + i * i;
      const r2 = evenR - turnedR;
      const i2 = evenI - turnedI;
      power[b] = r2 * r2 + i2 * i2;
    }
  }

  #transform(samples: Float32Array | Float64Array, offset: number, window: Float64Array): void {
    const reversed = this.#half.reversed;
    const re = this.#re;
    const im = this.#im;
    for (let i = 0, at = offset, w = 0; i < re.length; i++, at += 2, w += 2) {
      const to = reversed[i]!;
      re[to] = samples[at]! * window[w]!;
      im[to] = samples[at + 1]! * window[w + 1]!;
    }
    this.#half.transformReversed(re, im);
  }
}
