import type { Probe, ProbeLayer } from '../../shared/probe.ts';
import { calibratedLoss } from './calibrate.ts';
import type { Candidate, MlpCandidate, SoftmaxCandidate } from './grid.ts';
import { type Matrix, row } from './matrix.ts';
import type { Mlp } from './mlp.ts';
import { taskScore } from './score.ts';
import { columnMoments, standardise } from './standardise.ts';
import type { TrainRequest } from './train.ts';
import { type MlpFit, trainMlp } from './train-mlp.ts';
import { COMPARED, type Examples, fitProbe, fitProbes, logitsOf, takeExamples } from './train-probe.ts';
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

/** Candidates that are tried together: the softmax regressions, each of which begins where the last one ended. */
export type Batch = readonly [SoftmaxCandidate, ...SoftmaxCandidate[]] | readonly [MlpCandidate];

/** The candidates in their order, neighbouring softmax regressions together. */
export function batches(candidates: readonly Candidate[]): Batch[] {
  const dealt: Batch[] = [];
  for (const candidate of candidates) {
    const last = dealt.at(-1);
    if (candidate.kind === 'mlp') dealt.push([candidate]);
    else if (last?.[0].kind === 'softmax') dealt[dealt.length - 1] = [...(last as SoftmaxBatch), candidate];
    else dealt.push([candidate]);
  }
  return dealt;
}

type SoftmaxBatch = readonly [SoftmaxCandidate, ...SoftmaxCandidate[]];

interface Fit {
  readonly probe: Probe;
  readonly steps: number;
}

/** Fitted on the training rows, judged (and, an MLP, stopped) by the validation rows. */
export function* attemptSplit(
  request: TrainRequest,
  batch: Batch,
  train: Examples,
  valid: Examples,
): Generator<number, Attempt[], void> {
  const fits = yield* fitBatch(request, batch, train, valid);
  return fits.map(({ probe, steps }, at) => ({
    candidate: batch[at]!,
    probe,
    steps,
    ...judge(request, logitsOf(probe, valid.x), valid.y),
  }));
}

/**
 * Each fold judged by a probe fitted on the others. An MLP is stopped by the fold it is judged on, as the protocol
 * stops it by the validation rows: its figures are a little too good.
 */
export function* attemptFolds(
  request: TrainRequest,
  batch: Batch,
  examples: Examples,
  foldOf: readonly number[],
): Generator<number, Attempt[], void> {
  const columns = request.description.labels.length;
  const { rows } = examples.x;
  const all = batch.map(() => ({ rows, columns, data: new Float64Array(rows * columns) }));
  const steps = batch.map(() => 0);
  const folds = [...new Set(foldOf)].sort((a, b) => a - b);
  for (const fold of folds) {
    const heldRows = foldOf.flatMap((each, at) => (each === fold ? [at] : []));
    const held = takeExamples(examples, heldRows);
    const rest = takeExamples(
      examples,
      foldOf.flatMap((each, at) => (each === fold ? [] : [at])),
    );
    const fits = yield* fitBatch(request, batch, rest, held);
    fits.forEach((fit, trial) => {
      steps[trial]! += fit.steps / folds.length;
      const scores = logitsOf(fit.probe, held.x);
      heldRows.forEach((index, at) => {
        all[trial]!.data.set(row(scores, at), index * columns);
      });
    });
  }
  return batch.map((candidate, at) => ({
    candidate,
    probe: null,
    steps: steps[at]!,
    ...judge(request, all[at]!, examples.y),
  }));
}

/** The chosen candidate on all rows; an MLP for as many steps as were best when it could still be watched. */
export function* refitProbe(
  request: TrainRequest,
  { candidate, steps }: Attempt,
  examples: Examples,
): Generator<number, Probe, void> {
  yield 0;
  if (candidate.kind === 'softmax') return fitProbe(request.description, examples, candidate.c);
  return (yield* fitMlp(request, candidate, examples, null, Math.round(steps))).probe;
}

function judge(request: TrainRequest, logits: Matrix, y: readonly number[]) {
  return {
    logits,
    loss: calibratedLoss(logits, y),
    score: taskScore(request.description.task, logits, y),
  };
}

function* fitBatch(
  request: TrainRequest,
  batch: Batch,
  train: Examples,
  valid: Examples,
): Generator<number, Fit[], void> {
  const [first] = batch;
  if (first.kind === 'mlp') return [yield* fitMlp(request, first, train, valid, null)];
  yield 0;
  const strengths = (batch as SoftmaxBatch).map(({ c }) => c);
  const probes = fitProbes(request.description, train, strengths, COMPARED);
  return probes.map((probe) => ({ probe, steps: 0 }));
}

function* fitMlp(
  request: TrainRequest,
  candidate: MlpCandidate,
  train: Examples,
  valid: Examples | null,
  maxSteps: number | null,
): Generator<number, Fit, void> {
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
