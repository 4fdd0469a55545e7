import { CratewiseError } from '../../shared/errors.ts';
import type { ListeningCalls, Peaks } from '../../shared/listening.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerDiedError, WorkerPool, WorkerTimeoutError } from '../host/worker-pool.ts';
import type { Lease } from './leases.ts';
import type { PeaksCache } from './peaks-cache.ts';

/** A decoder that takes longer over a file hangs: ten hours of sound take a minute or two. */
const TIMEOUT_MS = 30 * 60_000;
/** A process takes up 150 MB: when nobody steps through tracks any more it is ended. */
export const IDLE_MS = 60_000;
/** Tracks that wait at most: what was asked for longest ago is not looked at any more. */
const MOST_WAITING = 32;
/** Failures that are remembered, so that a file that kills its process does so once. */
const MOST_FAILED = 200;

/** What is to be measured. */
export interface PeaksRequest {
  readonly audioHash: string;
  /** Behind all links, in our escaped form. */
  readonly path: string;
  /** It is not looked at yet: whatever is goes first. */
  readonly ahead: boolean;
}

interface Job extends PeaksRequest {
  ahead: boolean;
  readonly lease: Lease;
  readonly abort: AbortController;
  askers: number;
  readonly done: Promise<Peaks>;
  start: () => Promise<void>;
  fail: (error: unknown) => void;
}

/** Waveforms: those that are kept, and the others made by a process in the background, one at a time. */
export class PeakMaker {
  readonly #cache: PeaksCache;
  readonly #pool: WorkerPool<ListeningCalls>;
  readonly #lease: (path: string) => Lease | undefined;
  /** By audio hash; the one that runs is among them, unless it was given up and is asked for again. */
  readonly #jobs = new Map<string, Job>();
  readonly #failed = new Map<string, CratewiseError>();
  #running: Job | undefined;

  /** @param lease gives the right to read a file, see `Leases` */
  constructor(host: ProcessHost, cache: PeaksCache, lease: (path: string) => Lease | undefined) {
    this.#cache = cache;
    this.#lease = lease;
    this.#pool = new WorkerPool<ListeningCalls>(host, {
      module: 'analyser/peaks/worker',
      args: ['background'],
      size: 1,
      timeoutMs: TIMEOUT_MS,
      idleMs: IDLE_MS,
    });
  }

  /**
   * The waveform of a track. When `signal` aborts and nobody else waits for it, it is not made.
   * @throws CratewiseError `held` while the file is written to, `closed`; FileError where it can't be decoded
   */
  async of(request: PeaksRequest, signal?: AbortSignal): Promise<Peaks> {
    const kept = await this.#cache.get(request.audioHash);
    if (kept) return kept;
    signal?.throwIfAborted();
    const failed = this.#failed.get(request.audioHash);
    if (failed) throw failed;
    const job = this.#job(request);
    job.askers++;
    const leave = () => {
      job.askers--;
      if (job.askers === 0) this.#cancel(job);
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await job.done;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  close(): void {
    this.#pool.close();
    for (const job of this.#jobs.values()) this.#cancel(job);
  }

  #job(request: PeaksRequest): Job {
    const known = this.#jobs.get(request.audioHash);
    // One that was given up and has not ended yet has nothing to give.
    if (known && !known.abort.signal.aborted) {
      if (!request.ahead) known.ahead = false;
      return known;
    }
    const lease = this.#lease(request.path);
    if (!lease) throw new CratewiseError('held', 'The file is being written to.');
    const abort = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Peaks>();
    const job: Job = {
      ...request,
      lease,
      abort,
      askers: 0,
      done: promise,
      fail: reject,
      start: () => this.#make(job).then(resolve, reject),
    };
    // Whoever asked may have left.
    promise.catch(() => undefined);
    lease.signal.addEventListener('abort', () => this.#cancel(job, true), { once: true });
    this.#jobs.set(request.audioHash, job);
    const waiting = [...this.#jobs.values()].filter((one) => one !== this.#running);
    if (waiting.length > MOST_WAITING) this.#cancel(waiting[0]!);
    // Others that are asked for in the same breath are to be weighed against it.
    queueMicrotask(() => this.#next());
    return job;
  }

  #next(): void {
    if (this.#running) return;
    // What was asked for last is what is looked at now.
    const waiting = [...this.#jobs.values()].toReversed();
    const job = waiting.find(({ ahead }) => !ahead) ?? waiting[0];
    if (!job) return;
    this.#running = job;
    void job.start().finally(() => {
      this.#running = undefined;
      this.#forget(job);
      this.#next();
    });
  }

  async #make({ audioHash, path, abort }: Job): Promise<Peaks> {
    try {
      const peaks = await this.#pool.follow('peaks', { signal: abort.signal }, path);
      await this.#cache.set(audioHash, peaks);
      return peaks;
    } catch (error) {
      if (abort.signal.aborted) throw abort.signal.reason;
      if (error instanceof CratewiseError && isOfFile(error)) this.#remember(audioHash, error);
      throw error;
    }
  }

  /** Ends a job, whether it runs or waits. */
  #cancel(job: Job, held = false): void {
    if (this.#jobs.get(job.audioHash) !== job) return;
    const reason = held
      ? new CratewiseError('held', 'The file is being written to.')
      : new CratewiseError('closed', 'The work was cancelled.');
    job.abort.abort(reason);
    if (job === this.#running) return;
    this.#forget(job);
    job.fail(reason);
  }

  #forget(job: Job): void {
    if (this.#jobs.get(job.audioHash) === job) this.#jobs.delete(job.audioHash);
    job.lease.end();
  }

  #remember(audioHash: string, error: CratewiseError): void {
    this.#failed.set(audioHash, error);
    if (this.#failed.size > MOST_FAILED) this.#failed.delete(this.#failed.keys().next().value!);
  }
}

const isOfFile = (error: CratewiseError): boolean =>
  error instanceof WorkerDiedError ||
  error instanceof WorkerTimeoutError ||
  ['not-audio', 'no-audio', 'unsupported-codec', 'undecodable'].includes(error.code);
