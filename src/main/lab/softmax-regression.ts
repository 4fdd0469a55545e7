import { type MinimiseOptions, minimise } from './lbfgs.ts';
import type { Matrix } from './matrix.ts';
import { multiplyTransposed, transpose } from './multiply.ts';

/** A linear classifier. */
export interface SoftmaxModel {
  readonly classes: number;
  readonly columns: number;
  /** Row-major, one row a class. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

export interface SoftmaxFit {
  readonly model: SoftmaxModel;
  /** Weights and bias in one, to start another fit from. */
  readonly parameters: Float64Array;
  /** The objective at the optimum. */
  readonly loss: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface SoftmaxOptions extends MinimiseOptions {
  /** Strength of the penalty, see `fitSoftmax`. */
  readonly l2: number;
  /** Weight of each example; 1 for each where absent. */
  readonly weights?: Float64Array;
  /** Where the search begins, `parameters` of an earlier fit; the optimum is the same from anywhere. */
  readonly start?: Float64Array;
}

/**
 * Multinomial logistic regression: minimises
 * `Σ wᵢ · −log p(yᵢ | xᵢ) / Σ wᵢ  +  l2 / 2 · ‖W‖²`, the bias unpenalised. That is scikit-learn's
 * `LogisticRegression` with `C = 1 / (l2 · Σ wᵢ)`; with l2 > 0 the optimum in W is unique.
 *
 * @param x one row an example, standardised
 * @param y class of each row, 0..classes−1
 * @throws RangeError where labels don't fit the rows or the classes
 */
export function fitSoftmax(
  x: Matrix,
  y: readonly number[],
  classes: number,
  options: SoftmaxOptions,
): SoftmaxFit {
  if (y.length !== x.rows || x.rows === 0) throw new RangeError(`${y.length} labels for ${x.rows} rows.`);
  if (!y.every((label) => Number.isInteger(label) && label >= 0 && label < classes)) {
    throw new RangeError(`A label is not one of the ${classes} classes.`);
  }
  const { rows, columns } = x;
  const total = options.weights?.reduce((sum, weight) => sum + weight, 0) ?? rows;
  const weightOf = (row: number): number => (options.weights?.[row] ?? 1) / total;
  const biasAt = classes * columns;
  const start = options.start ?? new Float64Array(biasAt + classes);
  if (start.length !== biasAt + classes) throw new RangeError('The start is of a model of another size.');
  const turned = new Float64Array(rows * columns);
  transpose(rows, columns, x.data, turned);
  const scores = new Float64Array(rows * classes);
  const errors = new Float64Array(classes * rows);

  const minimum = minimise(
    (parameters, gradient) => {
      multiplyTransposed(rows, classes, columns, x.data, parameters.subarray(0, biasAt), scores);
      gradient.fill(0);
      let loss = 0;
      for (let row = 0; row < rows; row++) {
        const probabilities = scores.subarray(row * classes, (row + 1) * classes);
        for (let k = 0; k < classes; k++) probabilities[k]! += parameters[biasAt + k]!;
        const weight = weightOf(row);
        loss += weight * softmaxInPlace(probabilities, y[row]!);
        for (let k = 0; k < classes; k++) {
          const error = weight * (probabilities[k]! - (k === y[row] ? 1 : 0));
          gradient[biasAt + k]! += error;
          errors[k * rows + row] = error;
        }
      }
      multiplyTransposed(classes, columns, rows, errors, turned, gradient);
      for (let at = 0; at < biasAt; at++) {
        loss += (options.l2 / 2) * parameters[at]! ** 2;
        gradient[at]! += options.l2 * parameters[at]!;
      }
      return loss;
    },
    start,
    options,
  );
  return {
    model: {
      classes,
      columns,
      weights: minimum.x.slice(0, biasAt),
      bias: minimum.x.slice(biasAt),
    },
    parameters: minimum.x,
    loss: minimum.value,
    iterations: minimum.iterations,
    converged: minimum.converged,
  };
}

/** Turns scores into probabilities where they stand and returns `−log p(label)`. */
function softmaxInPlace(scores: Float64Array, label: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (const score of scores) top = Math.max(top, score);
  const labelScore = scores[label]!;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k]! - top);
    sum += scores[k]!;
  }
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum;
  return Math.log(sum) + top - labelScore;
}

/** Scores of each row before the softmax: one row an example, one column a class. */
export function softmaxLogits(model: SoftmaxModel, x: Matrix): Matrix {
  const { classes, columns } = model;
  if (x.columns !== columns) throw new RangeError(`The model reads ${columns} columns, not ${x.columns}.`);
  const data = new Float64Array(x.rows * classes);
  multiplyTransposed(x.rows, classes, columns, x.data, model.weights, data);
  for (let at = 0; at < data.length; at++) data[at]! += model.bias[at % classes]!;
  return { rows: x.rows, columns: classes, data };
}
