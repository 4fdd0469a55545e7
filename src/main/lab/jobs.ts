import { evaluateProbeFile, type ProbeEvaluation } from './evaluate-probe.ts';
import { type ExperimentRequest, type ExperimentResult, experiment } from './experiment.ts';
import { type ReportRequest, type ReportSummary, writeReport } from './report/write.ts';
import { experimentName, writeExperiment } from './results.ts';
import { type TrainOutcome, type TrainProgress, type TrainRequest, train } from './train.ts';

/** What the lab's process can be asked to work on: a name, a request, a result. */
export interface LabJobs {
  /** A probe from vectors that are sent along. */
  train: { request: TrainRequest; result: TrainOutcome };
  /** A probe from a feature folder, written there with its result. */
  experiment: { request: ExperimentRequest; result: { probeFile: string; result: ExperimentResult } };
  /** A probe file on a feature folder. */
  evaluate: { request: { folder: string; probe: string }; result: ProbeEvaluation };
  /** The report of feature folders. */
  report: { request: ReportRequest; result: ReportSummary };
}

export type JobName = keyof LabJobs;

/** How far a job is. What `done` and `total` count depends on the job; `steps` is finer, 0 where nothing is. */
export type JobProgress = TrainProgress;

/** A job under way: each step ends at a point where it may be paused or given up. */
export type RunningJob<T> = Generator<JobProgress, T, void>;

/** How each job is begun. */
export const jobs: {
  readonly [K in JobName]: (request: LabJobs[K]['request']) => RunningJob<LabJobs[K]['result']>;
} = {
  train,
  *experiment(request) {
    const { probe, result } = yield* experiment(request);
    const name = experimentName(request.representations);
    return { probeFile: writeExperiment(request.folder, name, probe, result), result };
  },
  *evaluate({ folder, probe }) {
    yield { done: 0, total: 1, steps: 0 };
    return evaluateProbeFile(folder, probe);
  },
  report: writeReport,
};
