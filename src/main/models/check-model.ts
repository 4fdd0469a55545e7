import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AnalyserCalls } from '../../shared/analysis.ts';
import type { InstallProgress } from '../../shared/model-install.ts';
import type { ModelManifest } from '../../shared/model-manifest.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import { cancelled, ModelError } from './errors.ts';
import { judgeAnswers, judgeRepeated, readKnownAnswer } from './known-answer.ts';
import { step } from './progress-step.ts';

/** A large model is opened and run twice, on a slow machine. */
const CHECK_TIMEOUT_MS = 20 * 60_000;

export interface ModelCheckOptions {
  readonly host: ProcessHost;
  /** The folder of what comes with the program: `known-answers`. */
  readonly shipped: string;
  /** Of models that are, for this test, installed. */
  readonly folder: string;
  /** Where findings about devices are kept. */
  readonly remember: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: InstallProgress) => void;
}

/**
 * Has a fresh analyser listen with a model and compares what it hears with what is known, or else with itself.
 * @throws ModelError `check-failed`; CratewiseError `closed` where it was cancelled
 */
export async function checkModel(
  { id, version }: ModelManifest,
  { host, shipped, folder, remember, signal, onProgress }: ModelCheckOptions,
): Promise<void> {
  onProgress?.(step('checking', 0));
  // Folders of probes that are not there: nothing but the model itself is loaded.
  const none = join(folder, '.none');
  const args = [shipped, folder, none, none, String(availableParallelism()), JSON.stringify({ remember })];
  const pool = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args,
    size: 1,
    timeoutMs: CHECK_TIMEOUT_MS,
  });
  // The analyser knows no cancelling in the middle of a clip: its process ends.
  const abort = () => pool.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (signal?.aborted) throw cancelled();
    const answer = await readKnownAnswer(join(shipped, 'known-answers'), id);
    const known = answer?.version === version ? answer : undefined;
    const first = await pool.call('check', id);
    judgeAnswers(id, first, known);
    onProgress?.(step('checking', 0.5));
    if (!known) judgeRepeated(id, first, await pool.call('check', id));
    onProgress?.(step('checking', 1));
  } catch (error) {
    throw checkFailure(error, id);
  } finally {
    signal?.removeEventListener('abort', abort);
    pool.close();
  }
}

/** Errors of the analyser, as what they say of the model. */
function checkFailure(error: unknown, id: string): unknown {
  if (error instanceof ModelError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'closed') return cancelled();
  const message = error instanceof Error ? error.message : String(error);
  return new ModelError('check-failed', `${id} did not pass its test: ${message}`, { cause: error });
}

/** Whether a model did not pass, as opposed to a test that could not be made. */
export const isFailedCheck = (error: unknown): error is ModelError =>
  error instanceof ModelError && error.code === 'check-failed';
