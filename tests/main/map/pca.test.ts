import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { eigenSymmetric, fitProjection, project } from '../../../src/main/map/pca.ts';

describe('eigenvectors of a symmetric matrix', () => {
  it('turn it into its eigenvalues', () => {
    const random = randomFrom(4);
    const n = 7;
    const data = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) data[i * n + j] = data[j * n + i] = random() * 2 - 1;
    const { values, vectors } = eigenSymmetric(matrix(n, n, data));
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) {
        let product = 0;
        for (let j = 0; j < n; j++) product += data[i * n + j]! * vectors[j * n + k]!;
        expect(product).toBeCloseTo(values[k]! * vectors[i * n + k]!, 9);
      }
    }
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(
      Array.from({ length: n }, (_, i) => data[i * n + i]!).reduce((sum, value) => sum + value, 0),
      9,
    );
  });
});

describe('principal components', () => {
  const random = randomFrom(2);
  const rows = 400;
  // Three hidden causes behind eight columns of very different size, one of which says nothing.
  const hidden = Array.from({ length: rows }, () => [random() * 9, random() * 3, random()]);
  const mix = Array.from({ length: 3 * 7 }, () => random() * 2 - 1);
  const vectors = hidden.map((cause) => [
    ...Array.from(
      { length: 7 },
      (_, c) => 10 ** c * (5 + cause.reduce((sum, h, k) => sum + h * mix[k * 7 + c]!, 0)),
    ),
    42,
  ]);
  const projection = (wanted: number) => fitProjection(matrix(rows, 8, vectors.flat()), wanted, 1);
  const scores = (wanted: number) => {
    const by = projection(wanted);
    const into = new Float32Array(rows * by.outputs);
    vectors.forEach((vector, at) => {
      project(by, vector, into, at * by.outputs);
    });
    return { by, into };
  };

  it('are uncorrelated, the largest first, and hold all that varies', () => {
    const { by, into } = scores(3);
    expect(by.outputs).toBe(3);
    const covariance = (a: number, b: number) => {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += into[r * 3 + a]! * into[r * 3 + b]!;
      return sum / rows;
    };
    expect(covariance(0, 0)).toBeGreaterThan(covariance(1, 1));
    expect(covariance(1, 1)).toBeGreaterThan(covariance(2, 2));
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(Math.abs(covariance(a, b))).toBeLessThan(1e-4);
    // Seven standardised columns that three causes make up.
    expect(covariance(0, 0) + covariance(1, 1) + covariance(2, 2)).toBeCloseTo(7, 3);
  });

  it('do not mind a column that never varies, nor values that are no numbers', () => {
    const { by } = scores(3);
    expect(by.inverse[7]).toBe(0);
    const into = new Float32Array(3);
    project(by, [Number.NaN, ...vectors[0]!.slice(1)], into, 0);
    expect(into.every(Number.isFinite)).toBe(true);
  });

  it('are the same for the same seed', () => {
    expect(scores(2).into).toEqual(scores(2).into);
  });
});
