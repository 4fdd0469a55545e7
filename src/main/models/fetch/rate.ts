/** Milliseconds after which a past speed counts only 1/e. */
const MEMORY_MS = 8_000;

/** How fast bytes come, smoothed: an exponentially weighted mean over time. */
export class Rate {
  readonly #now: () => number;
  #bytesPerMs = 0;
  #weight = 0;
  #last: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = now();
  }

  add(bytes: number): void {
    const now = this.#now();
    // Bytes of the same moment belong to the next one: no speed can be told from no time.
    const elapsed = Math.max(now - this.#last, 0.001);
    this.#last = now;
    const keep = Math.exp(-elapsed / MEMORY_MS);
    this.#bytesPerMs = keep * this.#bytesPerMs + (1 - keep) * (bytes / elapsed);
    this.#weight = keep * this.#weight + (1 - keep);
  }

  /** 0 before anything came. */
  get bytesPerSecond(): number {
    // Divided by the weight that the mean has so far, else it would begin far too low.
    return this.#weight === 0 ? 0 : (1000 * this.#bytesPerMs) / this.#weight;
  }
}
