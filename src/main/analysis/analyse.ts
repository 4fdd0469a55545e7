import {
  type AnalyserCalls,
  type AnalysisResult,
  defaultWindows,
  type WindowPolicy,
} from '../../shared/analysis.ts';
import { toErrorShape } from '../../shared/errors.ts';
import type { Catalogue, EnqueueRequest, PredictorVersion, WorkItem } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerDiedError, WorkerPool, WorkerTimeoutError } from '../host/worker-pool.ts';
import { analyserArguments } from './analyser-places.ts';

/** The work queue's name for listening to a track. */
export const ANALYSE = 'analyse';

/** No sound file takes this long for a few windows; one that does is hanging the decoder. */
const TIMEOUT_MS = 180_000;

/** What an analysis run is doing, for a progress display. */
export interface AnalysisProgress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

export interface AnalysisRequestOptions {
  /** Only tracks with a file at or below these paths; default the whole library. */
  readonly below?: readonly string[];
  /** Predictor ids to run; default all that the analyser has. */
  readonly predictors?: readonly string[];
  /** Also what failed before. */
  readonly retry?: boolean;
  /** Also what was analysed before. */
  readonly again?: boolean;
  readonly windows?: WindowPolicy;
  /** Analyser processes; default one per core. */
  readonly processes?: number;
  /** When aborted, the tracks in hand are finished and no more are begun. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly onResult?: (item: WorkItem, result: AnalysisResult) => void;
  readonly onFailure?: (item: WorkItem, error: unknown) => void;
}

export interface AnalysisSummary {
  readonly analysed: number;
  readonly failed: number;
  /** Still queued: the run was interrupted. */
  readonly left: number;
}

/**
 * Listens to every due track: queues them, hands them to analyser processes, stores each result in one
 * transaction. A file that can't be decoded is marked with the reason; one that kills its process twice is set aside.
 */
export async function analyseDue(
  catalogue: Catalogue,
  host: ProcessHost,
  options: AnalysisRequestOptions = {},
): Promise<AnalysisSummary> {
  const pool = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args: analyserArguments(),
    timeoutMs: TIMEOUT_MS,
    ...(options.processes ? { size: options.processes } : {}),
  });
  try {
    const { predictors, representations } = await pool.call('describe');
    const wanted = predictors.filter(({ id }) => options.predictors?.includes(id) ?? true);
    const request: EnqueueRequest = {
      kind: ANALYSE,
      predictors: wanted,
      ...(options.below ? { below: options.below } : {}),
      ...(options.retry ? { retry: true } : {}),
      ...(options.again ? { all: true } : {}),
    };
    const { run, queued } = catalogue.queue.enqueue(request);
    const ids = representations.map(({ id }) => id);
    return await new Run(catalogue, pool, wanted, ids, options, run, queued).finish();
  } finally {
    pool.close();
  }
}

class Run {
  readonly #catalogue: Catalogue;
  readonly #pool: WorkerPool<AnalyserCalls>;
  readonly #predictors: readonly PredictorVersion[];
  readonly #representations: readonly string[];
  readonly #options: AnalysisRequestOptions;
  readonly #run: number;
  readonly #total: number;
  #done = 0;
  #failed = 0;
  /** Set when the run as a whole can't go on: the other lanes must not take what they could only give back. */
  #ended = false;

  constructor(
    catalogue: Catalogue,
    pool: WorkerPool<AnalyserCalls>,
    predictors: readonly PredictorVersion[],
    representations: readonly string[],
    options: AnalysisRequestOptions,
    run: number,
    total: number,
  ) {
    this.#catalogue = catalogue;
    this.#pool = pool;
    this.#predictors = predictors;
    this.#representations = representations;
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
      const [item] = this.#catalogue.queue.claim(ANALYSE, 1, this.#run);
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
    const { queue } = this.#catalogue;
    const result = await this.#listen(item);
    if (!result) return;
    queue.complete(item.id, result, this.#predictors);
    this.#done++;
    this.#options.onResult?.(item, result);
  }

  /** The analysis of one item, or undefined when there is none; what became of the item is recorded then. */
  async #listen(item: WorkItem): Promise<AnalysisResult | undefined> {
    const { queue } = this.#catalogue;
    try {
      return await this.#pool.call('analyse', {
        path: item.path,
        representations: this.#representations,
        predictors: this.#predictors.map(({ id }) => id),
        windows: this.#options.windows ?? defaultWindows,
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
