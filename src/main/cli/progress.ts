import { clock, fitWidth } from './text.ts';

/** Where a piece of long work stands. */
export interface ProgressState {
  readonly label: string;
  readonly done: number;
  /** 0 while it is not known yet. */
  readonly total: number;
  readonly failed?: number;
  /** Said instead of the counts, where these are not of things. */
  readonly text?: string;
}

/** The part of a terminal stream that a progress bar needs. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
}

const REDRAW_MS = 100;
const LOG_MS = 10_000;

/**
 * Progress on stderr: on a terminal one line that is redrawn (counts, rate, time left), elsewhere a line every
 * ten seconds. Text for people goes through `above`, so that the bar never tears it.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #enabled: boolean;
  readonly #now: () => number;
  #startedAt = 0;
  #startDone = 0;
  #label = '';
  #drawnAt = Number.NEGATIVE_INFINITY;
  #line = '';

  constructor(stream: ProgressStream, enabled: boolean, now: () => number = Date.now) {
    this.#stream = stream;
    this.#enabled = enabled;
    this.#now = now;
  }

  update(state: ProgressState): void {
    if (!this.#enabled) return;
    const now = this.#now();
    if (state.label !== this.#label) {
      this.#label = state.label;
      this.#startedAt = now;
      this.#startDone = state.done;
      this.#drawnAt = this.#stream.isTTY ? Number.NEGATIVE_INFINITY : now;
    }
    if (now - this.#drawnAt < (this.#stream.isTTY ? REDRAW_MS : LOG_MS)) return;
    this.#drawnAt = now;
    const seconds = (now - this.#startedAt) / 1000;
    const text = state.text
      ? `${state.label} ${state.text}`
      : describeProgress(state, state.done - this.#startDone, seconds);
    if (this.#stream.isTTY) {
      this.#line = fitWidth(text, Math.max(20, (this.#stream.columns ?? 80) - 1));
      this.#stream.write(`\r${this.#line}`);
    } else this.#stream.write(`${text}\n`);
  }

  /** Runs `print` with the bar out of the way. */
  above(print: () => void): void {
    if (this.#line === '') {
      print();
      return;
    }
    this.#stream.write('\r\u001b[2K');
    print();
    this.#stream.write(this.#line);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#line !== '') this.#stream.write('\r\u001b[2K');
    this.#line = '';
    this.#label = '';
  }
}

/** One line: `analysing [####    ] 120/4,000 · 3.1/s · 20:51 left · 2 failed`. `fresh` items took `seconds`. */
export function describeProgress(state: ProgressState, fresh: number, seconds: number): string {
  const rate = seconds > 0.5 && fresh > 0 ? fresh / seconds : 0;
  const parts: string[] = [];
  const count = state.done.toLocaleString('en');
  if (state.total > 0) {
    const filled = Math.min(20, Math.round((20 * state.done) / state.total));
    parts.push(
      `[${'#'.repeat(filled)}${' '.repeat(20 - filled)}] ${count}/${state.total.toLocaleString('en')}`,
    );
  } else parts.push(count);
  if (rate > 0) parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`);
  if (rate > 0 && state.total > state.done) parts.push(`${clock((state.total - state.done) / rate)} left`);
  if (state.failed) parts.push(`${state.failed} failed`);
  return `${state.label} ${parts.join(' · ')}`;
}
