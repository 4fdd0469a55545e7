/** Means and inverse deviations of columns. */
export interface Moments {
  readonly mean: Float64Array;
  readonly inverse: Float64Array;
}

/** Means and inverse deviations by Welford's method; a column that does not vary counts for nothing. */
export function momentsOf(vectors: Iterable<{ vector: Float32Array }>, dimension: number): Moments {
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  let count = 0;
  for (const { vector } of vectors) {
    if (vector.length !== dimension) continue;
    count += 1;
    for (let at = 0; at < dimension; at++) {
      const before = vector[at]! - mean[at]!;
      mean[at]! += before / count;
      squares[at]! += before * (vector[at]! - mean[at]!);
    }
  }
  const inverse = squares.map((square, at) => {
    const deviation = Math.sqrt(square / Math.max(1, count));
    return deviation > 1e-9 * Math.max(1, Math.abs(mean[at]!)) ? 1 / deviation : 0;
  });
  return { mean, inverse };
}

export function standardised(
  vector: Float32Array,
  { mean, inverse }: Moments,
  into: Float64Array,
): Float64Array {
  for (let at = 0; at < into.length; at++) into[at] = (vector[at]! - mean[at]!) * inverse[at]!;
  return into;
}

export function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** Cosine of the angle between two vectors; 0 where one of them has no length. */
export function cosine(a: Float64Array, b: Float64Array): number {
  let dot = 0;
  for (let at = 0; at < a.length; at++) dot += a[at]! * b[at]!;
  const length = norm(a) * norm(b);
  return length > 0 ? dot / length : 0;
}
