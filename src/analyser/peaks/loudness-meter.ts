import { Filter, kWeighting } from './biquad.ts';

/** Steps of a block: blocks of 400 ms begin every 100 ms. */
const STEPS_PER_BLOCK = 4;
/** LUFS; quieter blocks do not count. */
const ABSOLUTE_GATE = -70;
/** LU below the mean of the others. */
const RELATIVE_GATE = -10;
/** Bins per LU, and the loudest that there is one for. */
const GRAIN = 100;
const LOUDEST = 10;
const BINS = (LOUDEST - ABSOLUTE_GATE) * GRAIN;

const loudnessOf = (meanSquare: number): number => -0.691 + 10 * Math.log10(meanSquare);

/**
 * Integrated loudness of two channels by ITU-R BS.1770-5: K-weighted, in blocks of 400 ms that overlap by three
 * quarters, gated at −70 LUFS and at 10 LU below the mean of what passes. Blocks are kept as a histogram of 0.01 LU
 * with the energy in each bin, so that an hour takes no more memory than a second.
 */
export class LoudnessMeter {
  readonly #filters: readonly Filter[];
  readonly #stepFrames: number;
  readonly #steps = new Float64Array(STEPS_PER_BLOCK);
  readonly #counts = new Float64Array(BINS);
  readonly #energies = new Float64Array(BINS);
  #filled = 0;
  #energy = 0;
  #step = 0;

  /** @param rate Hz */
  constructor(rate: number) {
    const [shelf, highPass] = kWeighting(rate);
    // Both of the left channel, then both of the right one.
    this.#filters = [new Filter(shelf), new Filter(highPass), new Filter(shelf), new Filter(highPass)];
    this.#stepFrames = Math.round(rate / 10);
  }

  /** Takes interleaved samples, which it overwrites. @param length values in use */
  push(samples: Float64Array, length: number): void {
    const [leftShelf, leftHigh, rightShelf, rightHigh] = this.#filters;
    leftShelf!.run(samples, length, 0, 2);
    leftHigh!.run(samples, length, 0, 2);
    rightShelf!.run(samples, length, 1, 2);
    rightHigh!.run(samples, length, 1, 2);
    for (let at = 0; at < length; ) {
      const end = Math.min(length, at + 2 * (this.#stepFrames - this.#filled));
      let energy = 0;
      for (let i = at; i < end; i++) energy += samples[i]! * samples[i]!;
      this.#energy += energy;
      this.#filled += (end - at) / 2;
      at = end;
      if (this.#filled === this.#stepFrames) this.#endStep();
    }
  }

  /** LUFS of everything so far; null where nothing is louder than the gate. */
  integrated(): number | null {
    const all = this.#meanFrom(0);
    if (all === null) return null;
    const gate = loudnessOf(all) + RELATIVE_GATE;
    const from = Math.max(0, Math.ceil((gate - ABSOLUTE_GATE) * GRAIN));
    const mean = this.#meanFrom(from);
    return mean === null ? null : loudnessOf(mean);
  }

  #endStep(): void {
    this.#steps[this.#step % STEPS_PER_BLOCK] = this.#energy;
    this.#step++;
    this.#energy = 0;
    this.#filled = 0;
    if (this.#step < STEPS_PER_BLOCK) return;
    const meanSquare =
      this.#steps.reduce((sum, energy) => sum + energy, 0) / (STEPS_PER_BLOCK * this.#stepFrames);
    const loudness = loudnessOf(meanSquare);
    if (!(loudness >= ABSOLUTE_GATE)) return;
    const bin = Math.min(BINS - 1, Math.floor((loudness - ABSOLUTE_GATE) * GRAIN));
    this.#counts[bin]!++;
    this.#energies[bin]! += meanSquare;
  }

  #meanFrom(bin: number): number | null {
    let count = 0;
    let energy = 0;
    for (let i = bin; i < BINS; i++) {
      count += this.#counts[i]!;
      energy += this.#energies[i]!;
    }
    return count > 0 ? energy / count : null;
  }
}
