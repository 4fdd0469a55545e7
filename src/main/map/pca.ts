import { type Matrix, matrix } from '../lab/matrix.ts';
import { multiplyTransposed, transpose } from '../lab/multiply.ts';
import { randomFrom } from '../lab/random.ts';

/** What takes a vector to its principal components: standardise each column, then turn. */
export interface Projection {
  readonly inputs: number;
  readonly outputs: number;
  readonly mean: Float64Array;
  /** 1 / deviation; 0 for a column that does not vary. */
  readonly inverse: Float64Array;
  /** `outputs` rows of `inputs`, orthonormal, the most telling first. */
  readonly axes: Float64Array;
}

/** Directions beyond those that are wanted, and rounds: with these the kept ones are exact to some digits. */
const OVERSAMPLE = 10;
const ROUNDS = 6;

/** A single value counts for so many deviations at most: one broken track must not stretch the whole map. */
const CLIP = 6;

/**
 * Principal components of standardised columns, by randomised subspace iteration (Halko, Martinsson & Tropp 2011,
 * algorithm 4.4) and a Rayleigh-Ritz step: cost grows with the columns, not with their square.
 * @param rows a sample, row-major; standardised in place
 * @param wanted components at most
 */
export function fitProjection(rows: Matrix, wanted: number, seed: number): Projection {
  const { rows: n, columns: d, data } = rows;
  const { mean, inverse } = moments(rows);
  for (let r = 0; r < n; r++) standardise(data, r * d, d, mean, inverse, data, r * d);
  const outputs = Math.max(1, Math.min(wanted, d, n));
  const width = Math.min(d, outputs + OVERSAMPLE);
  const turned = new Float64Array(n * d);
  transpose(n, d, data, turned);

  const random = randomFrom(seed);
  // Rows of the basis are directions in the space of columns.
  let basis = Float64Array.from({ length: width * d }, () => random() * 2 - 1);
  orthonormalise(basis, width, d);
  const scores = new Float64Array(width * n);
  for (let round = 0; round < ROUNDS; round++) {
    multiplyTransposed(width, n, d, basis, data, scores);
    const next = new Float64Array(width * d);
    multiplyTransposed(width, d, n, scores, turned, next);
    basis = next;
    orthonormalise(basis, width, d);
  }
  multiplyTransposed(width, n, d, basis, data, scores);
  const small = new Float64Array(width * width);
  multiplyTransposed(width, width, n, scores, scores, small);
  const { values, vectors } = eigenSymmetric(matrix(width, width, small));
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, outputs);
  const axes = new Float64Array(outputs * d);
  order.forEach((from, to) => {
    for (let w = 0; w < width; w++) {
      const weight = vectors[w * width + from]!;
      for (let c = 0; c < d; c++) axes[to * d + c]! += weight * basis[w * d + c]!;
    }
    faceForward(axes.subarray(to * d, (to + 1) * d));
  });
  return { inputs: d, outputs, mean, inverse, axes };
}

/** Turns one vector into its components. Not a number counts as the mean. */
export function project(by: Projection, vector: ArrayLike<number>, into: Float32Array, at: number): void {
  const { inputs, outputs, axes } = by;
  const standard = new Float64Array(inputs);
  standardise(vector, 0, inputs, by.mean, by.inverse, standard, 0);
  for (let k = 0; k < outputs; k++) {
    let sum = 0;
    const row = k * inputs;
    for (let c = 0; c < inputs; c++) sum += axes[row + c]! * standard[c]!;
    into[at + k] = sum;
  }
}

function standardise(
  from: ArrayLike<number>,
  at: number,
  width: number,
  mean: Float64Array,
  inverse: Float64Array,
  into: Float64Array,
  to: number,
): void {
  for (let c = 0; c < width; c++) {
    const value = (from[at + c]! - mean[c]!) * inverse[c]!;
    into[to + c] = value > CLIP ? CLIP : value < -CLIP ? -CLIP : Number.isNaN(value) ? 0 : value;
  }
}

function moments({ rows, columns, data }: Matrix): Pick<Projection, 'mean' | 'inverse'> {
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = data[r * columns + c]!;
      const before = value - mean[c]!;
      mean[c]! += before / (r + 1);
      squares[c]! += before * (value - mean[c]!);
    }
  }
  const inverse = squares.map((square, c) => {
    const deviation = Math.sqrt(square / Math.max(1, rows));
    return deviation > 1e-9 * Math.max(1, Math.abs(mean[c]!)) ? 1 / deviation : 0;
  });
  return { mean, inverse };
}

/** Gram-Schmidt, twice over for accuracy; a row that depends on the ones before becomes 0. */
function orthonormalise(rows: Float64Array, count: number, width: number): void {
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * width, (i + 1) * width);
    const before = Math.sqrt(dot(row, row));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * width, (j + 1) * width);
        const share = dot(row, other);
        for (let c = 0; c < width; c++) row[c]! -= share * other[c]!;
      }
    }
    const norm = Math.sqrt(dot(row, row));
    const scale = norm > 1e-12 * Math.max(before, Number.MIN_VALUE) ? 1 / norm : 0;
    for (let c = 0; c < width; c++) row[c]! *= scale;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}

/** The sign of an axis is free: the largest part is made positive, so that the same library gives the same map. */
function faceForward(axis: Float64Array): void {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  if (largest < 0) for (let c = 0; c < axis.length; c++) axis[c]! *= -1;
}

/** Cyclic Jacobi (Golub & Van Loan, 8.5): eigenvectors in the columns of `vectors`. */
export function eigenSymmetric(from: Matrix): { values: Float64Array; vectors: Float64Array } {
  const n = from.rows;
  const a = Float64Array.from(from.data);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 40; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++) {
      diagonal += a[i * n + i]! ** 2;
      for (let j = 0; j < i; j++) off += a[i * n + j]! ** 2;
    }
    if (off <= 1e-24 * diagonal) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (let k = 0; k < n; k++) {
    const akp = a[k * n + p]!;
    const akq = a[k * n + q]!;
    a[k * n + p] = cosine * akp - sine * akq;
    a[k * n + q] = sine * akp + cosine * akq;
  }
  for (let k = 0; k < n; k++) {
    const apk = a[p * n + k]!;
    const aqk = a[q * n + k]!;
    a[p * n + k] = cosine * apk - sine * aqk;
    a[q * n + k] = sine * apk + cosine * aqk;
    const vkp = vectors[k * n + p]!;
    const vkq = vectors[k * n + q]!;
    vectors[k * n + p] = cosine * vkp - sine * vkq;
    vectors[k * n + q] = sine * vkp + cosine * vkq;
  }
}
