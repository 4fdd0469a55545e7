import { CratewiseError } from '../../shared/errors.ts';
import { type JobName, type JobProgress, jobs, type LabJobs, type RunningJob } from './jobs.ts';

/** What came of working on a job for a while. */
export type Advance =
  | { readonly finished: false; readonly progress: JobProgress }
  | { readonly finished: true; readonly result: unknown };

/**
 * What the lab's process answers. A job is begun and then advanced bit by bit: between two bits the process tells how
 * far it is, and whoever asked can stop asking, which is how a job is cancelled.
 */
export interface LabCalls {
  begin<K extends JobName>(name: K, request: LabJobs[K]['request']): Promise<void>;
  /** Works for about so many milliseconds. */
  advance(milliseconds: number): Promise<Advance>;
}

let running: RunningJob<unknown> | null = null;

export const answers: LabCalls = {
  begin: async (name, request) => {
    running = jobs[name](request);
  },
  advance: async (milliseconds) => {
    if (!running) throw new CratewiseError('no-job', 'No job was begun.');
    const until = performance.now() + milliseconds;
    for (;;) {
      const next = running.next();
      if (next.done) {
        running = null;
        return { finished: true, result: next.value };
      }
      if (performance.now() >= until) return { finished: false, progress: next.value };
    }
  },
};
