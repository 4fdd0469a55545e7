import type { WorkKind, WorkState } from '../../shared/contract/index.ts';
import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Wish } from '../analysis/analyse.ts';
import type { Library } from '../library/library.ts';
import type { PendingWriteOptions } from '../library/pending.ts';
import { Listening } from './listening.ts';
import { Watched } from './watched.ts';

/** Lists are told to fetch again at most this often while work goes on. */
const REVISION_MS = 1000;

type Works = Pick<
  Library,
  'scan' | 'analyse' | 'learn' | 'catalogue' | 'editing' | 'settings' | 'writePending' | 'undo'
>;
type Running = NonNullable<WorkState['running']>;
/** What a piece of work reports when it ends. */
type Ended = Pick<Running, 'done' | 'failed'> & {
  readonly stopped: boolean;
  readonly batch?: number | null;
};

const NOTHING_YET = { done: 0, failed: 0, total: 0, startedAt: 0 };

/** How a piece of work has ended. */
type Last = Omit<NonNullable<WorkState['last']>, 'number'>;

/** A piece of work that has begun, or stands in line. */
interface Job {
  /** Null where it is not worth showing. */
  readonly kind: WorkKind | null;
  readonly abort: AbortController;
  readonly askedAt: number;
  /** @returns null where there is nothing to tell of its end */
  run(signal: AbortSignal): Promise<Ended | null>;
}

/**
 * What a user interface has begun, watched by any number of clients. Scans, writes and the like run one at a time;
 * scans wait for their turn, the others are refused then, since a user wants to see them happen. Listening goes on
 * whenever nothing else does: it gives way, and takes itself up again.
 */
export class Work {
  readonly #library: Works;
  readonly #listening: Listening;
  readonly #watched: Watched<WorkState>;
  readonly #line: Job[] = [];
  /** What runs, unless that is listening. */
  #job: Job | undefined;
  /** How far it is. */
  #counts = NOTHING_YET;
  #last: WorkState['last'] = null;
  /** Pieces of work that have ended. */
  #count = 0;
  #learnt = 0;
  #revision = 0;
  #edits = 0;
  #current: Promise<void> | undefined;
  #closing = false;
  #revisedAt = 0;

  constructor(library: Works) {
    this.#library = library;
    this.#listening = new Listening(library, () => this.#heard());
    this.#watched = new Watched<WorkState>(this.#state());
  }

  get state(): WorkState {
    return this.#watched.value;
  }

  /** Grows when what was learnt may be another: learnt anew, or forgotten. */
  get learnt(): number {
    return this.#learnt;
  }

  /** Takes up what was wanted when the program ended: called once, when clients may come. */
  restore(): void {
    this.#advance();
  }

  /**
   * Begins a scan of folders (absolute, escaped form), of all the library's when none are named; or puts it in line.
   * @throws CratewiseError `no-folders` when there is nothing to scan
   */
  scan(folders?: readonly string[], { retryFailed = false } = {}): void {
    const targets = folders ?? this.#library.catalogue.roots.list().map((root) => root.path);
    if (targets.length === 0)
      throw new CratewiseError('no-folders', 'The library has no folders yet. Add one first.');
    this.#begin('scan', async (signal) => {
      const summary = await this.#library.scan(targets, {
        signal,
        retryFailed,
        onProgress: ({ seen, expected, failed }) =>
          this.#progress({ done: seen, total: Math.max(seen, expected), failed }),
      });
      this.#afterScan(summary.cancelled);
      return {
        done: summary.seen,
        failed: summary.failed.length + summary.offline.length,
        stopped: summary.cancelled,
      };
    });
  }

  /** Listens to everything that is due, as soon as nothing else runs. */
  analyse(): void {
    this.#listening.wantAll();
    this.#advance();
  }

  /** Listens to these tracks before all others. */
  wish(wish: Wish): void {
    if (wish.tracks.length === 0) return;
    this.#listening.wish(wish);
    this.#advance();
  }

  /** Holds listening back after the tracks in hand, until it is resumed; also over a restart. */
  pause(): void {
    this.#listening.pause();
  }

  resume(): void {
    this.#listening.resume();
    this.#advance();
  }

  /** Ends listening; what waits is taken off the queue. */
  cancel(): void {
    this.#listening.cancel();
  }

  setListenAfterScan(listen: boolean): void {
    this.#library.settings.listenAfterScan = listen;
    this.#tell();
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
    this.#edits = revision;
    this.#tell();
  }

  /** Does something short that nothing else may run beside; listening gives way. @throws CratewiseError `busy` */
  alone<T>(action: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#begin(null, async () => {
        await Promise.resolve()
          .then(action)
          .finally(() => this.#learnt++)
          .then(resolve, reject);
        return null;
      });
    });
  }

  /** Stops what runs, or takes back what was about to. */
  stop(): void {
    const waiting = this.#line[0];
    if (this.#job) this.#job.abort.abort();
    else if (waiting?.kind) {
      this.#line.shift();
      const { kind } = waiting;
      this.#ended({ kind, outcome: 'stopped', done: 0, failed: 0, batch: null, problem: null });
    } else this.#listening.cancel();
    this.#tell();
  }

  /** Stops what runs and resolves when it has ended. Listening that is wanted goes on at the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#line.length = 0;
    this.#job?.abort.abort();
    this.#listening.giveWay();
    while (this.#current) await this.#current;
  }

  /** The state now, then each new one; where several came at once, the newest. Ends when `signal` aborts. */
  watch(signal?: AbortSignal): AsyncGenerator<WorkState, void, void> {
    return this.#watched.watch(signal);
  }

  #begin(kind: WorkKind | null, run: Job['run']): void {
    const first = this.#job === undefined && this.#line.length === 0;
    // Scans wait for their turn; of everything else a user wants to see that it happens.
    if (!first && kind !== 'scan')
      throw new CratewiseError('busy', 'Something is running already. Wait for it, or stop it first.');
    this.#line.push({ kind, run, abort: new AbortController(), askedAt: Date.now() });
    this.#listening.giveWay();
    this.#advance();
  }

  /** Begins what comes next, unless something runs. */
  #advance(): void {
    if (!this.#current && !this.#closing) {
      const job = this.#line.shift();
      const next = job ? this.#run(job) : this.#listening.wanted ? this.#listen() : undefined;
      this.#current = next?.finally(() => {
        this.#current = undefined;
        this.#advance();
      });
    }
    this.#tell();
  }

  async #run(job: Job): Promise<void> {
    const { kind, abort } = job;
    this.#job = job;
    this.#counts = { ...NOTHING_YET, startedAt: Date.now() };
    try {
      const ended = await job.run(abort.signal);
      if (kind && ended) {
        const { done, failed, stopped, batch = null } = ended;
        const outcome = stopped ? 'stopped' : 'finished';
        this.#ended({ kind, outcome, done, failed, batch, problem: null });
      }
    } catch (error) {
      if (kind) this.#ended(failure(kind, this.#counts, error));
    } finally {
      this.#job = undefined;
      this.#revision++;
      if (kind === 'learn') this.#learnt++;
    }
  }

  async #listen(): Promise<void> {
    this.#counts = { ...NOTHING_YET, startedAt: Date.now() };
    const ended = await this.#listening.run();
    this.#revision++;
    if (!ended) return;
    const { outcome, done, failed, error } = ended;
    this.#ended(
      outcome === 'failed'
        ? failure('analyse', ended, error)
        : { kind: 'analyse', outcome, done, failed, batch: null, problem: null },
    );
  }

  #ended(how: Last): void {
    this.#last = { number: ++this.#count, ...how };
  }

  /** What a scan has found is listened to, where the user wants that and has not paused it. */
  #afterScan(cancelled: boolean): void {
    const { settings, catalogue } = this.#library;
    if (cancelled || !settings.listenAfterScan || this.#listening.standing) return;
    if (catalogue.tracks.countUnheard() > 0) this.#listening.wantAll();
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
    this.#counts = { ...this.#counts, ...progress };
    this.#revise();
    this.#tell();
  }

  /** Something new of listening. */
  #heard(): void {
    if (this.#listening.running) this.#revise();
    this.#tell();
  }

  /** Lists are stale by now, as far as anybody wants to know. */
  #revise(): void {
    if (Date.now() - this.#revisedAt < REVISION_MS) return;
    this.#revisedAt = Date.now();
    this.#revision++;
  }

  #tell(): void {
    this.#watched.set(this.#state());
  }

  #state(): WorkState {
    const shown = this.#line.flatMap(({ kind }) => kind ?? []);
    const running = this.#running();
    // What listening gives way to counts as running from the moment that it was asked for.
    const isNext = running !== null && !this.#job && running.kind !== 'analyse';
    return {
      running,
      last: this.#last,
      line: isNext ? shown.slice(1) : shown,
      listening: this.#listening.state(),
      listenAfterScan: this.#library.settings.listenAfterScan,
      revision: this.#revision,
      edits: this.#edits,
    };
  }

  #running(): WorkState['running'] {
    const next = this.#line[0];
    if (this.#job) {
      const { kind, abort } = this.#job;
      return kind && { kind, ...this.#counts, stopping: abort.signal.aborted };
    }
    if (next?.kind) return { kind: next.kind, ...NOTHING_YET, startedAt: next.askedAt, stopping: false };
    if (!this.#listening.running) return null;
    const { done, failed, total } = this.#listening.state();
    const { startedAt } = this.#counts;
    return { kind: 'analyse', done, failed, total, startedAt, stopping: this.#listening.stopping };
  }
}

function failure(kind: WorkKind, { done, failed }: Pick<Running, 'done' | 'failed'>, error: unknown): Last {
  const { code, message } = toErrorShape(error);
  return { kind, outcome: 'failed', done, failed, batch: null, problem: { code, message } };
}
