import { statSync } from 'node:fs';
import { displayPath } from '../../shared/path.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { Presence } from './gone.ts';
import { MetadataPool } from './metadata-pool.ts';
import { isWithin, systemPath } from './names.ts';
import { problemOf } from './read.ts';
import { type Due, Reconciler } from './reconcile.ts';
import { type ScanProgress, type ScanSummary, ScanTally } from './summary.ts';
import { type ScanTarget, scanTargets } from './targets.ts';
import { Walk } from './walk.ts';

export type { ScanFailure, ScanProgress, ScanSummary } from './summary.ts';

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Called a few times a second, and once at the end. */
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Also hidden files and folders. Default false. */
  readonly includeHidden?: boolean;
  /** Read files again that could not be read before, although they did not change. Default false. */
  readonly retryFailed?: boolean;
  /** Processes that read files; default: one per core, eight at most. */
  readonly processes?: number;
}

/** Files that one process reads before it answers: large enough to hide the trip, small enough to lose little. */
const BATCH = 32;
const PROGRESS_MS = 200;

/**
 * Brings the catalogue up to date with folders. Known files that did not change are not read; what can't be
 * reached is left as it is known, marked offline where it is a whole root; nothing is ever deleted. What was found
 * is written as the scan goes on, so after a kill at any point the next scan reads only the rest.
 * @param folders absolute paths in our escaped form: roots (made where they are new), folders in them, or files
 * @throws FileError when a folder is not in the library and can't be reached; whatever the catalogue throws.
 *   An abort is no error: the summary says `cancelled`.
 */
export async function scanLibrary(
  catalogue: Catalogue,
  folders: readonly string[],
  options: ScanOptions & { readonly host: ProcessHost },
): Promise<ScanSummary> {
  const targets = scanTargets(catalogue, folders);
  const scan = new Scan(catalogue, options);
  try {
    for (const target of targets) {
      if (options.signal?.aborted) break;
      await scan.run(target);
    }
    return scan.finish();
  } finally {
    scan.close();
  }
}

class Scan {
  readonly #catalogue: Catalogue;
  readonly #options: ScanOptions;
  readonly #pool: MetadataPool;
  readonly #presence: Presence;
  readonly #tally = new ScanTally();
  readonly #scanId: number;
  readonly #expected: number;
  readonly #roots: readonly string[];
  readonly #onAbort = () => this.#pool.close();
  #toldAt = 0;

  constructor(catalogue: Catalogue, options: ScanOptions & { readonly host: ProcessHost }) {
    this.#catalogue = catalogue;
    this.#options = options;
    this.#pool = new MetadataPool(options.host, options.processes);
    this.#presence = new Presence(catalogue);
    this.#scanId = catalogue.files.beginScan();
    const { present, missing, offline } = catalogue.files.counts();
    this.#expected = present + missing + offline;
    this.#roots = catalogue.roots.list().map((root) => root.path);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async run(target: ScanTarget): Promise<void> {
    const start = target.below ?? target.root.path;
    const { signal, includeHidden = false } = this.#options;
    const walk = new Walk(start, {
      includeHidden,
      exclude: target.exclude,
      roots: this.#roots,
      ...(signal ? { signal } : {}),
    });
    const unreadable: string[] = [];
    const seenBefore = this.#tally.seen;
    try {
      await this.#takeStock(target, walk, unreadable);
    } catch (error) {
      if (this.#aborted) return;
      if (!isSystemError(error)) throw error;
      if (!this.#isOffline(target, error)) this.#sweep(target, unreadable);
      return;
    }
    if (this.#aborted) return;
    const isEmpty = this.#tally.seen === seenBefore;
    if (!target.below && isEmpty && walk.empty && this.#knowsFiles(target)) {
      this.#setOffline(
        target,
        'empty-root',
        'The folder is empty although the library knows files in it; its disk is probably not mounted.',
      );
      return;
    }
    // It may have been unplugged while we walked.
    try {
      statSync(systemPath(target.root.path));
    } catch (error) {
      this.#setOffline(target, 'unreachable-root', problemOf(error).message);
      return;
    }
    if (target.root.offline) this.#catalogue.roots.setOffline(target.root.id, false);
    this.#sweep(target, unreadable);
  }

  /** Walks, compares, and has read what must be; several batches at once, a bounded number. */
  async #takeStock(target: ScanTarget, walk: Walk, unreadable: string[]): Promise<void> {
    const reconciler = new Reconciler(
      this.#catalogue,
      target.root.id,
      this.#scanId,
      this.#presence,
      this.#tally,
      this.#options.retryFailed ?? false,
    );
    const running = new Set<Promise<void>>();
    let failure: unknown;
    let due: Due[] = [];
    const dispatch = async () => {
      const batch = due;
      due = [];
      const work = this.#pool
        .read(batch.map((file) => file.path))
        .then((results) => reconciler.record(batch, results))
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => running.delete(work));
      running.add(work);
      // One batch more than there are processes, so that none waits for us.
      while (running.size > this.#pool.capacity) await Promise.race(running);
      if (failure) throw failure;
    };
    try {
      for await (const entries of walk.entries()) {
        for (const entry of entries) {
          if (entry.kind === 'unreadable') {
            unreadable.push(entry.path);
            this.#tally.failed.push({ path: entry.path, code: entry.code, message: entry.message });
            continue;
          }
          const file = reconciler.found(entry.path, entry.stamp);
          if (file && due.push(file) >= BATCH) await dispatch();
        }
        this.#tell('scanning');
      }
      if (due.length > 0) await dispatch();
    } finally {
      await Promise.all(running);
      reconciler.flush();
    }
    if (failure) throw failure;
  }

  /** The start of a walk could not be reached: whether that means that the whole root is away. */
  #isOffline(target: ScanTarget, error: unknown): boolean {
    const { message, code } = problemOf(error);
    try {
      if (target.below && statSync(systemPath(target.root.path)).isDirectory()) return code !== 'ENOENT';
    } catch {
      // The root is away, not only the folder in it.
    }
    this.#setOffline(target, 'unreachable-root', message);
    return true;
  }

  #setOffline(target: ScanTarget, code: string, reason: string): void {
    this.#catalogue.roots.setOffline(target.root.id, true);
    const message = `${displayPath(target.root.path)} can't be reached (${reason}) Its tracks are offline; nothing was removed.`;
    this.#tally.offline.push({ path: target.root.path, code, message });
  }

  #knowsFiles({ root }: ScanTarget): boolean {
    for (const file of this.#catalogue.files.known(root.id, { pageSize: 16 }))
      if (file.state === 'present') return true;
    return false;
  }

  /** Settles what is known and was not seen: gone, or only out of reach. */
  #sweep(target: ScanTarget, unreadable: readonly string[]): void {
    this.#tell('finishing', true);
    const { files } = this.#catalogue;
    const below = target.below === undefined ? {} : { below: target.below };
    let stay: number[] = [];
    let unknown = 0;
    for (const file of files.known(target.root.id, below)) {
      if (this.#aborted) return;
      if (file.seenScan === this.#scanId || file.state === 'missing') continue;
      if (unreadable.some((folder) => isWithin(file.path, folder))) continue;
      const whereabouts = this.#presence.whereabouts(file);
      if (whereabouts === 'gone') continue;
      if (whereabouts === 'unknown') unknown += 1;
      if (stay.push(file.id) < 500) continue;
      files.markSeen(stay, this.#scanId);
      stay = [];
    }
    if (stay.length > 0) files.markSeen(stay, this.#scanId);
    if (unknown > 0) {
      const message = `${unknown} files below ${displayPath(target.root.path)} are on a disk that is not mounted now; they stay as they are.`;
      this.#tally.offline.push({ path: target.root.path, code: 'unmounted', message });
    }
    this.#tally.missing += files.finishScan(target.root.id, this.#scanId, { ...below, except: unreadable });
  }

  #tell(phase: ScanProgress['phase'], now = false): void {
    if (!this.#options.onProgress) return;
    const time = performance.now();
    if (!now && time - this.#toldAt < PROGRESS_MS) return;
    this.#toldAt = time;
    this.#options.onProgress(this.#tally.progress(phase, this.#expected));
  }

  finish(): ScanSummary {
    this.#tell('finishing', true);
    return this.#tally.summary(this.#aborted);
  }

  close(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#pool.close();
  }
}

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
