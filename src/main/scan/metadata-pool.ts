import { availableParallelism } from 'node:os';
import { CratewiseError } from '../../shared/errors.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerDiedError, WorkerPool, WorkerTimeoutError } from '../host/worker-pool.ts';
import type { ReadFile } from './read.ts';
import type { ScanCalls } from './worker.ts';

/** More readers than this gain nothing: the catalogue's one writer is the limit then. */
const MAX_PROCESSES = 8;

/** How long a reader may take before it is killed. */
export interface ReadTimeouts {
  readonly batchMs: number;
  readonly fileMs: number;
}

/** Generous: a network mount that wakes up takes seconds. What hangs, hangs for ever. */
const TIMEOUTS: ReadTimeouts = { batchMs: 60_000, fileMs: 30_000 };

/**
 * The processes that read files of unknown quality. A batch that kills or hangs its process is read again file by
 * file, so that only the guilty one is marked.
 */
export class MetadataPool {
  readonly #batches: WorkerPool<ScanCalls>;
  readonly #singles: WorkerPool<ScanCalls>;
  #served = false;

  constructor(host: ProcessHost, processes?: number, timeouts = TIMEOUTS) {
    const module = 'main/scan/worker';
    const size = processes ?? Math.min(availableParallelism(), MAX_PROCESSES);
    this.#batches = new WorkerPool(host, { module, size, timeoutMs: timeouts.batchMs });
    this.#singles = new WorkerPool(host, { module, size: 1, timeoutMs: timeouts.fileMs });
  }

  /** Batches that can be read at once. */
  get capacity(): number {
    return this.#batches.capacity;
  }

  /**
   * Reads files; one result for each path, in order. Problems of files are results.
   * @throws CratewiseError `closed` after `close`; `WorkerDiedError` when no process can be started at all
   */
  async read(paths: readonly string[]): Promise<readonly ReadFile[]> {
    try {
      const results = await this.#batches.call('readFiles', paths);
      this.#served = true;
      return results;
    } catch (error) {
      if (!isWorkerFailure(error)) throw error;
      await this.#assertWorkersStart();
      const results: ReadFile[] = [];
      for (const path of paths) results.push(await this.#readAlone(path));
      return results;
    }
  }

  close(): void {
    this.#batches.close();
    this.#singles.close();
  }

  async #assertWorkersStart(): Promise<void> {
    if (this.#served) return;
    await this.#singles.call('readFiles', []);
    this.#served = true;
  }

  /** A file is given a second chance, in a fresh process: the first may have died of something else. */
  async #readAlone(path: string): Promise<ReadFile> {
    let failure: CratewiseError | undefined;
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const [result] = await this.#singles.call('readFiles', [path]);
        if (result) return result;
      } catch (error) {
        if (!isWorkerFailure(error)) throw error;
        failure = error;
        if (error instanceof WorkerTimeoutError) break;
      }
    }
    const { code, message } = failure ?? new CratewiseError('unreadable', 'No answer.');
    return {
      path,
      stamp: null,
      content: null,
      problem: { code, message: `Reading this file stopped the reader: ${message}` },
    };
  }
}

const isWorkerFailure = (error: unknown): error is WorkerDiedError | WorkerTimeoutError =>
  error instanceof WorkerDiedError || error instanceof WorkerTimeoutError;
