import { CratewiseError, FileError, toErrorShape } from '../../shared/errors.ts';
import { hasEscape, pathToBytes } from '../../shared/path.ts';
import { Progress, type ProgressStream } from './progress.ts';
import { safeText } from './text.ts';

/** A stream that we print to: `process.stdout` and `process.stderr`, or a test's. */
export interface OutputStream extends ProgressStream {
  readonly writableNeedDrain?: boolean;
  once?(event: 'drain' | 'close', listener: () => void): unknown;
  off?(event: 'drain' | 'close', listener: () => void): unknown;
}

/** One file that could not be worked on. */
export interface Failure {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/**
 * What a command prints: lines for people, or one JSON object a line for programs; never both. Progress, notes
 * and (for people) failures go to stderr.
 */
export class Output {
  readonly json: boolean;
  readonly progress: Progress;
  readonly failures: Failure[] = [];
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;

  constructor(stdout: OutputStream, stderr: OutputStream, options: { json: boolean; quiet: boolean }) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.json = options.json;
    this.progress = new Progress(stderr, !options.quiet);
  }

  /** Resolves when stdout can take more: await it in long listings, so that a slow pipe does not fill memory. */
  drained(): Promise<void> {
    if (!this.#stdout.writableNeedDrain || !this.#stdout.once) return Promise.resolve();
    return new Promise((resolve) => {
      const goOn = () => {
        this.#stdout.off?.('drain', goOn);
        this.#stdout.off?.('close', goOn);
        resolve();
      };
      this.#stdout.once?.('drain', goOn);
      // Whoever reads may leave instead.
      this.#stdout.once?.('close', goOn);
    });
  }

  /** A line for people on stdout; nothing in JSON mode. `text` must be safe already (see `safeText`). */
  line(text: string): void {
    if (!this.json) this.progress.above(() => this.#stdout.write(`${text}\n`));
  }

  /** The text of a file on stdout, as it is. */
  text(text: string): void {
    this.#stdout.write(text);
  }

  /** An object for programs; nothing for people. */
  record(record: { readonly type: string } & Record<string, unknown>): void {
    if (this.json) this.progress.above(() => this.#stdout.write(`${JSON.stringify(record)}\n`));
  }

  /** A remark on stderr, in both modes. */
  note(text: string): void {
    this.progress.above(() => this.#stderr.write(`${text}\n`));
  }

  /** One file failed; the command goes on and ends with exit code 1. */
  failure(path: string, error: unknown): void {
    const { code, message } = toErrorShape(error);
    this.failures.push({ path, code, message });
    this.record({ type: 'error', ...pathRecord(path), code, message });
    if (!this.json) this.note(`✗ ${safeText(path)}: ${safeText(message)}`);
  }
}

/** How a path stands in JSON: as text, and as base64 of its bytes where the name is not UTF-8. */
export function pathRecord(path: string): { path: string; pathBytes?: string } {
  if (!hasEscape(path)) return { path };
  return { path: safeText(path), pathBytes: Buffer.from(pathToBytes(path)).toString('base64') };
}

/** What is said of an error that ends a command. */
export function describeFatal(error: unknown): string {
  if (error instanceof FileError) return `${safeText(error.path)}: ${safeText(error.message)}`;
  if (error instanceof CratewiseError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
