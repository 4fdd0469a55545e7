import { statSync } from 'node:fs';
import { CratewiseError } from '../../shared/errors.ts';
import type { LearnReport, SuspiciousTag } from '../../shared/learn.ts';
import { genreKey, parseGenres } from '../../shared/music/genre.ts';
import type { Task } from '../../shared/prediction.ts';
import { isLargeTier } from '../../shared/tier.ts';
import { describeAnalyser } from '../analysis/analyse.ts';
import { learntProbesFolder } from '../analysis/analyser-places.ts';
import { libraryId } from '../analysis/library-id.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { modelsFolder } from '../host/places.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import type { LearnCalls } from './calls.ts';
import type { LabelMapping } from './labels.ts';
import { DEFAULT_MINIMUM, type LearnProgress, type LearnRequest, learntId } from './request.ts';
import { LearntStore } from './store.ts';

export interface LearnOptions {
  readonly task: Task;
  /** Default `tags`. */
  readonly source?: LearnRequest['source'];
  /** Default 8. */
  readonly minimum?: number;
  /** Only these representations; default all that are installed. */
  readonly representations?: readonly string[];
  /** Find out only: what is better is not put into use. */
  readonly dryRun?: boolean;
  /** Find out only which labels there are. */
  readonly labelsOnly?: boolean;
  /** Ends the learning at once; what is in use stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LearnProgress | ApplyProgress) => void;
}

/** The probe is in use and tells its opinion of every track. */
export interface ApplyProgress {
  readonly stage: 'applying';
  readonly done: number;
  readonly total: number;
}

/** Setting with what the user wants genre names to count as. */
const MAPPING = 'genre-mapping';

/** Tracks that are predicted and stored at a time: small, so that nothing else waits for long. */
const PORTION = 100;

/** The user's changes to what genre names count as. */
export function genreMapping({ settings }: Pick<Catalogue, 'settings'>): LabelMapping {
  const value = settings.get(MAPPING);
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, to]) => to === null || (typeof to === 'string' && to !== '')),
  ) as LabelMapping;
}

/** Adds to the mapping. `undefined` takes a name's entry away, null leaves tracks of that name out. */
export function mapGenres(
  catalogue: Pick<Catalogue, 'settings'>,
  changes: Readonly<Record<string, string | null | undefined>>,
): void {
  const mapping = new Map(Object.entries(genreMapping(catalogue)));
  for (const [name, to] of Object.entries(changes)) {
    const key = genreKey(name);
    if (key === '') continue;
    if (to === undefined) mapping.delete(key);
    else mapping.set(key, to);
  }
  catalogue.settings.set(MAPPING, mapping.size === 0 ? undefined : Object.fromEntries(mapping));
}

/** What this library has taught us. */
export const learntStore = (catalogue: Pick<Catalogue, 'settings' | 'readOnly'>): LearntStore =>
  new LearntStore(learntProbesFolder(libraryId(catalogue)));

/**
 * Learns from a library, in a process of its own: labels from tags and reviews, representations by cross-validation,
 * put into use only where it is better than what is there. Then every track whose vectors are stored is predicted.
 * @throws CratewiseError `closed` when aborted, `unknown-representation`; WorkerDiedError
 */
export async function learn(
  catalogue: Catalogue,
  host: ProcessHost,
  options: LearnOptions,
): Promise<LearnReport> {
  const { task, source = 'tags', minimum = DEFAULT_MINIMUM, representations, signal } = options;
  const store = learntStore(catalogue);
  const { representations: installed, predictors } = await describeAnalyser(catalogue, host);
  const unknown = representations?.find((id) => !installed.some((each) => each.id === id));
  if (unknown !== undefined) {
    throw new CratewiseError(
      'unknown-representation',
      isLargeTier(unknown)
        ? `${unknown} is not installed. Install it with: cratewise models install ${unknown}`
        : `There is no representation ${unknown} here. There are: ${installed.map(({ id }) => id).join(', ')}.`,
    );
  }
  const id = learntId(task, source);
  const request: LearnRequest = {
    library: catalogue.file,
    task,
    source,
    mapping: task === 'genre' ? genreMapping(catalogue) : {},
    minimum,
    shippedProbes: modelsFolder,
    labelsOnly: options.labelsOnly ?? false,
    installed,
    sets: predictors
      .filter((each) => each.task === task && each.id !== id)
      .map((each) => each.representations),
    ...(representations ? { only: representations } : {}),
    active: predictors.find((each) => each.id === id)?.version.split(' of ')[0] ?? null,
    now: Date.now(),
  };
  const pool = new WorkerPool<LearnCalls>(host, { module: 'main/learn/worker', size: 1 });
  // Killed, not asked: a fit does not look up for seconds, and the process holds nothing.
  const stop = () => pool.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { onProgress } = options;
    const { report, probe, suspicious } = await pool.follow<'learn', LearnProgress>(
      'learn',
      onProgress ? { onProgress } : {},
      request,
    );
    if (report.end === 'looked') return report;
    await store.keepReport({ report, suspicious });
    if (options.dryRun || probe === null) return report;
    if (report.end === 'activated') await store.activate(task, source, probe);
    await applyLearnt(catalogue, pool, store, task, source, onProgress);
    return report;
  } finally {
    signal?.removeEventListener('abort', stop);
    pool.close();
  }
}

/** Predicts every track whose vectors are stored by the probe in use, without listening again. */
async function applyLearnt(
  catalogue: Catalogue,
  pool: WorkerPool<LearnCalls>,
  store: LearntStore,
  task: Task,
  source: LearnRequest['source'],
  onProgress?: LearnOptions['onProgress'],
): Promise<void> {
  const probe = store.active(task, source);
  if (!probe) return;
  const total = catalogue.tracks.count();
  if (source === 'tags') catalogue.predictions.noteTiers({ [learntId(task, source)]: 'own' });
  let after = 0;
  let done = 0;
  for (;;) {
    const { predictor, version, said } = await pool.call('predict', catalogue.file, probe, after, PORTION);
    catalogue.predictions.add(said.map((each) => ({ ...each, task, predictor, version })));
    done += said.length;
    onProgress?.({ stage: 'applying', done, total });
    if (said.length < PORTION) break;
    after = said.at(-1)!.trackId;
  }
  catalogue.settings.set(appliedSetting(task, source), stampOf(probe));
}

/** Setting with which probe has told its opinion of every track. */
const appliedSetting = (task: Task, source: LearnRequest['source']) =>
  `learnt-applied.${learntId(task, source)}`;

/** Tells one probe file from another that took its place. */
function stampOf(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${size} ${mtimeMs} ${ino}`;
}

/**
 * Goes on where a process was killed between putting a probe into use and predicting every track by it: else all of
 * them would be listened to again. Nothing to do as a rule.
 */
export async function applyUnfinished(catalogue: Catalogue, host: ProcessHost): Promise<void> {
  const store = learntStore(catalogue);
  for (const task of ['genre', 'key'] as const) {
    for (const source of ['tags', 'predictions'] as const) {
      const probe = store.active(task, source);
      if (!probe || catalogue.settings.get(appliedSetting(task, source)) === stampOf(probe)) continue;
      const pool = new WorkerPool<LearnCalls>(host, { module: 'main/learn/worker', size: 1 });
      try {
        await applyLearnt(catalogue, pool, store, task, source);
      } catch (error) {
        // A damaged probe is told of by the analyser, which goes on without it.
        if (!(error instanceof CratewiseError)) throw error;
      } finally {
        pool.close();
      }
    }
  }
}

/**
 * Goes back to what was learnt before, or to the predictors that are there without learning.
 * @returns as `LearntStore.forget`
 */
export async function forgetLearnt(
  catalogue: Catalogue,
  host: ProcessHost,
  task: Task,
  source: LearnRequest['source'],
): Promise<'earlier' | 'none' | 'nothing'> {
  const store = learntStore(catalogue);
  const left = await store.forget(task, source);
  if (left === 'earlier') {
    const pool = new WorkerPool<LearnCalls>(host, { module: 'main/learn/worker', size: 1 });
    try {
      await applyLearnt(catalogue, pool, store, task, source);
    } finally {
      pool.close();
    }
  } else {
    while (catalogue.predictions.forget(task, learntId(task, source), PORTION) > 0)
      await new Promise((resolve) => setImmediate(resolve));
  }
  return left;
}

/** Tags that looked wrong when the library was last learnt from, and still stand. */
export async function suspiciousTags(
  catalogue: Catalogue,
  task: Task,
): Promise<{ readonly at: number; readonly tags: readonly SuspiciousTag[] } | undefined> {
  const kept = await learntStore(catalogue).report(task);
  if (!kept) return undefined;
  const tags = kept.suspicious.filter(({ trackId, path, tagged }) => {
    if (catalogue.predictions.reviewsOfTrack(trackId).some((review) => review.task === task)) return false;
    const file = catalogue.files.details(path);
    if (file?.state !== 'present') return false;
    const values = file.edits[task] ?? file.tags[task] ?? [];
    return parseGenres(values).some((name) => sameLabel(catalogue, name, tagged));
  });
  return { at: kept.report.at, tags };
}

function sameLabel(catalogue: Pick<Catalogue, 'settings'>, name: string, label: string): boolean {
  const mapped = genreMapping(catalogue)[genreKey(name)];
  return genreKey(mapped ?? name) === genreKey(label);
}
