import type { Probe, ProbeLayer } from '../../shared/probe.ts';
import type { Candidate, MlpCandidate } from './grid.ts';
import { type Matrix, row, takeRows } from './matrix.ts';
import { negativeLogLikelihood } from './metrics.ts';
import type { Mlp } from './mlp.ts';
import { taskScore } from './score.ts';
import { columnMoments, standardise } from './standardise.ts';
import type { TrainRequest } from './train.ts';
import { type MlpFit, trainMlp } from './train-mlp.ts';
import { type Examples, fitProbe, logitsOf } from './train-probe.ts';
import { TrainingError } from './training-error.ts';

/** One candidate, tried on rows that it had not seen. */
export interface Attempt {
  readonly candidate: Candidate;
  /** Fitted on the training rows; null where it was fitted fold by fold. */
  readonly probe: Probe | null;
  /** Of the held-out rows. */
  readonly logits: Matrix;
  readonly loss: number;
  readonly score: number;
  /** Steps after which the score was best, the mean over folds; 0 where the fit does not count steps. */
  readonly steps: number;
}

type Fit = Generator<number, { readonly probe: Probe; readonly steps: number }, void>;

/** Fitted on the training rows, judged (and, an MLP, stopped) by the validation rows. */
export function* attemptSplit(
  request: TrainRequest,
  candidate: Candidate,
  train: Examples,
  valid: Examples,
): Generator<number, Attempt, void> {
  const { probe, steps } = yield* fitCandidate(request, candidate, train, valid, null);
  return { candidate, probe, steps, ...judge(request, logitsOf(probe, valid.x), valid.y) };
}

/**
 * Each fold judged by a probe fitted on the others. An MLP is stopped by the fold it is judged on, as the protocol
 * stops it by the validation rows: its figures are a little too good.
 */
export function* attemptFolds(
  request: TrainRequest,
  candidate: Candidate,
  examples: Examples,
  foldOf: readonly number[],
): Generator<number, Attempt, void> {
  const columns = request.description.labels.length;
  const logits = {
    rows: examples.x.rows,
    columns,
    data: new Float64Array(examples.x.rows * columns),
  };
  const folds = [...new Set(foldOf)].sort((a, b) => a - b);
  let steps = 0;
  for (const fold of folds) {
    const held = takeExamples(examples, (at) => foldOf[at] === fold);
    const rest = takeExamples(examples, (at) => foldOf[at] !== fold);
    const fit = yield* fitCandidate(request, candidate, rest, held, null);
    steps += fit.steps / folds.length;
    const scores = logitsOf(fit.probe, held.x);
    let next = 0;
    foldOf.forEach((each, at) => {
      if (each === fold) logits.data.set(row(scores, next++), at * columns);
    });
    yield 0;
  }
  return { candidate, probe: null, steps, ...judge(request, logits, examples.y) };
}

/** The chosen candidate on all rows; an MLP for as many steps as were best when it could still be watched. */
export function* refitProbe(
  request: TrainRequest,
  best: Attempt,
  examples: Examples,
): Generator<number, Probe, void> {
  const { probe } = yield* fitCandidate(request, best.candidate, examples, null, Math.round(best.steps));
  return probe;
}

function judge(request: TrainRequest, logits: Matrix, y: readonly number[]) {
  return {
    logits,
    loss: negativeLogLikelihood(logits, y),
    score: taskScore(request.description.task, logits, y),
  };
}

function* fitCandidate(
  request: TrainRequest,
  candidate: Candidate,
  train: Examples,
  valid: Examples | null,
  maxSteps: number | null,
): Fit {
  if (candidate.kind === 'mlp') return yield* fitMlp(request, candidate, train, valid, maxSteps);
  yield 0;
  return { probe: fitProbe(request.description, train, candidate.c), steps: 0 };
}

function* fitMlp(
  request: TrainRequest,
  candidate: MlpCandidate,
  train: Examples,
  valid: Examples | null,
  maxSteps: number | null,
): Fit {
  const { description } = request;
  if (description.columns)
    throw new TrainingError('An MLP reads all columns; only softmax regression can leave some out.');
  const clip = description.clip ?? Number.POSITIVE_INFINITY;
  const moments = candidate.standardise ? columnMoments(train.x) : null;
  const prepare = (x: Matrix): Matrix => (moments ? standardise(x, moments, clip) : x);
  const fit: MlpFit = yield* trainMlp(
    { x: prepare(train.x), y: train.y, ...(train.weights ? { weights: train.weights } : {}) },
    valid ? prepare(valid.x) : null,
    description.labels.length,
    { ...candidate, ...request.stopping, ...(maxSteps === null ? {} : { maxSteps }) },
    request.seed,
    (logits) => taskScore(description.task, logits, valid?.y ?? []),
  );
  const probe: Probe = {
    id: description.id,
    version: description.version,
    task: description.task,
    labels: description.labels,
    inputs: description.inputs,
    standardisation: moments
      ? {
          mean: Float32Array.from(moments.mean),
          scale: Float32Array.from(moments.scale),
          clip: description.clip,
        }
      : null,
    layers: probeLayers(fit.net),
    temperature: 1,
    provenance: { data: '', split: '', protocol: '', command: '', date: '1970-01-01', scores: [] },
  };
  return { probe, steps: fit.bestStep };
}

function probeLayers(net: Mlp): ProbeLayer[] {
  return net.layers.map((layer, index) => ({
    inputs: layer.inputs,
    outputs: layer.outputs,
    weights: Float32Array.from(layer.weights),
    bias: Float32Array.from(layer.bias),
    activation: index < net.layers.length - 1 ? 'relu' : 'linear',
  }));
}

function takeExamples(from: Examples, keep: (at: number) => boolean): Examples {
  const rows = from.y.flatMap((_, at) => (keep(at) ? [at] : []));
  return {
    x: takeRows(from.x, rows),
    y: rows.map((at) => from.y[at]!),
    ...(from.weights ? { weights: rows.map((at) => from.weights![at]!) } : {}),
  };
}
