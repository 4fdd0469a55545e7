/**
 * Cosine of the angle between two vectors.
 * @returns NaN where one has no length, or holds what is no number
 * @throws RangeError where their lengths differ
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`Vectors of ${a.length} and ${b.length} numbers.`);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Whether a vector holds numbers only. */
export function allFinite(vector: Float32Array): boolean {
  // A sum is finite only if all are: far faster than asking one by one, and no overflow in 64 bits.
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]!;
  return Number.isFinite(sum);
}
