import type { InstallProgress } from '../../../shared/model-install.ts';
import { Rate } from './rate.ts';

/** Adds up what has come of a model's files. */
export class FetchReporter {
  readonly #tell: (progress: InstallProgress) => void;
  readonly #estimate: number;
  readonly #expected = new Map<string, number>();
  readonly #done = new Map<string, number>();
  readonly #rate = new Rate();
  #trouble: string | undefined;

  /** @param estimate bytes of all files, for as long as not all of them are known */
  constructor(estimate: number, files: number, tell: (progress: InstallProgress) => void) {
    this.#estimate = estimate;
    this.#files = files;
    this.#tell = tell;
  }

  readonly #files: number;

  /** A file's size is known now. */
  expect(path: string, bytes: number): void {
    this.#expected.set(path, bytes);
  }

  /** So much of a file is there. */
  at(path: string, bytes: number): void {
    this.#done.set(path, bytes);
    this.#report();
  }

  /** So many bytes came just now, wanted or not. */
  came(bytes: number): void {
    this.#trouble = undefined;
    this.#rate.add(bytes);
  }

  /** Nothing comes, for this reason, until something does. */
  stuck(message: string): void {
    this.#trouble = message;
    this.#report();
  }

  #report(): void {
    const known = sum(this.#expected.values());
    const done = sum(this.#done.values());
    const total = Math.max(
      done,
      this.#expected.size === this.#files ? known : Math.max(known, this.#estimate),
    );
    const trouble = this.#trouble;
    const bytesPerSecond = trouble === undefined ? this.#rate.bytesPerSecond : 0;
    const secondsLeft = bytesPerSecond > 0 ? (total - done) / bytesPerSecond : null;
    const stuck = trouble === undefined ? {} : { trouble };
    this.#tell({ phase: 'fetching', done, total, bytesPerSecond, secondsLeft, ...stuck });
  }
}

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
