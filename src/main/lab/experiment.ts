import type { Probe } from '../../shared/probe.ts';
import { softmax } from '../../shared/probe.ts';
import type { Estimate } from './bootstrap.ts';
import type { ClassWeights } from './class-weights.ts';
import { COMPARABLE_ROWS } from './comparable.ts';
import type { DatasetRow } from './datasets/dataset.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { type Features, loadFeatures } from './features/load.ts';
import { type Candidate, describeCandidate, protocolGrid, softmaxGrid } from './grid.ts';
import { type Matrix, row, takeRows } from './matrix.ts';
import { argmax } from './metrics.ts';
import { POOLINGS, type Pooling, poolSongs } from './pool-songs.ts';
import { meanMirex } from './score.ts';
import { type TrainOutcome, type TrainProgress, type TrainRequest, train } from './train.ts';
import { logitsOf } from './train-probe.ts';

export const GRIDS = ['softmax', 'protocol', 'protocol-deep'] as const;
/** What is tried: softmax regressions; the protocol's 216 points; the same and [512, 256]. */
export type Grid = (typeof GRIDS)[number];

/** One experiment: which vectors of which folder, and what is tried on them. */
export interface ExperimentRequest {
  readonly folder: string;
  readonly representations: readonly string[];
  readonly grid: Grid;
  readonly classWeights: ClassWeights;
  readonly seed: number;
  /** Id of the probe. */
  readonly id: string;
  readonly command: string;
  /** ISO date, without a time. */
  readonly date: string;
}

/** An answer that was wrong. */
export interface WrongAnswer {
  readonly id: string;
  readonly path: string;
  readonly clip: number | null;
  readonly label: string;
  readonly answer: string;
  /** Of the answer, calibrated. */
  readonly confidence: number;
}

/** Result of an experiment, as it stands in `results/<name>.json`. */
export interface ExperimentResult {
  readonly format: 'cratewise-lab-result';
  readonly formatVersion: 1;
  readonly dataset: {
    readonly name: string;
    readonly kind: Features['manifest']['kind'];
    readonly task: Features['manifest']['task'];
    readonly labels: readonly string[];
    readonly train: number;
    readonly valid: number;
    readonly test: number;
    /** Labelled rows that lack a vector. */
    readonly missing: number;
  };
  readonly representations: readonly { id: string; version: string; dimension: number }[];
  readonly probe: string;
  readonly chosen: string;
  readonly date: string;
  /** Tried candidates, for those who want to see how sharp the choice was. */
  readonly trials: readonly { candidate: string; loss: number; score: number }[];
  /** `test`: rows that nothing was chosen by. `folds`: each row by a probe that had not seen it, which chose one. */
  readonly measuredOn: 'test' | 'folds';
  readonly evaluation: Evaluation;
  /** By song, where rows are clips of songs. */
  readonly bySong: {
    readonly pooling: Pooling;
    readonly n: number;
    readonly mirex: Estimate;
    readonly accuracy: Estimate;
  } | null;
  /** The score that the table shows: accuracy or MIREX, by song where there are songs. */
  readonly score: Estimate;
  /** Whether the seed's table measured the same thing on the same rows. */
  readonly comparable: boolean;
  readonly wrong: readonly WrongAnswer[];
}

/** Trains one probe on the vectors of a feature folder and measures it. */
export function* experiment(
  request: ExperimentRequest,
): Generator<TrainProgress, { probe: Probe; result: ExperimentResult }, void> {
  const features = loadFeatures(request.folder, request.representations);
  const { manifest, rows } = features;
  const outcome = yield* train(trainRequest(request, features));
  const testRows = rows.flatMap(({ split }, at) => (split === 'test' ? [at] : []));
  const measured = testRows.length > 0 ? testRows : outcome.heldOut.rows;
  const logits =
    testRows.length > 0 ? logitsOf(outcome.probe, takeRows(features.x, testRows)) : outcome.heldOut.logits;
  const result = measure(request, features, outcome, measured, logits, testRows.length > 0);
  const metric = manifest.task === 'key' ? 'MIREX weighted score' : 'accuracy';
  const n = result.bySong?.n ?? result.evaluation.n;
  const on = `${manifest.name}, ${result.measuredOn}`;
  const scores = [{ on, metric, value: Number(result.score.value.toFixed(4)), n }];
  return {
    probe: { ...outcome.probe, provenance: { ...outcome.probe.provenance, scores } },
    result,
  };
}

function candidatesOf(grid: Grid): Candidate[] {
  if (grid === 'softmax') return softmaxGrid();
  return protocolGrid(grid === 'protocol' ? [[], [512]] : [[], [512], [512, 256]]);
}

function trainRequest(request: ExperimentRequest, features: Features): TrainRequest {
  const { manifest, rows, inputs } = features;
  const isSplit = rows.some(({ split }) => split !== null);
  return {
    description: {
      id: request.id,
      version: '1',
      task: manifest.task,
      labels: manifest.labels,
      inputs: inputs.map(({ id, version, dimension }) => ({ representation: id, version, dimension })),
      clip: 4,
    },
    examples: {
      x: features.x,
      y: features.y,
      ...(isSplit ? { split: rows.map(({ split }) => split ?? 'train') } : {}),
      groups: rows.map(({ group, id }) => (group === '' ? id : group)),
    },
    candidates: candidatesOf(request.grid),
    choose: request.grid === 'softmax' ? 'loss' : 'score',
    classWeights: request.classWeights,
    folds: 5,
    refit: false,
    seed: request.seed,
    provenance: {
      data: manifest.name,
      split: isSplit ? 'as given with the data set' : '5 folds, groups kept together',
      protocol: `best of ${request.grid} by ${request.grid === 'softmax' ? 'loss' : 'score'}, temperature on held-out rows`,
      command: request.command,
      date: request.date,
    },
  };
}

function measure(
  request: ExperimentRequest,
  features: Features,
  outcome: TrainOutcome,
  measured: readonly number[],
  logits: Matrix,
  onTest: boolean,
): ExperimentResult {
  const { manifest, inputs } = features;
  const { temperature } = outcome.probe;
  const rows = measured.map((at) => features.rows[at]!);
  const y = measured.map((at) => features.y[at]!);
  const evaluation = evaluate(manifest.task, logits, y, temperature);
  const bySong = pooledScores(features, outcome, rows, y, logits);
  const parts = features.rows.map(({ split }) => split ?? 'train');
  const count = (part: string) => parts.filter((each) => each === part).length;
  const score = bySong?.mirex ?? evaluation.mirex ?? evaluation.accuracy;
  return {
    format: 'cratewise-lab-result',
    formatVersion: 1,
    dataset: {
      name: manifest.name,
      kind: manifest.kind,
      task: manifest.task,
      labels: manifest.labels,
      train: count('train'),
      valid: count('valid'),
      test: count('test'),
      missing: features.missing,
    },
    representations: inputs.map(({ id, version, dimension }) => ({ id, version, dimension })),
    probe: request.id,
    chosen: describeCandidate(outcome.chosen),
    date: request.date,
    trials: outcome.trials.map(({ candidate, loss, score: each }) => ({
      candidate: describeCandidate(candidate),
      loss,
      score: each,
    })),
    measuredOn: onTest ? 'test' : 'folds',
    evaluation,
    bySong,
    score,
    comparable: onTest && (bySong?.n ?? evaluation.n) === COMPARABLE_ROWS[manifest.kind],
    wrong: wrongAnswers(manifest.labels, rows, y, logits, temperature),
  };
}

/** Songs by the pooling that is best on held-out rows (Castellon et al. 2021), where rows are clips of songs. */
function pooledScores(
  features: Features,
  outcome: TrainOutcome,
  rows: readonly DatasetRow[],
  y: readonly number[],
  logits: Matrix,
): ExperimentResult['bySong'] {
  if (features.manifest.task !== 'key' || rows.every(({ song }) => song === '')) return null;
  const songOf = ({ song, id }: DatasetRow) => (song === '' ? id : song);
  const held = outcome.heldOut.rows;
  const scoreOf = (pooling: Pooling): number => {
    const pooled = poolSongs(
      outcome.heldOut.logits,
      held.map((at) => features.y[at]!),
      held.map((at) => songOf(features.rows[at]!)),
      pooling,
    );
    return meanMirex(pooled.scores, pooled.y);
  };
  const pooling = POOLINGS.reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a));
  const pooled = poolSongs(logits, y, rows.map(songOf), pooling);
  const { n, mirex, accuracy } = evaluate('key', pooled.scores, pooled.y, 1);
  return { pooling, n, mirex: mirex!, accuracy };
}

function wrongAnswers(
  labels: readonly string[],
  rows: readonly DatasetRow[],
  y: readonly number[],
  logits: Matrix,
  temperature: number,
): WrongAnswer[] {
  return rows
    .flatMap(({ id, path, clip }, at): WrongAnswer[] => {
      const probabilities = softmax(row(logits, at), temperature);
      const best = argmax(probabilities);
      if (best === y[at]) return [];
      const confidence = Number(probabilities[best]!.toFixed(4));
      return [{ id, path, clip, label: labels[y[at]!]!, answer: labels[best]!, confidence }];
    })
    .sort((a, b) => b.confidence - a.confidence);
}
