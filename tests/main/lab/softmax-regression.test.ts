import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimise } from '../../../src/main/lab/lbfgs.ts';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { fitSoftmax, softmaxLogits } from '../../../src/main/lab/softmax-regression.ts';

/** 60 examples of 4 columns in 3 classes, by a formula that is easy to repeat in NumPy. */
const rows = 60;
const columns = 4;
const x = matrix(
  rows,
  columns,
  Array.from({ length: rows * columns }, (_, at) => {
    const i = Math.floor(at / columns);
    const j = at % columns;
    return Math.sin(1.3 * i + 2.1 * j) + 0.5 * Math.cos(0.7 * i * j) + (i % 3 === j ? 0.8 : 0);
  }),
);
const y = Array.from({ length: rows }, (_, i) => i % 3);

/** By scikit-learn: tests/reference/softmax.py. */
const golden = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../reference/softmax.json'), 'utf8'),
) as { c: number; firstWeight: number; loss: number; weights: number[] }[];

describe('fitSoftmax', () => {
  it.each(golden)(
    'finds the optimum of scikit-learn with C $c, first class weighed $firstWeight',
    (known) => {
      const weights = Float64Array.from(y, (label) => (label === 0 ? known.firstWeight : 1));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const fit = fitSoftmax(x, y, 3, { l2: 1 / (known.c * total), weights });
      expect(fit.converged).toBe(true);
      expect(Math.abs(fit.loss - known.loss)).toBeLessThan(1e-10);
      expect(fit.model.weights).toHaveLength(known.weights.length);
      known.weights.forEach((weight, at) => {
        expect(fit.model.weights[at]).toBeCloseTo(weight, 4);
      });
    },
  );

  it('finds the same optimum from anywhere', () => {
    const start = Float64Array.from({ length: 15 }, (_, at) => Math.sin(at) * 3);
    const fit = fitSoftmax(x, y, 3, { l2: 1 / (golden[2]!.c * rows), start });
    expect(Math.abs(fit.loss - golden[2]!.loss)).toBeLessThan(1e-10);
    expect(() => fitSoftmax(x, y, 3, { l2: 1, start: new Float64Array(3) })).toThrow(RangeError);
  });

  it('gives the same bits each time', () => {
    const train = () => fitSoftmax(x, y, 3, { l2: 0.01 }).model;
    expect(train()).toEqual(train());
  });

  it('predicts from the bias alone where the penalty is overwhelming', () => {
    const fit = fitSoftmax(x, [0, ...y.slice(1).map(() => 1)], 2, { l2: 1e9 });
    const logits = softmaxLogits(fit.model, matrix(1, columns, [9, 9, 9, 9]));
    expect(logits.data[1]! - logits.data[0]!).toBeCloseTo(Math.log(59), 4);
  });

  it('refuses labels that do not fit', () => {
    expect(() => fitSoftmax(x, y.slice(1), 3, { l2: 1 })).toThrow(RangeError);
    expect(() => fitSoftmax(x, y, 2, { l2: 1 })).toThrow(RangeError);
  });

  it('can be cancelled from outside', () => {
    const cancel = new Error('cancelled');
    const train = () =>
      fitSoftmax(x, y, 3, {
        l2: 0.01,
        onIteration: (iteration) => {
          if (iteration === 3) throw cancel;
        },
      });
    expect(train).toThrow(cancel);
  });
});

describe('minimise', () => {
  it('finds the minimum of any convex quadratic', () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true });
    const curvature = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, curvature, number), { minLength: 1, maxLength: 8 }), (axes) => {
        const minimum = minimise(
          (point, gradient) => {
            let value = 0;
            axes.forEach(([centre, scale], at) => {
              value += (scale / 2) * (point[at]! - centre) ** 2;
              gradient[at] = scale * (point[at]! - centre);
            });
            return value;
          },
          Float64Array.from(axes, ([, , start]) => start),
          { gradientTolerance: 1e-6 },
        );
        axes.forEach(([centre], at) => {
          expect(Math.abs(minimum.x[at]! - centre)).toBeLessThan(1e-3);
        });
      }),
    );
  });

  it("crosses Rosenbrock's valley", () => {
    const minimum = minimise(
      (point, gradient) => {
        const [a, b] = [point[0]!, point[1]!];
        gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
        gradient[1] = 200 * (b - a * a);
        return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
      },
      Float64Array.of(-1.2, 1),
    );
    expect(minimum.converged).toBe(true);
    expect(minimum.x[0]).toBeCloseTo(1, 6);
    expect(minimum.x[1]).toBeCloseTo(1, 6);
  });
});
