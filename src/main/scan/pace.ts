/** A call that takes longer than this was not answered from memory or a fast disk. */
const SLOW_MS = 1.5;
/** While waiting is what calls do, every so many of them are timed alone again. */
const PROBE_EVERY = 100;

/**
 * Synchronous calls to the file system take a fifth of the processor time of asynchronous ones (a file's six reads:
 * 0.06 against 0.4 ms, measured), but on slow disks and network mounts waiting for them one by one is what costs,
 * and it would stop everything else. So calls are synchronous as long as they are answered at once, and many are
 * under way together when they are not.
 */
export class Pace {
  #mean = 0;
  #sinceProbe = 0;

  /** Whether the next call should be asynchronous. */
  get slow(): boolean {
    if (this.#mean < SLOW_MS) return false;
    this.#sinceProbe += 1;
    return this.#sinceProbe % PROBE_EVERY !== 0;
  }

  took(milliseconds: number): void {
    this.#mean += (milliseconds - this.#mean) * 0.1;
  }

  /** Runs a synchronous system call and takes its time. */
  time<T>(call: () => T): T {
    const started = performance.now();
    try {
      return call();
    } finally {
      this.took(performance.now() - started);
    }
  }
}
