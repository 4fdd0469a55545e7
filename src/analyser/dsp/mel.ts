/** Slaney's mel scale (Auditory Toolbox): linear below 1 kHz, logarithmic above. */
const linearStep = 200 / 3;
const logStart = 1000;
const logStartMel = logStart / linearStep;
const logStep = Math.log(6.4) / 27;

/** Mel value of a frequency in Hz. */
export function hzToMel(hz: number): number {
  return hz < logStart ? hz / linearStep : logStartMel + Math.log(hz / logStart) / logStep;
}

/** Frequency in Hz of a mel value. */
export function melToHz(mel: number): number {
  return mel < logStartMel ? mel * linearStep : logStart * Math.exp(logStep * (mel - logStartMel));
}

/**
 * Triangular mel filters from 0 Hz to Nyquist, each of area 1 in Hz: `librosa.filters.mel` with its defaults
 * (Slaney's scale and norm). Stored by their non-zero span, since a bin belongs to two filters at most.
 */
export class MelFilterbank {
  readonly filters: number;
  readonly #first: Int32Array;
  readonly #offset: Int32Array;
  readonly #weights: Float64Array;

  /** @param fftSize samples of the frames whose spectra are filtered */
  constructor(sampleRate: number, fftSize: number, filters: number) {
    this.filters = filters;
    const top = hzToMel(sampleRate / 2);
    const edges = Array.from({ length: filters + 2 }, (_, i) => melToHz((top * i) / (filters + 1)));
    const bins = fftSize / 2 + 1;
    const weights: number[] = [];
    this.#first = new Int32Array(filters);
    this.#offset = new Int32Array(filters + 1);
    for (let m = 0; m < filters; m++) {
      const [low, centre, high] = [edges[m]!, edges[m + 1]!, edges[m + 2]!];
      let first = -1;
      for (let k = 0; k < bins; k++) {
        const hz = (k * sampleRate) / fftSize;
        const weight = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
        if (weight <= 0) {
          if (first >= 0) break;
          continue;
        }
        if (first < 0) first = k;
        weights.push((weight * 2) / (high - low));
      }
      this.#first[m] = Math.max(0, first);
      this.#offset[m + 1] = weights.length;
    }
    this.#weights = Float64Array.from(weights);
  }

  /** Filters a power spectrum into `out[at .. at + filters)`. */
  apply(power: Float64Array, out: Float32Array | Float64Array, at = 0): void {
    const weights = this.#weights;
    const offset = this.#offset;
    const first = this.#first;
    for (let m = 0; m < this.filters; m++) {
      const end = offset[m + 1]!;
      let sum = 0;
      for (let w = offset[m]!, k = first[m]!; w < end; w++, k++) sum += weights[w]! * power[k]!;
      out[at + m] = sum;
    }
  }
}
