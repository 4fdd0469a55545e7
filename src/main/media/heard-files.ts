import { Watched } from '../service/watched.ts';

/** A file that was opened for listening, and has been or is being written to. */
export interface HeardFile {
  readonly id: number;
  readonly held: boolean;
  readonly writes: number;
}

/** Files that are remembered; the oldest are forgotten first. */
const MAX_FILES = 256;

interface Known {
  path: string;
  held: number;
  writes: number;
}

/** Which files are listened to, and what is written to meanwhile. */
export class HeardFiles {
  /** In the order in which they were last opened. */
  readonly #files = new Map<number, Known>();
  readonly #watched = new Watched<readonly HeardFile[]>([]);

  opened(id: number, path: string): void {
    const known = this.#files.get(id) ?? { path, held: 0, writes: 0 };
    this.#files.delete(id);
    this.#files.set(id, { ...known, path });
    if (this.#files.size > MAX_FILES) this.#files.delete(this.#files.keys().next().value!);
  }

  /** How often it was written to, as far as is known. */
  writes(id: number): number {
    return this.#files.get(id)?.writes ?? 0;
  }

  held(paths: readonly string[]): void {
    this.#change(paths, (file) => {
      file.held++;
    });
  }

  released(paths: readonly string[], written: readonly string[]): void {
    const changed = new Set(written);
    this.#change(paths, (file) => {
      file.held = Math.max(0, file.held - 1);
      if (changed.has(file.path)) file.writes++;
    });
  }

  watch(signal?: AbortSignal): AsyncGenerator<readonly HeardFile[], void, void> {
    return this.#watched.watch(signal);
  }

  #change(paths: readonly string[], change: (file: Known) => void): void {
    const wanted = new Set(paths);
    let changed = false;
    for (const file of this.#files.values()) {
      if (!wanted.has(file.path)) continue;
      change(file);
      changed = true;
    }
    if (!changed) return;
    this.#watched.set(
      [...this.#files]
        .filter(([, { held, writes }]) => held > 0 || writes > 0)
        .map(([id, { held, writes }]) => ({ id, held: held > 0, writes })),
    );
  }
}
