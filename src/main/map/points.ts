/** Vectors in rows, 32-bit: what is laid out. */
export interface Points {
  readonly count: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Squared Euclidean distance of two rows. */
export function distance2(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let at = i * width;
  let to = j * width;
  let s0 = 0;
  let s1 = 0;
  const even = at + width - (width & 1);
  // Two sums that do not wait for each other.
  for (; at < even; at += 2, to += 2) {
    const x = a[at]! - b[to]!;
    const y = a[at + 1]! - b[to + 1]!;
    s0 += x * x;
    s1 += y * y;
  }
  if (width & 1) {
    const x = a[at]! - b[to]!;
    s0 += x * x;
  }
  return s0 + s1;
}
