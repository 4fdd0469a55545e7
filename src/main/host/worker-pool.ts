import { availableParallelism } from 'node:os';
import { CratewiseError, fromErrorShape } from '../../shared/errors.ts';
import { CANCEL, type Calls } from '../../shared/worker/protocol.ts';
import type { ProcessHost, WorkerHandle, WorkerModule } from './process-host.ts';

/** The process that held a call died; the call may be tried once more. */
export class WorkerDiedError extends CratewiseError {
  override readonly name = 'WorkerDiedError';

  constructor(reason: string) {
    super('worker-died', `The worker process ended unexpectedly (${reason}).`);
  }
}

/** A call did not answer in time; its process was killed. */
export class WorkerTimeoutError extends CratewiseError {
  override readonly name = 'WorkerTimeoutError';

  constructor(seconds: number) {
    super('worker-timeout', `No answer within ${seconds} s; the work was stopped.`);
  }
}

export interface PoolOptions {
  readonly module: WorkerModule;
  /** Processes at most; default: one per core. */
  readonly size?: number;
  readonly args?: readonly string[];
  /** After this many milliseconds without an answer a worker is killed and the call fails. */
  readonly timeoutMs?: number;
  /** A process that had nothing to do for so many milliseconds is ended. Default: it stays. */
  readonly idleMs?: number;
  /** Calls that a worker may hold at a time; 1 unless the worker's work is mostly waiting. */
  readonly callsPerWorker?: number;
}

/** How to follow a long call. */
export interface FollowOptions<P = unknown> {
  readonly onProgress?: (progress: P) => void;
  /** When aborted, the worker is asked to end the call; it then fails with whatever the worker makes of that. */
  readonly signal?: AbortSignal;
}

interface Job {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress?: (progress: unknown) => void;
  id?: number;
  timer?: NodeJS.Timeout;
}

interface Slot {
  readonly handle: WorkerHandle;
  readonly jobs: Map<number, Job>;
  ready: boolean;
  idle?: NodeJS.Timeout;
  /** Resolves when the process is gone. */
  readonly gone: PromiseWithResolvers<void>;
}

/**
 * Worker processes of one kind, started when there is work, restarted when they die. Each call goes to the
 * least busy process; a call whose process dies fails with `WorkerDiedError`, the others go on.
 */
export class WorkerPool<T extends Calls<T>> {
  readonly #host: ProcessHost;
  readonly #options: PoolOptions;
  readonly #size: number;
  readonly #slots: Slot[] = [];
  readonly #waiting: Job[] = [];
  #nextId = 1;
  #closed = false;

  constructor(host: ProcessHost, options: PoolOptions) {
    this.#host = host;
    this.#options = options;
    this.#size = Math.max(1, options.size ?? availableParallelism());
  }

  get size(): number {
    return this.#size;
  }

  /** How many calls the pool can work on at once. */
  get capacity(): number {
    return this.#size * (this.#options.callsPerWorker ?? 1);
  }

  call<K extends keyof T & string>(
    method: K,
    ...params: Parameters<T[K]>
  ): Promise<Awaited<ReturnType<T[K]>>> {
    return this.follow(method, {}, ...params);
  }

  /** A call that tells how far it is, and that can be cancelled. */
  follow<K extends keyof T & string, P>(
    method: K,
    { onProgress, signal }: FollowOptions<P>,
    ...params: Parameters<T[K]>
  ): Promise<Awaited<ReturnType<T[K]>>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closed || signal?.aborted) {
        reject(new CratewiseError('closed', 'The work was cancelled.'));
        return;
      }
      const cancel = () => this.#cancel(job);
      const settled = () => signal?.removeEventListener('abort', cancel);
      const job: Job = {
        method,
        params,
        resolve: (result) => {
          settled();
          resolve(result);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        ...(onProgress ? { onProgress: onProgress as (progress: unknown) => void } : {}),
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(job);
      this.#dispatch();
    }) as Promise<Awaited<ReturnType<T[K]>>>;
  }

  /**
   * Ends every process; calls that are under way or waiting fail with code `closed`. Resolves when the processes are
   * gone, which matters where they hold a file.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const gone: Promise<void>[] = [];
    const cancelled = new CratewiseError('closed', 'The work was cancelled.');
    for (const job of this.#waiting.splice(0)) job.reject(cancelled);
    for (const slot of this.#slots.splice(0)) {
      for (const job of slot.jobs.values()) {
        clearTimeout(job.timer);
        job.reject(cancelled);
      }
      slot.jobs.clear();
      clearTimeout(slot.idle);
      gone.push(slot.gone.promise);
      slot.handle.kill();
    }
    await Promise.all(gone);
  }

  #cancel(job: Job): void {
    const waiting = this.#waiting.indexOf(job);
    if (waiting >= 0) {
      this.#waiting.splice(waiting, 1);
      job.reject(new CratewiseError('closed', 'The work was cancelled.'));
    }
    const { id } = job;
    const slot = id !== undefined && this.#slots.find(({ jobs }) => jobs.get(id) === job);
    if (slot) slot.handle.post({ id: this.#nextId++, method: CANCEL, params: [id] });
  }

  #dispatch(): void {
    const limit = this.#options.callsPerWorker ?? 1;
    while (this.#waiting.length > 0) {
      let slot = this.#slots.filter((s) => s.jobs.size < limit).sort((a, b) => a.jobs.size - b.jobs.size)[0];
      if (this.#slots.length < this.#size && (!slot || slot.jobs.size > 0)) slot = this.#start();
      if (!slot) return;
      const job = this.#waiting.shift();
      if (job) this.#send(slot, job);
    }
  }

  #send(slot: Slot, job: Job): void {
    const id = this.#nextId++;
    job.id = id;
    slot.jobs.set(id, job);
    clearTimeout(slot.idle);
    const { timeoutMs } = this.#options;
    if (timeoutMs) {
      job.timer = setTimeout(() => {
        slot.jobs.delete(id);
        // Out of the list before its end is known: nothing else may be given to a process that is being killed.
        this.#remove(slot);
        slot.handle.kill();
        job.reject(new WorkerTimeoutError(timeoutMs / 1000));
      }, timeoutMs);
    }
    slot.handle.post({ id, method: job.method, params: job.params });
  }

  /** Ends a process in a while, if nothing more comes for it. */
  #rest(slot: Slot): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined || slot.jobs.size > 0 || !this.#slots.includes(slot)) return;
    slot.idle = setTimeout(() => {
      this.#remove(slot);
      slot.handle.kill();
    }, idleMs);
    // It keeps no program from ending.
    slot.idle.unref();
  }

  #remove(slot: Slot): void {
    clearTimeout(slot.idle);
    const index = this.#slots.indexOf(slot);
    if (index >= 0) this.#slots.splice(index, 1);
  }

  #start(): Slot {
    const handle = this.#host.start(this.#options.module, this.#options.args);
    const slot: Slot = { handle, jobs: new Map(), ready: false, gone: Promise.withResolvers() };
    this.#slots.push(slot);
    handle.onMessage((message) => {
      if ('ready' in message) {
        slot.ready = true;
        return;
      }
      const job = slot.jobs.get(message.id);
      if (!job) return;
      if ('progress' in message) {
        job.onProgress?.(message.progress);
        return;
      }
      slot.jobs.delete(message.id);
      clearTimeout(job.timer);
      if ('error' in message) job.reject(fromErrorShape(message.error));
      else job.resolve(message.result);
      this.#dispatch();
      this.#rest(slot);
    });
    handle.onExit((reason) => {
      slot.gone.resolve();
      this.#remove(slot);
      const died = new WorkerDiedError(reason);
      for (const job of slot.jobs.values()) {
        clearTimeout(job.timer);
        job.reject(died);
      }
      slot.jobs.clear();
      // A worker that can't even start would be restarted for ever: its waiting calls fail instead.
      if (!slot.ready && this.#slots.length === 0)
        for (const job of this.#waiting.splice(0)) job.reject(died);
      else if (!this.#closed) this.#dispatch();
    });
    return slot;
  }
}
