/** A second-order section: `y = b0·x + b1·x₁ + b2·x₂ − a1·y₁ − a2·y₂`. */
export interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/**
 * The two filters of ITU-R BS.1770-5 (annex 1): how the head shapes what is heard, then a high-pass. The standard
 * gives coefficients for 48 kHz; these are the analogue filters behind them, found by B. De Man (“Evaluation of
 * implementations of the EBU R128 loudness measurement”, AES 2018) and used by libebur128, at any rate.
 * @param rate Hz
 */
export function kWeighting(rate: number): readonly [Biquad, Biquad] {
  const shelf = () => {
    const q = 0.7071752369554196;
    const k = Math.tan((Math.PI * 1681.974450955533) / rate);
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b0: (high + (band * k) / q + k * k) / a0,
      b1: (2 * (k * k - high)) / a0,
      b2: (high - (band * k) / q + k * k) / a0,
      a1: (2 * (k * k - 1)) / a0,
      a2: (1 - k / q + k * k) / a0,
    };
  };
  const highPass = () => {
    const q = 0.5003270373238773;
    const k = Math.tan((Math.PI * 38.13547087602444) / rate);
    const a0 = 1 + k / q + k * k;
    return { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
  };
  return [shelf(), highPass()];
}

/** A Butterworth low-pass of second order. @param frequency Hz at which it is 3 dB down */
export function lowPass(frequency: number, rate: number): Biquad {
  const k = Math.tan((Math.PI * Math.min(frequency, rate * 0.45)) / rate);
  const a0 = 1 + Math.SQRT2 * k + k * k;
  const b0 = (k * k) / a0;
  return { b0, b1: 2 * b0, b2: b0, a1: (2 * (k * k - 1)) / a0, a2: (1 - Math.SQRT2 * k + k * k) / a0 };
}

/** Runs a filter over one channel of interleaved samples, in place. State lasts from call to call. */
export class Filter {
  readonly #of: Biquad;
  #z1 = 0;
  #z2 = 0;

  constructor(of: Biquad) {
    this.#of = of;
  }

  /** @param stride distance between samples of the channel; `offset` is its first */
  run(samples: Float64Array, length: number, offset: number, stride: number): void {
    const { b0, b1, b2, a1, a2 } = this.#of;
    let z1 = this.#z1;
    let z2 = this.#z2;
    for (let i = offset; i < length; i += stride) {
      const x = samples[i]!;
      const y = b0 * x + z1;
      z1 = b1 * x - a1 * y + z2;
      z2 = b2 * x - a2 * y;
      samples[i] = y;
    }
    // What decays for ever becomes too small to compute with quickly.
    this.#z1 = Math.abs(z1) < 1e-30 ? 0 : z1;
    this.#z2 = Math.abs(z2) < 1e-30 ? 0 : z2;
  }
}
