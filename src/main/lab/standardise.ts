import type { Matrix } from './matrix.ts';

/** Per column: what is taken off, and what is divided by. */
export interface ColumnMoments {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Mean and population standard deviation of each column (as scikit-learn's StandardScaler). A column that does not
 * vary gets scale 1: it becomes 0 and teaches nothing.
 */
export function columnMoments(from: Matrix): ColumnMoments {
  const { rows, columns, data } = from;
  if (rows === 0) throw new RangeError('There are no rows to standardise by.');
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]! / rows;
  for (let at = 0; at < data.length; at++)
    scale[at % columns]! += (data[at]! - mean[at % columns]!) ** 2 / rows;
  for (let column = 0; column < columns; column++) {
    const deviation = Math.sqrt(scale[column]!);
    // Rounding leaves a constant column with a deviation of about 1e-16 of its mean.
    scale[column] = deviation > 1e-12 * Math.max(1, Math.abs(mean[column]!)) ? deviation : 1;
  }
  return { mean, scale };
}

/** `(x − mean) / scale`, cut to ±`clip`, as a copy. */
export function standardise(from: Matrix, moments: ColumnMoments, clip = Number.POSITIVE_INFINITY): Matrix {
  const { rows, columns } = from;
  const data = from.data.map((value, at) => {
    const column = at % columns;
    return Math.min(clip, Math.max(-clip, (value - moments.mean[column]!) / moments.scale[column]!));
  });
  return { rows, columns, data };
}
