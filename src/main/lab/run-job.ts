import { CratewiseError } from '../../shared/errors.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import type { LabCalls } from './answers.ts';
import type { JobName, JobProgress, LabJobs, RunningJob } from './jobs.ts';

export interface JobOptions {
  readonly onProgress?: (progress: JobProgress) => void;
  /** Ends the job at once; nothing is left behind. */
  readonly signal?: AbortSignal;
}

/** Milliseconds of work between two messages: often enough for a progress bar, seldom enough to cost nothing. */
const SLICE_MS = 200;

/**
 * Runs a job of the lab in a process of its own.
 *
 *     const { probe } = await runJob(nodeHost, 'train', request, { signal });
 *
 * @throws CratewiseError `closed` when aborted; what the job throws, by code and message; WorkerDiedError
 */
export async function runJob<K extends JobName>(
  host: ProcessHost,
  name: K,
  request: LabJobs[K]['request'],
  options: JobOptions = {},
): Promise<LabJobs[K]['result']> {
  const { onProgress, signal } = options;
  const pool = new WorkerPool<LabCalls>(host, { module: 'main/lab/worker', size: 1 });
  const abort = () => pool.close();
  try {
    if (signal?.aborted) throw new CratewiseError('closed', 'The work was cancelled.');
    signal?.addEventListener('abort', abort, { once: true });
    await pool.call('begin', name, request);
    for (;;) {
      const advance = await pool.call('advance', SLICE_MS);
      if (advance.finished) return advance.result as LabJobs[K]['result'];
      onProgress?.(advance.progress);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    pool.close();
  }
}

/** Runs a job here and now, in this process: for scripts and tests. */
export function runToEnd<T>(job: RunningJob<T>, onProgress?: (progress: JobProgress) => void): T {
  for (;;) {
    const next = job.next();
    if (next.done) return next.value;
    onProgress?.(next.value);
  }
}
