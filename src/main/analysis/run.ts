import type { AnalyserCalls, AnalysisResult, WindowPolicy } from '../../shared/analysis.ts';
import { toErrorShape } from '../../shared/errors.ts';
import type { Catalogue, WorkItem } from '../catalogue/index.ts';
import { WorkerDiedError, type WorkerPool, WorkerTimeoutError } from '../host/worker-pool.ts';
import type { Pass } from './plan.ts';

/** What an analysis run is doing, for a progress display. */
export interface AnalysisProgress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** The large model that listens; absent while what is quick does. */
  readonly tier?: string;
}

export interface RunOptions {
  readonly windows: WindowPolicy;
  /** When aborted, the tracks in hand are finished and no more are begun. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Omit<AnalysisProgress, 'tier'>) => void;
  readonly onResult?: (item: WorkItem, result: AnalysisResult) => void;
  readonly onFailure?: (item: WorkItem, error: unknown) => void;
}

export interface AnalysisSummary {
  readonly analysed: number;
  readonly failed: number;
  /** Still queued: the run was interrupted. */
  readonly left: number;
}

/** The queued tracks of one run through one pool of analysers. */
export class AnalysisRun {
  readonly #catalogue: Catalogue;
  readonly #pool: WorkerPool<AnalyserCalls>;
  readonly #pass: Pass;
  readonly #options: RunOptions;
  readonly #run: number;
  readonly #total: number;
  #done = 0;
  #failed = 0;
  /** Set when the run as a whole can't go on: the other lanes must not take what they could only give back. */
  #ended = false;

  /**
   * @param run number of the run, from `enqueue`
   * @param total how many were queued for it
   */
  constructor(
    catalogue: Catalogue,
    pool: WorkerPool<AnalyserCalls>,
    pass: Pass,
    options: RunOptions,
    run: number,
    total: number,
  ) {
    this.#catalogue = catalogue;
    this.#pool = pool;
    this.#pass = pass;
    this.#options = options;
    this.#run = run;
    this.#total = total;
  }

  async finish(): Promise<AnalysisSummary> {
    this.#report();
    await Promise.all(Array.from({ length: this.#pool.capacity }, () => this.#lane()));
    return { analysed: this.#done, failed: this.#failed, left: this.#total - this.#done - this.#failed };
  }

  /** Takes one item after another until there is none: an item that comes back after a crash is taken again. */
  async #lane(): Promise<void> {
    while (!this.#ended && !this.#options.signal?.aborted) {
      const [item] = this.#catalogue.queue.claim(this.#pass.kind, 1, this.#run);
      if (!item) return;
      try {
        await this.#work(item);
      } catch (error) {
        this.#ended = true;
        throw error;
      }
      this.#report();
    }
  }

  async #work(item: WorkItem): Promise<void> {
    const { predictors, representations } = this.#pass;
    const result = await this.#listen(item);
    if (!result) return;
    this.#catalogue.queue.complete(item.id, result, predictors, representations);
    this.#done++;
    this.#options.onResult?.(item, result);
  }

  /** The analysis of one item, or undefined when there is none; what became of the item is recorded then. */
  async #listen(item: WorkItem): Promise<AnalysisResult | undefined> {
    const { queue } = this.#catalogue;
    try {
      return await this.#pool.call('analyse', {
        path: item.path,
        representations: this.#pass.representations.map(({ id }) => id),
        predictors: this.#pass.predictors.map(({ id }) => id),
        windows: this.#options.windows,
      });
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'closed') {
        // The whole run ends, for a reason that is not this file's.
        this.#ended = true;
        queue.release(item.id);
        return undefined;
      }
      if (error instanceof WorkerDiedError || error instanceof WorkerTimeoutError) {
        if (!queue.workerDied(item.id, message)) return undefined;
      } else if (code === 'not-found') {
        // A drive that was unplugged says nothing about its tracks: they are due again when it is back.
        queue.drop(item.id);
      } else queue.fail(item.id, { code, message });
      this.#failed++;
      this.#options.onFailure?.(item, error);
      return undefined;
    }
  }

  #report(): void {
    this.#options.onProgress?.({ done: this.#done, failed: this.#failed, total: this.#total });
  }
}
