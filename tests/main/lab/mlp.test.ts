import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Adam } from '../../../src/main/lab/adam.ts';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { initialiseMlp, type Mlp, mlpGradients, mlpLogits } from '../../../src/main/lab/mlp.ts';
import { multiplyTransposed, transpose } from '../../../src/main/lab/multiply.ts';
import { randomFrom, sampler } from '../../../src/main/lab/random.ts';
import { trainMlp } from '../../../src/main/lab/train-mlp.ts';

/** By PyTorch: tests/reference/mlp.py. */
const golden = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../reference/mlp.json'), 'utf8')) as {
  losses: number[];
  gradients: number[][];
  after: number[][];
};

const SIZES = [6, 5, 4, 3];
const ROWS = 7;
const fill = (length: number, salt: number, scale = 1) =>
  Float64Array.from({ length }, (_, at) => Math.sin(salt + 1.7 * at) * scale);
const network = (): Mlp => ({
  layers: SIZES.slice(1).map((outputs, index) => ({
    inputs: SIZES[index]!,
    outputs,
    weights: fill(outputs * SIZES[index]!, index),
    bias: fill(outputs, index + 0.5, 1 / 4),
  })),
});
const batch = () => ({
  rows: ROWS,
  x: fill(ROWS * SIZES[0]!, 9),
  y: Array.from({ length: ROWS }, (_, at) => at % 3),
  weights: Array.from({ length: ROWS }, (_, at) => 1 + at / 4),
});

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs(a[at]! - b[at]!));
  return most;
};

describe('mlpGradients and Adam', () => {
  it('are those of PyTorch', () => {
    const net = network();
    const adam = new Adam({ learningRate: 0.01, l2: 0.1 });
    for (let step = 0; step < 3; step++) {
      const { loss, gradients } = mlpGradients(net, batch(), 0, () => 0);
      expect(Math.abs(loss - golden.losses[step]!)).toBeLessThan(1e-12);
      const flat = gradients.flatMap(({ weights, bias }) => [weights, bias]);
      if (step === 0) {
        flat.forEach((gradient, at) => {
          expect(distance(gradient, golden.gradients[at]!)).toBeLessThan(1e-12);
        });
      }
      const parameters = net.layers.flatMap(({ weights, bias }) => [weights, bias]);
      adam.step(parameters.map((each, at) => [each, flat[at]!]));
    }
    net.layers
      .flatMap(({ weights, bias }) => [weights, bias])
      .forEach((parameters, at) => {
        expect(distance(parameters, golden.after[at]!)).toBeLessThan(1e-12);
      });
  });

  it('are the slope of the loss with dropout too, for the same draws', () => {
    const lossAt = (change: (net: Mlp) => void): number => {
      const net = network();
      change(net);
      return mlpGradients(net, batch(), 0.4, randomFrom(3)).loss;
    };
    const { gradients } = mlpGradients(network(), batch(), 0.4, randomFrom(3));
    gradients.forEach((gradient, layer) => {
      for (const at of [0, 3, gradient.weights.length - 1]) {
        const shifted = (by: number) =>
          lossAt((net) => {
            net.layers[layer]!.weights[at]! += by;
          });
        expect(gradient.weights[at]).toBeCloseTo((shifted(1e-6) - shifted(-1e-6)) / 2e-6, 6);
      }
    });
  });
});

describe('multiplyTransposed', () => {
  it('multiplies any shape', () => {
    const size = fc.integer({ min: 1, max: 11 });
    fc.assert(
      fc.property(size, size, size, fc.nat(), (m, n, k, seed) => {
        const random = randomFrom(seed);
        const a = Float64Array.from({ length: m * k }, random);
        const b = Float64Array.from({ length: n * k }, random);
        const c = new Float64Array(m * n).fill(Number.NaN);
        multiplyTransposed(m, n, k, a, b, c);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[j * k + p]!;
            expect(c[i * n + j]).toBeCloseTo(sum, 10);
          }
        }
      }),
    );
  });

  it('goes with a transpose that undoes itself', () => {
    const from = fill(15, 1);
    const to = new Float64Array(15);
    const back = new Float64Array(15);
    transpose(3, 5, from, to);
    expect(to[1]).toBe(from[5]);
    transpose(5, 3, to, back);
    expect(back).toEqual(from);
  });
});

describe('sampler', () => {
  it('draws different indices, each as often as another', () => {
    const draw = sampler(10, randomFrom(5));
    const counts = new Array<number>(10).fill(0);
    for (let round = 0; round < 3000; round++) {
      const drawn = draw(4);
      expect(new Set(drawn).size).toBe(4);
      for (const index of drawn) counts[index]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 1200)).toBeLessThan(150);
  });
});

describe('trainMlp', () => {
  /** Inside a circle or outside: no linear probe can tell. */
  const points = (seed: number, rows: number) => {
    const random = randomFrom(seed);
    const data = Float64Array.from({ length: rows * 2 }, () => 4 * random() - 2);
    const y = Array.from({ length: rows }, (_, at) =>
      Math.hypot(data[2 * at]!, data[2 * at + 1]!) < 1.4 ? 1 : 0,
    );
    return { x: matrix(rows, 2, data), y };
  };
  const train = points(1, 300);
  const valid = points(2, 200);
  const accuracyOf = (logits: { data: Float64Array }) =>
    valid.y.filter((label, at) => (logits.data[2 * at + 1]! > logits.data[2 * at]! ? 1 : 0) === label)
      .length / 200;
  const run = (hidden: number[], seed = 1, stopping = { patience: 20, maxSteps: 400 }) => {
    const options = { hidden, dropout: 0, learningRate: 0.01, batchSize: 64, l2: 0, ...stopping };
    const job = trainMlp(train, valid.x, 2, options, seed, accuracyOf);
    for (;;) {
      const next = job.next();
      if (next.done) return next.value;
    }
  };

  it('learns with a hidden layer what a linear probe can not', () => {
    expect(run([32]).score).toBeGreaterThan(0.95);
    expect(run([]).score).toBeLessThan(0.8);
  });

  it('gives the same bits for the same seed, others for another', () => {
    const first = run([8], 7);
    expect(run([8], 7)).toEqual(first);
    expect(run([8], 8).net).not.toEqual(first.net);
  });

  it('gives back the best net, and stops when it gets no better', () => {
    const fit = run([8], 1, { patience: 3, maxSteps: 100_000 });
    expect(accuracyOf({ data: mlpLogits(fit.net, 200, valid.x.data) })).toBe(fit.score);
    expect(fit.steps).toBe(fit.bestStep + 3 * 8);
  });

  it('refuses to train for ever', () => {
    const options = { hidden: [], dropout: 0, learningRate: 0.1, batchSize: 8, l2: 0 };
    expect(() => trainMlp(train, null, 2, options, 1, accuracyOf).next()).toThrow(RangeError);
  });

  it('starts from weights within 1/√inputs', () => {
    const { layers } = initialiseMlp(100, [50], 3, randomFrom(1));
    expect(layers.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [100, 50],
      [50, 3],
    ]);
    const most = Math.max(...layers[0]!.weights.map(Math.abs));
    expect(most).toBeLessThanOrEqual(0.1);
    expect(most).toBeGreaterThan(0.099);
  });
});
