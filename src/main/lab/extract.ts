import { availableParallelism } from 'node:os';
import type {
  AnalyserCalls,
  AnalysisResult,
  RepresentationInfo,
  WindowPolicy,
} from '../../shared/analysis.ts';
import { CratewiseError, FileError, toErrorShape } from '../../shared/errors.ts';
import { isLargeTier } from '../../shared/tier.ts';
import { type AnalyserPower, analyserArguments } from '../analysis/analyser-places.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerDiedError, WorkerPool, WorkerTimeoutError } from '../host/worker-pool.ts';
import type { LabCalls } from './answers.ts';
import type { LeftOut } from './datasets/dataset.ts';
import type { TaggedFile } from './datasets/labelled.ts';
import type { DatasetSource } from './datasets/source.ts';
import type { PendingRow } from './features/extraction.ts';

export interface ExtractOptions {
  readonly source: DatasetSource;
  /** The library's files, in portions, for that kind of source. */
  readonly tagged?: Iterable<readonly TaggedFile[]>;
  /** Absolute path of the feature folder. */
  readonly folder: string;
  /** Ids; `musicgen-small:all` stands for all its layers. Default: all that are installed, layers aside. */
  readonly representations?: readonly string[];
  readonly windows: WindowPolicy;
  readonly retry: boolean;
  readonly processes?: number;
  readonly devices?: AnalyserPower['devices'];
  readonly signal?: AbortSignal;
  readonly onStart?: (state: {
    rows: number;
    pending: number;
    failed: number;
    leftOut: readonly LeftOut[];
  }) => void;
  readonly onProgress?: (progress: { done: number; failed: number; total: number }) => void;
  readonly onFailure?: (path: string, error: unknown) => void;
}

export interface ExtractSummary {
  readonly representations: readonly string[];
  readonly extracted: number;
  readonly failed: number;
  readonly left: number;
}

/** A large model on a slow machine takes minutes for a track. */
const TIMEOUT_MS = 1_800_000;

/** Rows asked for at a time: enough that the analysers never wait. */
const PORTION = 16;

/** Times that a passage may cost an analyser its life before it is set aside. */
const ATTEMPTS = 2;

/**
 * Computes the vectors of a data set that its feature folder lacks. What is finished is kept whatever happens; the
 * same call goes on from there.
 * @throws CratewiseError `unknown-representation`; DatasetError by code `bad-dataset`
 */
export async function extractFeatures(host: ProcessHost, options: ExtractOptions): Promise<ExtractSummary> {
  const lab = new WorkerPool<LabCalls>(host, { module: 'main/lab/worker', size: 1 });
  let analysers: WorkerPool<AnalyserCalls> | undefined;
  try {
    const wanted = await chooseRepresentations(host, options.representations);
    for (const files of options.tagged ?? []) await lab.call('addTagged', files);
    const { source, folder, windows, retry } = options;
    const state = await lab.call('openExtraction', {
      source,
      folder,
      windows,
      retry,
      representations: wanted,
    });
    options.onStart?.(state);
    const large = wanted.some(({ tier }) => isLargeTier(tier));
    const cores = options.processes ?? availableParallelism();
    analysers = new WorkerPool<AnalyserCalls>(host, {
      module: 'analyser/worker',
      args: analyserArguments('none', {
        threads: large ? cores : 1,
        ...(options.devices ? { devices: options.devices } : {}),
      }),
      size: large ? 1 : cores,
      timeoutMs: TIMEOUT_MS,
    });
    const counts = await new Listening(lab, analysers, options, state.pending).finish();
    return { representations: wanted.map(({ id }) => id), ...counts };
  } finally {
    analysers?.close();
    lab.close();
  }
}

async function chooseRepresentations(
  host: ProcessHost,
  asked: readonly string[] | undefined,
): Promise<RepresentationInfo[]> {
  const pool = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args: analyserArguments('none'),
    size: 1,
  });
  try {
    const { representations } = await pool.call('describe');
    if (!asked) return representations.filter(({ id }) => !id.includes(':'));
    const chosen = asked.flatMap((id) => {
      const found = id.endsWith(':all')
        ? representations.filter((each) => each.id.startsWith(id.slice(0, -'all'.length)))
        : representations.filter((each) => each.id === id);
      if (found.length > 0) return found;
      const there = representations.filter((each) => !each.id.includes(':')).map((each) => each.id);
      throw new CratewiseError(
        'unknown-representation',
        `The representation ${id} is not here. There are: ${there.join(', ')}.`,
      );
    });
    return [...new Map(chosen.map((each) => [each.id, each])).values()];
  } finally {
    pool.close();
  }
}

/** Several lanes that each take a passage, have it heard, and store what came of it. */
class Listening {
  readonly #lab: WorkerPool<LabCalls>;
  readonly #analysers: WorkerPool<AnalyserCalls>;
  readonly #options: ExtractOptions;
  readonly #total: number;
  readonly #waiting: PendingRow[] = [];
  #refill: Promise<void> | null = null;
  #ended = false;
  #done = 0;
  #failed = 0;

  constructor(
    lab: WorkerPool<LabCalls>,
    analysers: WorkerPool<AnalyserCalls>,
    options: ExtractOptions,
    total: number,
  ) {
    this.#lab = lab;
    this.#analysers = analysers;
    this.#options = options;
    this.#total = total;
  }

  async finish(): Promise<{ extracted: number; failed: number; left: number }> {
    await Promise.all(Array.from({ length: this.#analysers.capacity }, () => this.#lane()));
    return { extracted: this.#done, failed: this.#failed, left: this.#total - this.#done - this.#failed };
  }

  async #lane(): Promise<void> {
    while (!this.#options.signal?.aborted) {
      const row = await this.#take();
      if (!row) return;
      await this.#work(row);
      this.#options.onProgress?.({ done: this.#done, failed: this.#failed, total: this.#total });
    }
  }

  async #take(): Promise<PendingRow | undefined> {
    while (this.#waiting.length === 0 && !this.#ended) {
      this.#refill ??= this.#fetch().finally(() => {
        this.#refill = null;
      });
      await this.#refill;
    }
    return this.#waiting.shift();
  }

  async #fetch(): Promise<void> {
    const rows = await this.#lab.call('nextRows', PORTION);
    if (rows.length === 0) this.#ended = true;
    this.#waiting.push(...rows);
  }

  async #work(row: PendingRow): Promise<void> {
    try {
      const { embeddings, silentReason } = await this.#listen(row);
      await this.#lab.call('storeRow', row.index, embeddings);
      if (embeddings.length < row.representations.length) {
        const reason = silentReason ?? 'too-short';
        throw new FileError(reason, row.path, reason === 'silence' ? 'It is silent.' : 'It is too short.');
      }
      this.#done += 1;
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'closed') throw error;
      this.#failed += 1;
      await this.#lab.call('failRow', row.index, code, message);
      this.#options.onFailure?.(row.path, error);
    }
  }

  async #listen(row: PendingRow): Promise<AnalysisResult> {
    const { windows } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#analysers.call('analyse', {
          path: row.path,
          representations: row.representations,
          predictors: [],
          windows: row.clip === null ? windows : { ...windows, count: 0, only: row.clip },
        });
      } catch (error) {
        const died = error instanceof WorkerDiedError || error instanceof WorkerTimeoutError;
        if (!died || attempt >= ATTEMPTS) throw error;
      }
    }
  }
}
