import { Filter, lowPass } from './biquad.ts';

/** Twice what is kept at least: a track ends up with between the half and all of it. */
const MOST_BUCKETS = 8192;
/** Frames of a bucket to begin with: a second has enough of them for a wide window. */
const FIRST_FRAMES = 32;
/** Hz at which bass ends and treble begins. */
const BASS = 200;
const TREBLE = 2500;

/**
 * The shape of a sound of unknown length in a bounded number of buckets: when all are full, neighbours are united
 * and each stands for twice as much from then on.
 */
export class Shape {
  readonly #low = new Float32Array(MOST_BUCKETS);
  readonly #high = new Float32Array(MOST_BUCKETS);
  /** Sums of squares: of all, of bass, of middle, of treble. */
  readonly #energies = Array.from({ length: 4 }, () => new Float64Array(MOST_BUCKETS));
  readonly #bass: Filter;
  readonly #belowTreble: Filter;
  #belowTrebleSamples = new Float64Array(0);
  #bassSamples = new Float64Array(0);
  #frames = FIRST_FRAMES;
  /** The bucket that is being filled, and how many frames are in it. */
  #at = 0;
  #filled = 0;
  #peak = 0;

  /** @param rate Hz */
  constructor(rate: number) {
    this.#bass = new Filter(lowPass(BASS, rate));
    this.#belowTreble = new Filter(lowPass(TREBLE, rate));
    this.#low[0] = Number.POSITIVE_INFINITY;
    this.#high[0] = Number.NEGATIVE_INFINITY;
  }

  /** The largest sample. */
  get peak(): number {
    return this.#peak;
  }

  /** Buckets that are in use, and how many of the last one's frames are. */
  get buckets(): number {
    return this.#at + (this.#filled > 0 ? 1 : 0);
  }

  /** Takes interleaved samples of two channels. @param length values in use */
  push(samples: Float64Array, length: number): void {
    const frames = length / 2;
    if (this.#bassSamples.length < frames) {
      this.#bassSamples = new Float64Array(frames);
      this.#belowTrebleSamples = new Float64Array(frames);
    }
    const bass = this.#bassSamples;
    const belowTreble = this.#belowTrebleSamples;
    for (let i = 0; i < frames; i++) {
      const middle = (samples[2 * i]! + samples[2 * i + 1]!) / 2;
      bass[i] = middle;
      belowTreble[i] = middle;
    }
    this.#bass.run(bass, frames, 0, 1);
    this.#belowTreble.run(belowTreble, frames, 0, 1);
    for (let from = 0; from < frames; ) {
      const end = Math.min(frames, from + this.#frames - this.#filled);
      this.#take(samples, from, end);
      this.#filled += end - from;
      from = end;
      if (this.#filled === this.#frames) this.#next();
    }
  }

  /** Planes as `Peaks` has them. */
  planes(): Uint8Array {
    const { buckets } = this;
    const planes = new Uint8Array(6 * buckets);
    for (let i = 0; i < buckets; i++) {
      const frames = i === this.#at ? this.#filled : this.#frames;
      planes[i] = amplitude(this.#low[i]!);
      planes[buckets + i] = amplitude(this.#high[i]!);
      for (const [plane, energies] of this.#energies.entries())
        planes[(2 + plane) * buckets + i] = companded(Math.sqrt(energies[i]! / frames));
    }
    return planes;
  }

  #take(samples: Float64Array, from: number, end: number): void {
    const at = this.#at;
    let low = this.#low[at]!;
    let high = this.#high[at]!;
    let [all, bass, middle, treble] = [0, 0, 0, 0];
    for (let i = from; i < end; i++) {
      const left = samples[2 * i]!;
      const right = samples[2 * i + 1]!;
      if (left < low) low = left;
      if (right < low) low = right;
      if (left > high) high = left;
      if (right > high) high = right;
      const mono = (left + right) / 2;
      const under = this.#belowTrebleSamples[i]!;
      const deep = this.#bassSamples[i]!;
      all += (left * left + right * right) / 2;
      bass += deep * deep;
      middle += (under - deep) * (under - deep);
      treble += (mono - under) * (mono - under);
    }
    this.#low[at] = low;
    this.#high[at] = high;
    this.#peak = Math.max(this.#peak, -low, high);
    for (const [plane, energy] of [all, bass, middle, treble].entries())
      this.#energies[plane]![at]! += energy;
  }

  #next(): void {
    this.#filled = 0;
    this.#at++;
    if (this.#at === MOST_BUCKETS) this.#unite();
    this.#low[this.#at] = Number.POSITIVE_INFINITY;
    this.#high[this.#at] = Number.NEGATIVE_INFINITY;
    for (const energies of this.#energies) energies[this.#at] = 0;
  }

  #unite(): void {
    this.#at = MOST_BUCKETS / 2;
    this.#frames *= 2;
    for (let i = 0; i < this.#at; i++) {
      this.#low[i] = Math.min(this.#low[2 * i]!, this.#low[2 * i + 1]!);
      this.#high[i] = Math.max(this.#high[2 * i]!, this.#high[2 * i + 1]!);
      for (const energies of this.#energies) energies[i] = energies[2 * i]! + energies[2 * i + 1]!;
    }
  }
}

const amplitude = (sample: number): number => Math.max(0, Math.min(255, Math.round(128 + 127 * sample)));

const companded = (rms: number): number => Math.min(255, Math.round(255 * Math.sqrt(rms)));
