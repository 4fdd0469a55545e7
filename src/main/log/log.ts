import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { redacted } from './redact.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** Where the app and `serve` note what happened. */
export interface Log {
  info(area: string, message: string): void;
  warn(area: string, message: string, cause?: unknown): void;
  error(area: string, message: string, cause?: unknown): void;
}

export interface FileLogOptions {
  /** Made where it is not there. */
  readonly folder: string;
  /** Without extension; default `cratewise`. */
  readonly name?: string;
  /** Bytes of one file. Default 512 KiB. */
  readonly maxBytes?: number;
  /** Older files that are kept. Default 3. */
  readonly keep?: number;
  readonly now?: () => Date;
}

/** A log for those who want none. */
export const noLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * A log in files that never take more than `(keep + 1) × maxBytes`. Each entry is written at once: the last one
 * before a crash is the one that is wanted. What can't be written is dropped, for no work should fail by its log.
 */
export class FileLog implements Log {
  readonly folder: string;
  readonly #name: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #now: () => Date;
  #bytes = 0;

  constructor(options: FileLogOptions) {
    this.folder = options.folder;
    this.#name = options.name ?? 'cratewise';
    this.#maxBytes = options.maxBytes ?? 512 * 1024;
    this.#keep = options.keep ?? 3;
    this.#now = options.now ?? (() => new Date());
    try {
      // Paths stand in it: nobody else's business.
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      this.#bytes = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    } catch {
      // Each write will fail and be dropped.
    }
  }

  /** The file that is written to. */
  get file(): string {
    return this.#numbered(0);
  }

  /** Files that are there, newest first. */
  get files(): readonly string[] {
    return Array.from({ length: this.#keep + 1 }, (_, number) => this.#numbered(number)).filter((file) =>
      existsSync(file),
    );
  }

  info(area: string, message: string): void {
    this.#write('info', area, message);
  }

  warn(area: string, message: string, cause?: unknown): void {
    this.#write('warn', area, message, cause);
  }

  error(area: string, message: string, cause?: unknown): void {
    this.#write('error', area, message, cause);
  }

  #write(level: LogLevel, area: string, message: string, cause?: unknown): void {
    const text = redacted(cause === undefined ? message : `${message}: ${describe(cause)}`);
    // Lines after the first are set in, so that an entry is told by its beginning.
    const entry = `${this.#now().toISOString()} ${level.padEnd(5)} [${area}] ${text.replaceAll('\n', '\n    ')}\n`;
    const bytes = Buffer.byteLength(entry);
    try {
      if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) this.#rotate();
      appendFileSync(this.file, entry, { mode: 0o600 });
      this.#bytes += bytes;
    } catch {
      // A full disk, or a folder that is gone.
    }
  }

  #rotate(): void {
    rmSync(this.#numbered(this.#keep), { force: true });
    for (let number = this.#keep - 1; number >= 0; number--)
      if (existsSync(this.#numbered(number))) renameSync(this.#numbered(number), this.#numbered(number + 1));
    this.#bytes = 0;
  }

  #numbered(number: number): string {
    return join(this.folder, number === 0 ? `${this.#name}.log` : `${this.#name}.${number}.log`);
  }
}

/** Something thrown, with its stack and what caused it. */
function describe(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` (${thrown.code})` : '';
  const own = `${thrown.stack ?? `${thrown.name}: ${thrown.message}`}${code}`;
  return thrown.cause === undefined || depth === 3
    ? own
    : `${own}\ncaused by ${describe(thrown.cause, depth + 1)}`;
}
