/** The first coefficients of the orthonormal DCT-II (`scipy.fft.dct(type=2, norm='ortho')`), as a matrix product. */
export class Dct {
  readonly size: number;
  readonly coefficients: number;
  /** Row by row: coefficients × size. */
  readonly #basis: Float64Array;

  constructor(size: number, coefficients: number) {
    this.size = size;
    this.coefficients = coefficients;
    this.#basis = new Float64Array(coefficients * size);
    for (let k = 0; k < coefficients; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / size);
      for (let n = 0; n < size; n++) {
        this.#basis[k * size + n] = scale * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * size));
      }
    }
  }

  /** Transforms `input[from .. from + size)` into `out[to .. to + coefficients)`. */
  apply(input: Float64Array, from: number, out: Float64Array, to: number): void {
    const { size, coefficients } = this;
    const basis = this.#basis;
    for (let k = 0; k < coefficients; k++) {
      const row = k * size;
      let sum = 0;
      for (let n = 0; n < size; n++) sum += basis[row + n]! * input[from + n]!;
      out[to + k] = sum;
    }
  }
}
