import { availableParallelism } from 'node:os';
import {
  type AnalyserCalls,
  type AnalyserDescription,
  type AnalysisResult,
  defaultWindows,
  type ProbeProblem,
  type WindowPolicy,
} from '../../shared/analysis.ts';
import type { DeviceReport } from '../../shared/device.ts';
import { isLargeTier, STANDARD } from '../../shared/tier.ts';
import type { Catalogue, WorkItem } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerDiedError, WorkerPool } from '../host/worker-pool.ts';
import { settingsOf } from '../library/settings.ts';
import { analyserArguments } from './analyser-places.ts';
import { libraryId } from './library-id.ts';
import { ANALYSE, type Pass, planPasses, type TierChoice } from './plan.ts';
import { type AnalysisProgress, AnalysisRun, type AnalysisSummary } from './run.ts';

export { ANALYSE } from './plan.ts';
export type { AnalysisProgress, AnalysisSummary } from './run.ts';

/** No sound file takes this long for a few windows; one that does is hanging the decoder. */
const TIMEOUT_MS = 180_000;
/** A large model takes seconds for a window on a fast machine, minutes on a slow one. */
const LARGE_TIMEOUT_MS = 1_800_000;

/** A large model hears one half-minute from the middle: some seconds of work each. */
export const LARGE_WINDOWS: WindowPolicy = { count: 1, seconds: 30 };

/** Tracks that the user wants to be listened to before all others. */
export interface Wish {
  readonly tracks: readonly number[];
  /** Also what was analysed before. */
  readonly again?: boolean;
  /** Also what failed before. */
  readonly retry?: boolean;
}

/** Priorities in the queue: what the user looks at goes before the rest, what was wished for before that. */
export const LOOKED_AT = 5;
export const WISHED = 10;

export interface AnalysisRequestOptions extends TierChoice {
  /** Only tracks with a file at or below these paths; default the whole library. */
  readonly below?: readonly string[];
  /** Also what failed before. */
  readonly retry?: boolean;
  /** Also what was analysed before. */
  readonly again?: boolean;
  /** Listened to first. */
  readonly wishes?: readonly Wish[];
  /**
   * Goes on with what waits from runs that were broken off: `all` of it, or only what was `wished` for, and then
   * nothing beside the wishes. Default: neither.
   */
  readonly goOn?: 'all' | 'wished';
  /** What is listened to; large models have a default of their own. */
  readonly windows?: WindowPolicy;
  /** Analyser processes; default one per core. A large model runs in one process, on so many threads. */
  readonly processes?: number;
  /** When aborted, the tracks in hand are finished and no more are begun. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly onResult?: (item: WorkItem, result: AnalysisResult) => void;
  readonly onFailure?: (item: WorkItem, error: unknown) => void;
  /** Probe files that are damaged or do not fit; told before anything is listened to. */
  readonly onProblems?: (problems: readonly ProbeProblem[]) => void;
  /** Where a large model runs, and why there; told after its first track and after its last. */
  readonly onDevices?: (devices: readonly DeviceReport[]) => void;
}

/**
 * Listens to every due track: queues them, hands them to analyser processes, stores each result in one
 * transaction. A file that can't be decoded is marked with the reason; one that kills its process twice is set aside.
 * A track that a large model heard as well counts again in the summary.
 * @throws CratewiseError `tier-not-installed` where the tier asked for is not there
 */
export async function analyseDue(
  catalogue: Catalogue,
  host: ProcessHost,
  options: AnalysisRequestOptions = {},
): Promise<AnalysisSummary> {
  const cores = options.processes ?? availableParallelism();
  const quick = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args: analyserArguments(libraryId(catalogue)),
    timeoutMs: TIMEOUT_MS,
    size: cores,
  });
  const summary = { analysed: 0, failed: 0, left: 0 };
  let passes: readonly Pass[];
  try {
    const description = await describeBy(quick);
    const problems = description.problems.filter(({ code }) => code === 'bad-probe');
    if (problems.length > 0) options.onProblems?.(problems);
    passes = planPasses(description, withSettings(catalogue, options));
    noteTiers(catalogue, description);
    const first = passes.find(({ tier }) => tier === STANDARD);
    if (first) add(summary, await runPass(catalogue, quick, first, options));
  } finally {
    quick.close();
  }
  for (const pass of passes) {
    if (!isLargeTier(pass.tier)) continue;
    if (options.signal?.aborted) {
      // Who goes on does not know what was wished for: the queue does.
      enqueueWishes(catalogue, pass, options);
      continue;
    }
    const pool = new WorkerPool<AnalyserCalls>(host, {
      module: 'analyser/worker',
      args: analyserArguments(libraryId(catalogue), { threads: cores, devices: settingsOf(catalogue) }),
      timeoutMs: LARGE_TIMEOUT_MS,
      size: 1,
    });
    try {
      const heard = await runPass(catalogue, pool, pass, options);
      add(summary, heard);
      if (heard.analysed > 0 && options.onDevices) options.onDevices(await devicesInUse(pool));
    } finally {
      pool.close();
    }
  }
  return summary;
}

/** Where the large nets of an analyser run that has listened already. @param pool of one process */
export async function devicesInUse(pool: WorkerPool<AnalyserCalls>): Promise<DeviceReport[]> {
  const { devices = [] } = await pool.call('describe');
  return devices.filter(({ inUse }) => inUse !== null);
}

/** A process that ends before it could say a word is worth another try, as it is for a track. */
function describeBy(pool: WorkerPool<AnalyserCalls>): Promise<AnalyserDescription> {
  return pool.call('describe').catch((error: unknown) => {
    if (error instanceof WorkerDiedError) return pool.call('describe');
    throw error;
  });
}

/** The choice with the library's settings where it leaves something open. */
export function withSettings(
  catalogue: Pick<Catalogue, 'settings'>,
  { tier, keep = [], predictors }: TierChoice,
): TierChoice {
  const settings = settingsOf(catalogue);
  const chosen = tier ?? (settings.tier === 'auto' ? undefined : settings.tier);
  return {
    ...(chosen === undefined ? {} : { tier: chosen }),
    ...(predictors ? { predictors } : {}),
    keep: [...new Set([...settings.keep, ...keep])],
  };
}

/** What analysers can do here, for this library. */
export async function describeAnalyser(
  catalogue: Pick<Catalogue, 'settings' | 'readOnly'>,
  host: ProcessHost,
): Promise<AnalyserDescription> {
  const pool = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args: analyserArguments(libraryId(catalogue)),
    timeoutMs: TIMEOUT_MS,
    size: 1,
  });
  try {
    return await pool.call('describe');
  } finally {
    pool.close();
  }
}

function noteTiers(catalogue: Catalogue, { predictors }: AnalyserDescription): void {
  catalogue.predictions.noteTiers(Object.fromEntries(predictors.map(({ id, tier }) => [id, tier])));
}

async function runPass(
  catalogue: Catalogue,
  pool: WorkerPool<AnalyserCalls>,
  pass: Pass,
  options: AnalysisRequestOptions,
): Promise<AnalysisSummary> {
  const large = isLargeTier(pass.tier);
  const { run, queued } = enqueue(catalogue, pass, options);
  const { onProgress, onFailure, onDevices, signal } = options;
  let told = !large || !onDevices;
  const onResult = (item: WorkItem, result: AnalysisResult) => {
    options.onResult?.(item, result);
    if (told) return;
    told = true;
    // Before the next track is begun; a process that is gone by then has told nothing.
    devicesInUse(pool).then(onDevices, () => undefined);
  };
  return new AnalysisRun(
    catalogue,
    pool,
    pass,
    {
      windows: options.windows ?? (large ? LARGE_WINDOWS : defaultWindows),
      ...(signal ? { signal } : {}),
      onResult,
      ...(onFailure ? { onFailure } : {}),
      onProgress: (progress) => onProgress?.(large ? { ...progress, tier: pass.tier } : progress),
    },
    run,
    queued,
  ).finish();
}

/** Puts into the queue what a pass is to listen to: wishes first, each of them under the run of the last. */
function enqueue(
  catalogue: Catalogue,
  pass: Pass,
  options: AnalysisRequestOptions,
): { run: number; queued: number } {
  const { below, retry, again, wishes = [], goOn } = options;
  return catalogue.transaction(() => {
    enqueueWishes(catalogue, pass, options);
    return catalogue.queue.enqueue({
      ...workOf(pass),
      ...(goOn === 'wished' ? { tracks: [] } : {}),
      ...(goOn ? { adopt: goOn === 'all' ? 0 : WISHED } : wishes.length > 0 ? { adopt: WISHED } : {}),
      ...(below ? { below } : {}),
      ...(retry ? { retry } : {}),
      ...(again ? { all: again } : {}),
    });
  });
}

/** Puts what was wished for into the queue, each wish under a run of its own. */
function enqueueWishes(
  catalogue: Catalogue,
  pass: Pass,
  { wishes = [] }: Pick<AnalysisRequestOptions, 'wishes'>,
): void {
  for (const { tracks, again, retry } of wishes) {
    catalogue.queue.enqueue({
      ...workOf(pass),
      tracks,
      priority: WISHED,
      ...(again ? { all: again } : {}),
      ...(retry ? { retry } : {}),
    });
  }
}

const workOf = ({ kind, tier, predictors, representations }: Pass) => ({
  kind,
  predictors,
  representations,
  // What could not be decoded for the quick ones can't be for the large one.
  ...(isLargeTier(tier) ? { unlessFailed: ANALYSE } : {}),
});

function add(sum: { analysed: number; failed: number; left: number }, more: AnalysisSummary): void {
  sum.analysed += more.analysed;
  sum.failed += more.failed;
  sum.left += more.left;
}
