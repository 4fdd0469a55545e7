import type { WorkKind, WorkState } from '../../shared/contract/index.ts';
import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Library } from '../library/library.ts';
import type { PendingWriteOptions } from '../library/pending.ts';
import { Watched } from './watched.ts';

/** Lists are told to fetch again at most this often while work goes on. */
const REVISION_MS = 1000;

type Works = Pick<Library, 'scan' | 'analyse' | 'learn' | 'catalogue' | 'editing' | 'writePending' | 'undo'>;
type Running = NonNullable<WorkState['running']>;
/** What a piece of work reports when it ends. */
type Ended = Pick<Running, 'done' | 'failed'> & {
  readonly stopped: boolean;
  readonly batch?: number | null;
};

/** The scan or analysis that a user interface has started: one at a time, watched by any number of clients. */
export class Work {
  readonly #library: Works;
  readonly #watched = new Watched<WorkState>({ running: null, last: null, revision: 0, edits: 0 });
  #abort: AbortController | undefined;
  #current: Promise<void> = Promise.resolve();
  #revisedAt = 0;

  constructor(library: Works) {
    this.#library = library;
  }

  get state(): WorkState {
    return this.#watched.value;
  }

  /**
   * Begins a scan of folders (absolute, escaped form), of all the library's when none are named.
   * @throws CratewiseError `busy` while something runs, `no-folders` when there is nothing to scan
   */
  scan(folders?: readonly string[]): void {
    const targets = folders ?? this.#library.catalogue.roots.list().map((root) => root.path);
    if (targets.length === 0)
      throw new CratewiseError('no-folders', 'The library has no folders yet. Add one first.');
    this.#begin('scan', async (signal) => {
      const summary = await this.#library.scan(targets, {
        signal,
        onProgress: ({ seen, expected, failed }) =>
          this.#progress({ done: seen, total: Math.max(seen, expected), failed }),
      });
      return {
        done: summary.seen,
        failed: summary.failed.length + summary.offline.length,
        stopped: summary.cancelled,
      };
    });
  }

  /** Begins to listen to what is due. @throws CratewiseError `busy` while something runs */
  analyse(): void {
    this.#begin('analyse', async (signal) => {
      const summary = await this.#library.analyse({
        signal,
        onProgress: (progress) => this.#progress(progress),
      });
      return { done: summary.analysed, failed: summary.failed, stopped: signal.aborted };
    });
  }

  /** Begins to learn from the user's tags; `done` counts steps. @throws CratewiseError `busy` */
  learn(task: Task, source: 'tags' | 'predictions'): void {
    this.#begin('learn', async (signal) => {
      const ended = { done: 0, failed: 0 };
      try {
        await this.#library.learn({
          task,
          source,
          signal,
          onProgress: ({ done, total }) => {
            ended.done = done;
            this.#progress({ done, total, failed: 0 });
          },
        });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      return { ...ended, stopped: signal.aborted };
    });
  }

  /** Whether something runs. */
  get busy(): boolean {
    return this.state.running !== null;
  }

  /** Begins to write the edits of these files. @throws CratewiseError `busy`, or `nothing-to-write` */
  write(ids: readonly number[], options: PendingWriteOptions): void {
    if (ids.length === 0)
      throw new CratewiseError('nothing-to-write', 'None of these tracks has an edit to write.');
    this.#begin('write', async (signal) => {
      const counted = this.#counter(ids.length);
      const { batchId } = await this.#library.writePending(ids, {
        ...options,
        label: 'app',
        signal,
        onOutcome: ({ kind }) => counted.count(kind === 'failed'),
      });
      return { ...counted.ended, stopped: signal.aborted, batch: batchId };
    });
  }

  /** Begins to put back what a batch wrote. @throws CratewiseError `busy` */
  undo(batch: number, force: boolean): void {
    this.#begin('undo', async (signal) => {
      const standing = this.#library.catalogue.journal.batches(1000).find(({ id }) => id === batch);
      const counted = this.#counter(standing?.done ?? 0);
      await this.#library.undo({
        batch,
        force,
        signal,
        onOutcome: ({ kind }) => counted.count(kind === 'failed'),
      });
      // Where this was the last thing done, its edits wait again, as they did before.
      const { catalogue, editing } = this.#library;
      const last = catalogue.edits.next('undo');
      if (last?.batchId === batch && counted.ended.done > counted.ended.failed) await editing.turn('undo');
      return { ...counted.ended, stopped: signal.aborted, batch };
    });
  }

  /** Edits were made; those who watch are told. */
  edited(revision: number): void {
    this.#set({ edits: revision });
  }

  stop(): void {
    if (!this.state.running || !this.#abort) return;
    this.#abort.abort();
    this.#set({ running: { ...this.state.running, stopping: true } });
  }

  /** Stops what runs and resolves when it has ended. */
  async close(): Promise<void> {
    this.stop();
    await this.#current;
  }

  /** The state now, then each new one; where several came at once, the newest. Ends when `signal` aborts. */
  watch(signal?: AbortSignal): AsyncGenerator<WorkState, void, void> {
    return this.#watched.watch(signal);
  }

  #begin(kind: WorkKind, run: (signal: AbortSignal) => Promise<Ended>): void {
    if (this.state.running)
      throw new CratewiseError('busy', 'Something is running already. Wait for it, or stop it first.');
    const abort = new AbortController();
    this.#abort = abort;
    this.#set({
      running: { kind, done: 0, total: 0, failed: 0, startedAt: Date.now(), stopping: false },
    });
    this.#current = run(abort.signal).then(
      ({ done, failed, stopped, batch = null }) =>
        this.#end({
          kind,
          outcome: stopped ? 'stopped' : 'finished',
          done,
          failed,
          batch,
          problem: null,
        }),
      (error: unknown) => {
        const { code, message } = toErrorShape(error);
        const { done, failed } = this.state.running ?? { done: 0, failed: 0 };
        this.#end({ kind, outcome: 'failed', done, failed, batch: null, problem: { code, message } });
      },
    );
  }

  /** Counts outcomes file by file and tells how far it is. */
  #counter(total: number) {
    const ended = { done: 0, failed: 0 };
    return {
      ended,
      count: (failed: boolean) => {
        ended.done++;
        if (failed) ended.failed++;
        this.#progress({ ...ended, total });
      },
    };
  }

  #progress(progress: Pick<Running, 'done' | 'total' | 'failed'>): void {
    const { running, revision } = this.state;
    if (!running) return;
    const { done, total, failed } = progress;
    const due = Date.now() - this.#revisedAt >= REVISION_MS;
    if (due) this.#revisedAt = Date.now();
    this.#set({ running: { ...running, done, total, failed }, revision: revision + (due ? 1 : 0) });
  }

  #end(last: NonNullable<WorkState['last']>): void {
    this.#abort = undefined;
    this.#set({ running: null, last, revision: this.state.revision + 1 });
  }

  #set(change: Partial<WorkState>): void {
    this.#watched.set({ ...this.state, ...change });
  }
}
