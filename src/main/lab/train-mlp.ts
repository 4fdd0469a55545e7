import { Adam } from './adam.ts';
import type { Matrix } from './matrix.ts';
import { copyMlp, initialiseMlp, type Mlp, mlpGradients, mlpLogits } from './mlp.ts';
import { randomFrom, sampler } from './random.ts';

/** One point of the protocol's grid, save standardisation. */
export interface MlpOptions {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Probability that an input or a hidden unit is dropped, 0 ≤ dropout < 1. */
  readonly dropout: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly l2: number;
}

/** When to stop. The defaults are the protocol's. */
export interface StoppingOptions {
  /** Steps between two looks at the validation examples. */
  readonly checkEvery?: number;
  /** Looks without a better score after which training ends. */
  readonly patience?: number;
  readonly maxSteps?: number;
}

export interface MlpFit {
  readonly net: Mlp;
  /** The best validation score, that of `net`. */
  readonly score: number;
  readonly bestStep: number;
  /** Steps made altogether. */
  readonly steps: number;
}

/** Examples for an MLP: standardised rows, their classes and, if any, weights. */
export interface MlpExamples {
  readonly x: Matrix;
  readonly y: readonly number[];
  readonly weights?: ArrayLike<number>;
}

/** Scores of standardised rows: one row an example, one column a class. */
export function logitsOfNet(net: Mlp, x: Matrix): Matrix {
  const data = mlpLogits(net, x.rows, x.data);
  return { rows: x.rows, columns: data.length / Math.max(1, x.rows), data };
}

/** The training did not lead anywhere: no finite score was ever reached. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/**
 * Trains a probe as Castellon et al. (2021) do: each step draws a batch without replacement from all examples, Adam,
 * dropout on the input and after each hidden layer; every 8 steps the validation score is looked at, and after 256
 * looks without a better one the best net is given back. Same seed, same net, on every machine.
 *
 * A generator, so that whoever drives it can show progress and stop at any step.
 *
 * @param valid standardised rows to stop by; without them training goes on for `maxSteps`, and the last net is it
 * @param scoreOf higher is better; gets the validation logits
 * @yields the number of steps made, each time the validation examples were looked at
 */
export function* trainMlp(
  train: MlpExamples,
  valid: Matrix | null,
  classes: number,
  options: MlpOptions & StoppingOptions,
  seed: number,
  scoreOf: (logits: Matrix) => number,
): Generator<number, MlpFit, void> {
  const { checkEvery = 8, patience = 256, maxSteps = Number.POSITIVE_INFINITY } = options;
  if (!valid && !Number.isFinite(maxSteps)) {
    throw new RangeError('Without validation examples the number of steps must be given.');
  }
  const { columns } = train.x;
  const random = randomFrom(seed);
  const net = initialiseMlp(columns, options.hidden, classes, random);
  const adam = new Adam(options);
  const size = Math.min(options.batchSize, train.x.rows);
  const draw = sampler(train.x.rows, random);

  let best: { net: Mlp; score: number; step: number } | null = null;
  let bored = 0;
  let step = 0;
  for (; ; step++) {
    if (step % checkEvery === 0 || step >= maxSteps) {
      const score = valid ? scoreOf(logitsOfNet(net, valid)) : step;
      if (valid && Number.isFinite(score) && score > (best?.score ?? Number.NEGATIVE_INFINITY)) {
        best = { net: copyMlp(net), score, step };
        bored = 0;
      } else if (valid) bored += 1;
      yield step;
      if (bored >= patience || step >= maxSteps) break;
    }
    const indices = draw(size);
    const x = new Float64Array(size * columns);
    indices.forEach((index, at) => {
      x.set(train.x.data.subarray(index * columns, (index + 1) * columns), at * columns);
    });
    const { gradients } = mlpGradients(
      net,
      {
        rows: size,
        x,
        y: Int32Array.from(indices, (index) => train.y[index]!),
        weights: Float64Array.from(indices, (index) => train.weights?.[index] ?? 1),
      },
      options.dropout,
      random,
    );
    adam.step(
      net.layers.flatMap((layer, index) => [
        [layer.weights, gradients[index]!.weights] as const,
        [layer.bias, gradients[index]!.bias] as const,
      ]),
    );
  }
  if (!valid) return { net, score: Number.NaN, bestStep: step, steps: step };
  if (!best) throw new DivergedError('Training an MLP led to no finite score.');
  return { net: best.net, score: best.score, bestStep: best.step, steps: step };
}
