/** A file that is being read for listening. */
export interface Lease {
  /** Aborts when the file is wanted for writing: it has to be closed then, and the lease ended. */
  readonly signal: AbortSignal;
  end(): void;
}

/** Who reads which file, so that a writer can have it alone: Windows replaces no file that is open. */
export class Leases {
  readonly #byPath = new Map<
    string,
    Set<{ readonly abort: AbortController; readonly ended: Promise<void> }>
  >();
  /** How many writers hold a path. */
  readonly #held = new Map<string, number>();

  /** Files that are read at the moment. */
  get count(): number {
    let count = 0;
    for (const leases of this.#byPath.values()) count += leases.size;
    return count;
  }

  isHeld(path: string): boolean {
    return this.#held.has(path);
  }

  /** A lease of a file; undefined while it is held for writing. @param path behind all links */
  take(path: string): Lease | undefined {
    if (this.isHeld(path)) return undefined;
    const abort = new AbortController();
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const lease = { abort, ended };
    const leases = this.#byPath.get(path) ?? new Set();
    this.#byPath.set(path, leases.add(lease));
    return {
      signal: abort.signal,
      end: () => {
        leases.delete(lease);
        if (leases.size === 0 && this.#byPath.get(path) === leases) this.#byPath.delete(path);
        end();
      },
    };
  }

  /**
   * Ends the leases of files and gives out no new ones. Resolves when all are closed, with what lets them be read
   * again.
   */
  async hold(paths: readonly string[]): Promise<() => void> {
    for (const path of paths) this.#held.set(path, (this.#held.get(path) ?? 0) + 1);
    const leases = paths.flatMap((path) => [...(this.#byPath.get(path) ?? [])]);
    for (const { abort } of leases) abort.abort();
    await Promise.all(leases.map(({ ended }) => ended));
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const path of paths) {
        const left = this.#held.get(path)! - 1;
        if (left > 0) this.#held.set(path, left);
        else this.#held.delete(path);
      }
    };
  }
}
