import type { Representation } from './representations/representation.ts';

/**
 * One passage of a track, decoded, with whatever was computed of it so far: predictors and representations
 * that need the same spectrum or vector share it through here.
 */
export class PreparedWindow {
  /** Seconds from the start of the track. */
  readonly start: number;
  /** Seconds that were really decoded. */
  readonly length: number;
  /** Ids of all the representations that will be asked for: several that come out of one net need only one run of it. */
  readonly wanted: ReadonlySet<string>;
  #pcm: ReadonlyMap<number, Float32Array> | null;
  readonly #memo = new Map<string, unknown>();

  /**
   * @param pcm mono samples (nominally −1..1, as decoded: not normalised), by sample rate in Hz
   */
  constructor(
    start: number,
    length: number,
    pcm: ReadonlyMap<number, Float32Array>,
    wanted: ReadonlySet<string> = new Set(),
  ) {
    this.wanted = wanted;
    this.start = start;
    this.length = length;
    this.#pcm = pcm;
  }

  /** The mono samples at a sample rate. They are shared: do not write to them. */
  pcm(sampleRate: number): Float32Array {
    if (!this.#pcm) throw new Error('The samples of this window were released already.');
    const pcm = this.#pcm.get(sampleRate);
    if (!pcm) throw new RangeError(`This window was not decoded at ${sampleRate} Hz.`);
    return pcm;
  }

  /** The result of `compute` the first time; the same one ever after for this `name`. */
  memo<T>(name: string, compute: () => T): T {
    if (!this.#memo.has(name)) this.#memo.set(name, compute());
    return this.#memo.get(name) as T;
  }

  /** A representation's vector for this window, computed once. */
  vector(representation: Representation): Promise<Float32Array> {
    return this.memo(`vector:${representation.id}`, async () => representation.compute(this));
  }

  /** Lets go of the samples; what was computed from them stays. */
  release(): void {
    this.#pcm = null;
  }
}
