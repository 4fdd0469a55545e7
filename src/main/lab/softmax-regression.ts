import { type MinimiseOptions, minimise } from './lbfgs.ts';
import type { Matrix } from './matrix.ts';

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
  const { columns } = x;
  const total = options.weights?.reduce((sum, weight) => sum + weight, 0) ?? x.rows;
  const weightOf = (row: number): number => (options.weights?.[row] ?? 1) / total;
  const biasAt = classes * columns;
  const probabilities = new Float64Array(classes);

  const minimum = minimise(
    (parameters, gradient) => {
      gradient.fill(0);
      let loss = 0;
      for (let row = 0; row < x.rows; row++) {
        const start = row * columns;
        for (let k = 0; k < classes; k++) {
          let sum = parameters[biasAt + k]!;
          for (let c = 0; c < columns; c++) sum += parameters[k * columns + c]! * x.data[start + c]!;
          probabilities[k] = sum;
        }
        loss += weightOf(row) * softmaxInPlace(probabilities, y[row]!);
        for (let k = 0; k < classes; k++) {
          const error = weightOf(row) * (probabilities[k]! - (k === y[row] ? 1 : 0));
          gradient[biasAt + k]! += error;
          for (let c = 0; c < columns; c++) gradient[k * columns + c]! += error * x.data[start + c]!;
        }
      }
      for (let at = 0; at < biasAt; at++) {
        loss += (options.l2 / 2) * parameters[at]! ** 2;
        gradient[at]! += options.l2 * parameters[at]!;
      }
      return loss;
    },
    new Float64Array(classes * columns + classes),
    options,
  );
  return {
    model: {
      classes,
      columns,
      weights: minimum.x.slice(0, biasAt),
      bias: minimum.x.slice(biasAt),
    },
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
  for (let row = 0; row < x.rows; row++) {
    for (let k = 0; k < classes; k++) {
      let sum = model.bias[k]!;
      for (let c = 0; c < columns; c++) sum += model.weights[k * columns + c]! * x.data[row * columns + c]!;
      data[row * classes + k] = sum;
    }
  }
  return { rows: x.rows, columns: classes, data };
}
