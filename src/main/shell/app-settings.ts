import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { LANGUAGES } from '../../shared/languages.ts';
import type { Log } from '../log/log.ts';

/** Libraries that are remembered. */
const RECENT = 10;

const boundsSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1).max(100_000),
  height: z.int().min(1).max(100_000),
});

/** What the page may change. */
export const shellSettingsSchema = z.strictObject({
  notify: z.boolean(),
  keepAwake: z.boolean(),
  reopen: z.boolean(),
});

export const lookSchema = z.strictObject({
  language: z.enum(LANGUAGES),
  theme: z.enum(['system', 'light', 'dark']),
});

// Each part has its own way out: one that another version has written otherwise costs only itself.
const appStateSchema = z.object({
  notify: z.boolean().catch(true),
  keepAwake: z.boolean().catch(true),
  reopen: z.boolean().catch(true),
  /** How the page looked last. */
  language: z.enum(LANGUAGES).nullable().catch(null),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  window: z
    .object({ bounds: boundsSchema, maximized: z.boolean(), fullScreen: z.boolean() })
    .nullable()
    .catch(null),
  /** Libraries, the newest first. */
  recent: z.array(z.string().min(1)).max(RECENT).catch([]),
});
export type AppState = z.infer<typeof appStateSchema>;

/** What the app remembers on this computer, outside any library: one small JSON file. */
export class AppSettings {
  readonly #file: string;
  readonly #log: Log;
  #state: AppState;

  /** Reads the file; one that is not there, or not ours, is as new. */
  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
    const { data } = appStateSchema.safeParse(this.#read());
    this.#state = data ?? appStateSchema.parse({});
  }

  get state(): Readonly<AppState> {
    return this.#state;
  }

  /** Changes some of it, and keeps that. What can't be kept holds until the app ends. */
  set(change: Partial<AppState>): void {
    this.#state = { ...this.#state, ...change };
    try {
      this.#write();
    } catch (error) {
      this.#log.warn('settings', 'could not be kept', error);
    }
  }

  /** Puts a library on top of the list. */
  remember(library: string): void {
    const others = this.#state.recent.filter((file) => file !== library);
    this.set({ recent: [library, ...others].slice(0, RECENT) });
  }

  forget(library: string): void {
    this.set({ recent: this.#state.recent.filter((file) => file !== library) });
  }

  #read(): unknown {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return {};
    }
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Cut off, or not ours.
    }
    this.#log.warn('settings', `${this.#file} can't be read; the app starts as new`);
    return {};
  }

  /** The old file or the new one, never a half: written beside it, then renamed. */
  #write(): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const beside = `${this.#file}.${process.pid}.tmp`;
    try {
      writeFileSync(beside, `${JSON.stringify(this.#state, null, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(beside, this.#file);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  }
}
