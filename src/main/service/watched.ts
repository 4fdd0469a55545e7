/** A state is told at most this often, in milliseconds: a display need not know of everything in between. */
const TELL_MS = 200;

/** A value that changes, and that any number of clients watch. */
export class Watched<T> {
  readonly #waiting = new Set<() => void>();
  #value: T;
  #version = 0;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#version++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** The value now, then each new one; where several came at once, the newest. Ends when `signal` aborts. */
  async *watch(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    let told = -1;
    while (!signal?.aborted) {
      if (told === this.#version) {
        await this.#next(signal);
        continue;
      }
      told = this.#version;
      yield this.#value;
      await pause(TELL_MS, signal);
    }
  }

  /** Resolves at the next change, or when `signal` aborts. */
  #next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}
