import { type TrainOutcome, type TrainProgress, type TrainRequest, train } from './train.ts';

/** What the lab's process can be asked to work on: a name, a request, a result. */
export interface LabJobs {
  train: { request: TrainRequest; result: TrainOutcome };
}

export type JobName = keyof LabJobs;

/** How far a job is. What `done` and `total` count depends on the job; `steps` is finer, 0 where nothing is. */
export type JobProgress = TrainProgress;

/** A job under way: each step ends at a point where it may be paused or given up. */
export type RunningJob<T> = Generator<JobProgress, T, void>;

/** How each job is begun. */
export const jobs: {
  readonly [K in JobName]: (request: LabJobs[K]['request']) => RunningJob<LabJobs[K]['result']>;
} = { train };
