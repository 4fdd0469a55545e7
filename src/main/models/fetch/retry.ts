import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled, ModelError, type ModelErrorCode } from '../errors.ts';
import { SourceError, type SourceProblem } from './byte-source.ts';

/** How patient a fetch is. */
export interface RetryPolicy {
  /** Tries in a row that may fail without a byte having come. */
  readonly attempts: number;
  /** Pause after the first failure, doubled after each. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** Told why, before each pause. */
  readonly onTrouble?: (message: string) => void;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 7, firstPauseMs: 500, maxPauseMs: 30_000 };

const CODES: Readonly<Record<SourceProblem, ModelErrorCode>> = {
  missing: 'source-missing',
  temporary: 'source-unreachable',
  refused: 'source-refused',
  changed: 'source-changed',
};

/** What a user is told of a source that did not give what it should. */
export function sourceFailure(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  const later = error.problem === 'temporary' ? ' Install again later: what came so far is kept.' : '';
  return new ModelError(CODES[error.problem], error.message + later, { cause: error });
}

/** Counts failures in a row and waits longer after each. */
export class Patience {
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal;
  #failures = 0;

  constructor(policy: RetryPolicy, signal: AbortSignal) {
    this.#policy = policy;
    this.#signal = signal;
  }

  /** Bytes came: the next failure is the first again. */
  progressed(): void {
    this.#failures = 0;
  }

  /**
   * Waits before the next try.
   * @throws the error itself where trying again does not help, or was tried often enough
   */
  async afterFailure(error: unknown): Promise<void> {
    if (!(error instanceof SourceError) || error.problem !== 'temporary') throw error;
    this.#failures += 1;
    if (this.#failures >= this.#policy.attempts) throw error;
    const { firstPauseMs, maxPauseMs, onTrouble } = this.#policy;
    onTrouble?.(error.message);
    const pause = Math.min(maxPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    // Spread, so that many who were cut off at once do not come back at once.
    const ms = Math.max(error.retryAfterMs ?? 0, pause * (0.75 + Math.random() / 2));
    try {
      await sleep(ms, undefined, { signal: this.#signal });
    } catch {
      throw cancelled();
    }
  }
}
