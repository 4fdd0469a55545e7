/** Milliseconds before each further attempt to connect: quick at first, and about five minutes in all. */
const DELAYS = [500, 1000, 2000, 4000, 8000, ...Array<number>(18).fill(15_000)];

/**
 * How long to wait after so many failures in a row; null: give up.
 * @param failures 0: the connection had been open, and ended
 */
export function retryDelay(failures: number): number | null {
  return DELAYS[failures] ?? null;
}

/** Waits, or less where `signal` ends it. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
