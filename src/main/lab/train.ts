import { KEY_LABELS } from '../../shared/music/key.ts';
import type { Probe, ProbeProvenance } from '../../shared/probe.ts';
import { fitTemperature } from './calibrate.ts';
import { type Attempt, attemptFolds, attemptSplit, batches, refitProbe } from './candidates.ts';
import { type ClassWeights, exampleWeights } from './class-weights.ts';
import { dealFolds } from './cross-validate.ts';
import type { Candidate } from './grid.ts';
import type { Split } from './gtzan.ts';
import { type Matrix, takeRows } from './matrix.ts';
import type { StoppingOptions } from './train-mlp.ts';
import { type Examples, joinExamples, type ProbeDescription } from './train-probe.ts';
import { TrainingError } from './training-error.ts';

/** Labelled vectors. Those of several representations stand side by side, in the order of the probe's inputs. */
export interface TrainingExamples {
  readonly x: Matrix;
  /** Index of each row's label. */
  readonly y: readonly number[];
  /** Which part each row belongs to. Without validation rows, folds of the training rows are validated in turn. */
  readonly split?: readonly Split[];
  /** Rows of one group (artist, album, song) are never on both sides of a fold. */
  readonly groups?: readonly string[];
}

/** All that decides what probe comes out; fit to be sent to another process. */
export interface TrainRequest {
  readonly description: ProbeDescription;
  readonly examples: TrainingExamples;
  /** What may become the probe; the best by validation does. */
  readonly candidates: readonly Candidate[];
  /** What “best” means: the smaller loss (steadier, and what confidence depends on), or the task's score (protocol). */
  readonly choose: 'loss' | 'score';
  readonly classWeights: ClassWeights;
  /** Folds where there are no validation rows; as many as there are groups, where these are fewer. */
  readonly folds: number;
  /** Whether the chosen candidate is fitted again on the validation rows too. */
  readonly refit: boolean;
  readonly stopping?: StoppingOptions;
  readonly seed: number;
  /** What the probe's file says of its origin; `protocol` is completed by the chosen candidate. */
  readonly provenance: Omit<ProbeProvenance, 'scores'>;
}

/** How one candidate fared on rows that it had not seen. */
export interface Trial {
  readonly candidate: Candidate;
  /** Mean negative log-likelihood, nats, at the temperature that fits best. */
  readonly loss: number;
  /** Accuracy, or MIREX for keys. */
  readonly score: number;
}

export interface TrainOutcome {
  /** Calibrated on `heldOut`. */
  readonly probe: Probe;
  readonly chosen: Candidate;
  readonly trials: readonly Trial[];
  /** Logits of the chosen candidate for rows that it had not seen: validation rows, or each row by its fold. */
  readonly heldOut: { readonly rows: readonly number[]; readonly logits: Matrix };
}

export interface TrainProgress {
  /** Candidates done. */
  readonly done: number;
  readonly total: number;
  /** Optimiser steps of the candidate in hand, 0 where it does not count them. */
  readonly steps: number;
}

/**
 * Trains a probe: tries each candidate on held-out rows, takes the best, fits and calibrates it. The same request
 * gives the same bits. A generator: drive it with `runToEnd`, or step by step.
 * @throws TrainingError where the examples can't teach the labels
 */
export function* train(request: TrainRequest): Generator<TrainProgress, TrainOutcome, void> {
  const { description, candidates } = request;
  const parts = partition(request);
  const total = candidates.length;
  let best: Attempt | null = null;
  const trials: Trial[] = [];
  for (const batch of batches(candidates)) {
    const steps = parts.valid
      ? attemptSplit(request, batch, parts.train, parts.valid)
      : attemptFolds(request, batch, parts.train, parts.foldOf);
    for (const attempt of yield* report(steps, trials.length, total)) {
      trials.push({ candidate: attempt.candidate, loss: attempt.loss, score: attempt.score });
      if (!best || isBetter(attempt, best, request.choose)) best = attempt;
    }
  }
  if (!best) throw new TrainingError('There is nothing to try: the list of candidates is empty.');

  const fitted = yield* report(finalFit(request, best, parts), total, total);
  const heldOutLabels = (parts.valid ?? parts.train).y;
  return {
    probe: {
      ...fitted,
      ...pickIdentity(description),
      temperature: fitTemperature(best.logits, heldOutLabels),
      provenance: { ...request.provenance, scores: [] },
    },
    chosen: best.candidate,
    trials,
    heldOut: { rows: parts.valid ? parts.validRows : parts.trainRows, logits: best.logits },
  };
}

/** The probe of the best attempt, on all that it may be fitted on. */
function* finalFit(request: TrainRequest, best: Attempt, parts: Parts): Generator<number, Probe, void> {
  const { train, valid } = parts;
  if (valid && request.refit) return yield* refitProbe(request, best, joinExamples([train, valid]));
  // An MLP that validation rows stopped is final; softmax regressions were fitted only as well as comparing needs.
  if (best.probe && best.candidate.kind === 'mlp') return best.probe;
  return yield* refitProbe(request, best, train);
}

function* report<T>(
  steps: Generator<number, T, void>,
  done: number,
  total: number,
): Generator<TrainProgress, T, void> {
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done) return next.value;
    yield { done, total, steps: next.value };
  }
}

function pickIdentity({ id, version, task, labels, inputs }: ProbeDescription) {
  return { id, version, task, labels, inputs };
}

function isBetter(a: Attempt, b: Attempt, choose: TrainRequest['choose']): boolean {
  if (choose === 'loss') return a.loss < b.loss;
  return a.score > b.score || (a.score === b.score && a.loss < b.loss);
}

interface Parts {
  readonly train: Examples;
  readonly trainRows: readonly number[];
  readonly valid: Examples | null;
  readonly validRows: readonly number[];
  /** Fold of each training row, where there are no validation rows. */
  readonly foldOf: readonly number[];
}

function partition({ description, examples, classWeights, folds, seed }: TrainRequest): Parts {
  const { x, y, split, groups } = examples;
  const classes = description.labels.length;
  requireSense(description, examples);
  const rowsOf = (part: Split) => y.flatMap((_, at) => ((split?.[at] ?? 'train') === part ? [at] : []));
  const take = (rows: readonly number[]): Examples => {
    const labels = rows.map((at) => y[at]!);
    const weights = exampleWeights(labels, classes, classWeights);
    return { x: takeRows(x, rows), y: labels, ...(weights ? { weights } : {}) };
  };
  const trainRows = rowsOf('train');
  const validRows = rowsOf('valid');
  const train = take(trainRows);
  const missing = description.labels.filter((_, label) => !train.y.includes(label));
  // There are always 24 keys, and few libraries with music in each of them.
  const tolerated = description.task === 'key' ? description.labels.length - 2 : 0;
  if (missing.length > tolerated) {
    throw new TrainingError(`No training example is labelled ${missing.slice(0, 5).join(', ')}.`);
  }
  const valid = validRows.length > 0 ? take(validRows) : null;
  const groupOf = trainRows.map((at) => groups?.[at] ?? String(at));
  const dealt = Math.min(folds, new Set(groupOf).size);
  if (!valid && dealt < 2) {
    throw new TrainingError('All examples are of one artist or album: none can be held out to validate by.');
  }
  const foldOf = valid ? [] : dealFolds(train.y, dealt, seed, groupOf);
  return { train, trainRows, valid, validRows, foldOf };
}

function requireSense(description: ProbeDescription, { x, y, split, groups }: TrainingExamples): void {
  const width = description.inputs.reduce((sum, input) => sum + input.dimension, 0);
  if (x.columns !== width) throw new TrainingError(`The vectors have ${x.columns} numbers, not ${width}.`);
  if (y.length !== x.rows || (split ?? y).length !== y.length || (groups ?? y).length !== y.length) {
    throw new TrainingError('There must be a label, a part and a group for each example.');
  }
  if (!y.every((label) => Number.isInteger(label) && label >= 0 && label < description.labels.length)) {
    throw new TrainingError('An example has a label that the probe does not know.');
  }
  if (description.task === 'key' && description.labels.join() !== KEY_LABELS.join()) {
    throw new TrainingError('The labels of a key probe must be the 24 keys of the protocol.');
  }
  if (!x.data.every(Number.isFinite)) {
    const at = x.data.findIndex((value) => !Number.isFinite(value));
    throw new TrainingError(`Example ${Math.floor(at / x.columns)} holds a number that is not finite.`);
  }
}
