import type { Task } from '../../shared/prediction.ts';
import {
  type Probe,
  type ProbeInput,
  type ProbeLayer,
  type ProbeProvenance,
  probeLogits,
  type Standardisation,
} from '../../shared/probe.ts';
import { fitTemperature } from './calibrate.ts';
import { type Matrix, row, takeColumns, takeRows } from './matrix.ts';
import { negativeLogLikelihood } from './metrics.ts';
import { fitSoftmax, type SoftmaxFit } from './softmax-regression.ts';
import { type ColumnMoments, columnMoments, standardise } from './standardise.ts';

/** Examples: one row each, and the index of its label. */
export interface Examples {
  readonly x: Matrix;
  readonly y: readonly number[];
  /** Weight of each in the loss; 1 for each where absent. */
  readonly weights?: readonly number[];
}

/** What a probe is to be called, and what it reads. */
export interface ProbeDescription {
  readonly id: string;
  readonly version: string;
  readonly task: Task;
  readonly labels: readonly string[];
  readonly inputs: readonly ProbeInput[];
  /** Columns of the joined vectors that the probe may use; the others get weight 0. All where absent. */
  readonly columns?: readonly number[];
  /** Standardised values are cut to ± this. */
  readonly clip: number | null;
}

/** Result of one strength of the penalty. */
export interface Trial {
  /**
   * Inverse strength as in scikit-learn: the sum of the examples' losses is multiplied by this. Independent of how
   * many examples there are.
   */
  readonly c: number;
  readonly probe: Probe;
  /** Of the validation examples, uncalibrated, in nats. */
  readonly validLoss: number;
}

const NO_PROVENANCE: ProbeProvenance = {
  data: '',
  split: '',
  protocol: '',
  command: '',
  date: '1970-01-01',
  scores: [],
};

/** Largest component of the gradient at which a fit is finished: the loss is then exact to 1e-10 and better. */
const FINISHED = 1e-8;

/** The same for fits that are only compared with each other: the loss is exact to 1e-5, in a third of the time. */
export const COMPARED = 1e-5;

/** Fits a softmax-regression probe, uncalibrated (temperature 1). */
export function fitProbe(description: ProbeDescription, examples: Examples, c: number): Probe {
  return fitProbes(description, examples, [c])[0]!;
}

/**
 * Fits a softmax-regression probe for each strength, each fit starting from the one before: the optimum is the same
 * from anywhere, and near by from there.
 * @param strengths best in ascending order
 */
export function fitProbes(
  description: ProbeDescription,
  examples: Examples,
  strengths: readonly number[],
  tolerance = FINISHED,
): Probe[] {
  const columns = description.columns ?? Array.from({ length: examples.x.columns }, (_, at) => at);
  const used = takeColumns(examples.x, columns);
  const moments = columnMoments(used);
  const x = standardise(used, moments, description.clip ?? Number.POSITIVE_INFINITY);
  const total = examples.weights?.reduce((sum, weight) => sum + weight, 0) ?? examples.x.rows;
  let start: Float64Array | undefined;
  return strengths.map((c) => {
    const fit = fitSoftmax(x, examples.y, description.labels.length, {
      l2: 1 / (c * total),
      gradientTolerance: tolerance,
      ...(examples.weights ? { weights: Float64Array.from(examples.weights) } : {}),
      ...(start ? { start } : {}),
    });
    start = fit.parameters;
    return {
      id: description.id,
      version: description.version,
      task: description.task,
      labels: description.labels,
      inputs: description.inputs,
      standardisation: spreadMoments(moments, columns, examples.x.columns, description.clip),
      layers: [spreadWeights(fit, columns, examples.x.columns)],
      temperature: 1,
      provenance: NO_PROVENANCE,
    };
  });
}

/** One probe for each strength, fitted on `train`, with its loss on `valid`. */
export function tryStrengths(
  description: ProbeDescription,
  train: Examples,
  valid: Examples,
  strengths: readonly number[],
): Trial[] {
  return strengths.map((c) => {
    const probe = fitProbe(description, train, c);
    return { c, probe, validLoss: negativeLogLikelihood(logitsOf(probe, valid.x), valid.y) };
  });
}

/** The probe with the temperature that fits held-out examples best. */
export function calibrateProbe(probe: Probe, heldOut: Examples): Probe {
  return { ...probe, temperature: fitTemperature(logitsOf(probe, heldOut.x), heldOut.y) };
}

/** Scores by the probe as it will run, 32-bit weights included: one row an example, one column a label. */
export function logitsOf(probe: Probe, x: Matrix): Matrix {
  const columns = probe.labels.length;
  const data = new Float64Array(x.rows * columns);
  for (let index = 0; index < x.rows; index++) {
    data.set(probeLogits(probe, Float32Array.from(row(x, index))), index * columns);
  }
  return { rows: x.rows, columns, data };
}

/** Examples of several sets as one. */
export function joinExamples(parts: readonly Examples[]): Examples {
  const columns = parts[0]?.x.columns ?? 0;
  const rows = parts.reduce((sum, part) => sum + part.x.rows, 0);
  const data = new Float64Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    data.set(part.x.data, at);
    at += part.x.data.length;
  }
  const weighed = parts.some(({ weights }) => weights);
  return {
    x: { rows, columns, data },
    y: parts.flatMap(({ y }) => y),
    ...(weighed ? { weights: parts.flatMap(({ y, weights }) => weights ?? y.map(() => 1)) } : {}),
  };
}

/** The examples of the given indices, in that order. */
export function takeExamples(from: Examples, indices: readonly number[]): Examples {
  return {
    x: takeRows(from.x, indices),
    y: indices.map((index) => from.y[index]!),
    ...(from.weights ? { weights: indices.map((index) => from.weights![index]!) } : {}),
  };
}

function spreadMoments(
  moments: ColumnMoments,
  columns: readonly number[],
  width: number,
  clip: number | null,
): Standardisation {
  const mean = new Float32Array(width);
  const scale = new Float32Array(width).fill(1);
  columns.forEach((column, at) => {
    mean[column] = moments.mean[at]!;
    scale[column] = moments.scale[at]!;
  });
  return { mean, scale, clip };
}

function spreadWeights(fit: SoftmaxFit, columns: readonly number[], width: number): ProbeLayer {
  const { model } = fit;
  const weights = new Float32Array(model.classes * width);
  for (let k = 0; k < model.classes; k++) {
    columns.forEach((column, at) => {
      weights[k * width + column] = model.weights[k * model.columns + at]!;
    });
  }
  return {
    inputs: width,
    outputs: model.classes,
    weights,
    bias: Float32Array.from(model.bias),
    activation: 'linear',
  };
}
