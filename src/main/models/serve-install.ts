import { mkdir, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INSTALLED_FILE, type InstalledRecord } from '../../shared/installed-model.ts';
import type { InstallProgress } from '../../shared/model-install.ts';
import type { ModelManifest } from '../../shared/model-manifest.ts';
import type { CallContext } from '../../shared/worker/protocol.ts';
import { takeLock } from '../catalogue/lock.ts';
import { buildModel } from './build.ts';
import { sha256Of } from './digest.ts';
import { cancelled, ModelError } from './errors.ts';
import { fetchModel } from './fetch/fetch-model.ts';
import { FetchReporter } from './fetch/reporter.ts';
import { sourceOf } from './fetch/sources.ts';
import type { FileReport, InstallCalls, Prepared, PrepareRequest } from './install-calls.ts';
import { step } from './progress-step.ts';
import type { Recipe } from './recipe.ts';

/** Progress is told at most this often, in milliseconds. */
const TELL_MS = 150;

/** The worker of a process that was killed ends within moments; this is how long we wait for that, in all. */
const LOCK_TRIES = 20;
const LOCK_PAUSE_MS = 250;

/** What the install worker does, for a set of recipes. A `CallContext` comes as the last argument of each call. */
export function installCalls(recipes: readonly Recipe[]): InstallCalls {
  return {
    prepare: (request: PrepareRequest, ...rest: unknown[]) =>
      prepare(request, recipes, rest[0] as CallContext),
    reach: (manifest: ModelManifest, source: string | undefined, ...rest: unknown[]) =>
      reach(manifest, source, rest[0] as CallContext),
    verify: (folder: string, files: InstalledRecord['files'], ...rest: unknown[]) =>
      verifyFiles(folder, files, rest[0] as CallContext),
  };
}

async function prepare(
  request: PrepareRequest,
  recipes: readonly Recipe[],
  { progress, signal }: CallContext,
): Promise<Prepared> {
  const { manifest, work, output, retry, stallMs, wholeFile, chunkBytes } = request;
  const recipe = recipes.find(({ id }) => id === manifest.recipe);
  if (!recipe) {
    throw new ModelError('no-recipe', `This version of Cratewise can’t build ${manifest.name} yet.`);
  }
  const tell = throttled(progress);
  const source = sourceOf(manifest, request.source, { stallMs });
  await mkdir(work, { recursive: true });
  const release = await lockWork(work, signal);
  try {
    const fetched = join(work, 'fetched');
    const reporter = new FetchReporter(manifest.downloadBytes, manifest.files.length, tell);
    await fetchModel({
      manifest,
      recipe,
      source,
      folder: fetched,
      retry: { ...retry, onTrouble: (message) => reporter.stuck(message) },
      wholeFile,
      reporter,
      signal,
      ...(chunkBytes === undefined ? {} : { chunkBytes }),
    });
    const files = await buildModel({
      manifest,
      recipe,
      fetched,
      output,
      progress: (fraction) => tell(step('building', fraction)),
      signal,
    });
    return { files, source: source.name };
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    release();
  }
}

/** Long enough for a slow line to answer, short enough to wait for. */
const REACH_MS = 8000;

/** Asks the source for the first byte of the first file. */
async function reach(
  manifest: ModelManifest,
  place: string | undefined,
  { signal }: CallContext,
): Promise<{ name: string; problem: string | null }> {
  let name = place ?? manifest.source.host;
  try {
    const source = sourceOf(manifest, place, { stallMs: REACH_MS });
    ({ name } = source);
    const within = AbortSignal.any([signal, AbortSignal.timeout(REACH_MS)]);
    const opened = await source
      .open(manifest.files[0]!.path, { from: 0, to: 1 }, null, within)
      .catch((error: unknown) => {
        if (!within.aborted || signal.aborted) throw error;
        throw new ModelError('source-unreachable', `${source.name} does not answer.`, { cause: error });
      });
    opened.close();
    return { name, problem: null };
  } catch (error) {
    if (signal.aborted) throw cancelled();
    return { name, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Two workers must not write the same files: the lock of the main process may be gone before its worker is. */
async function lockWork(work: string, signal: AbortSignal): Promise<() => void> {
  for (let tries = 0; tries < LOCK_TRIES && !signal.aborted; tries++) {
    const release = takeLock(join(work, 'worker'));
    if (release) return release;
    await sleep(LOCK_PAUSE_MS);
  }
  if (signal.aborted) throw cancelled();
  throw new ModelError('model-busy', 'Another process works on this model. Wait until it has finished.');
}

async function verifyFiles(
  folder: string,
  files: InstalledRecord['files'],
  { progress, signal }: CallContext,
): Promise<FileReport> {
  const tell = throttled(progress);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const changed: string[] = [];
  const missing: string[] = [];
  const present = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    present.add(relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  }
  present.delete(INSTALLED_FILE);
  for (const { path, sha256 } of files) {
    if (signal.aborted) throw cancelled();
    if (!present.delete(path)) {
      missing.push(path);
      continue;
    }
    const found = await sha256Of(join(folder, ...path.split('/')), {
      signal,
      onBytes: (count) => {
        done += count;
        tell({ phase: 'verifying', done, total, bytesPerSecond: 0, secondsLeft: null });
      },
    });
    if (found !== sha256) changed.push(path);
  }
  return { changed, missing, extra: [...present].sort() };
}

/** A new phase is told at once, the rest every now and then. */
function throttled(tell: (progress: InstallProgress) => void): (progress: InstallProgress) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  let phase = '';
  let trouble: string | undefined;
  return (progress) => {
    const now = performance.now();
    const ended = progress.done === progress.total;
    const same = progress.phase === phase && progress.trouble === trouble;
    if (same && !ended && now - toldAt < TELL_MS) return;
    toldAt = now;
    ({ phase, trouble } = progress);
    tell(progress);
  };
}
