import type { ProbeLayer } from '../../shared/probe.ts';
import { minimise } from '../lab/lbfgs.ts';
import type { Matrix } from '../lab/matrix.ts';

/*
 * A correction of key nets that knows that music can be transposed: what a net's mistake is (the relative minor, the
 * fifth above) does not depend on the tonic. So one weight stands for an interval and a pair of modes, whatever the
 * key; a few dozen tagged tracks say something of each.
 */

const PITCHES = 12;
const KEYS = 24;
/** Weights of a net: mode heard from × mode heard × interval. */
const PER_NET = 2 * 2 * PITCHES;

/** The loss is exact to 1e-6 then; more is far below what any library can tell apart. */
const FIT = { gradientTolerance: 1e-4, maxIterations: 300 };

/** Scores of keys by place (major 0..11, then minor) from nets' scores. */
export interface KeyModel {
  readonly nets: number;
  /** Of each net `[mode of the key][mode of the score][interval]`, then one bias for each mode. */
  readonly weights: Float64Array;
}

/** Every net believed alike, no corrections: what there is without learning. */
export function plainKeyModel(nets: number): KeyModel {
  const weights = new Float64Array(nets * PER_NET + 2);
  for (let net = 0; net < nets; net++) {
    for (const mode of [0, 1]) weights[net * PER_NET + (mode * 2 + mode) * PITCHES] = 1 / nets;
  }
  return { nets, weights };
}

const modeOf = (key: number): number => (key < PITCHES ? 0 : 1);

/** Place of the weight with which net `net`'s score for key `from` counts for key `to`. */
function weightAt(net: number, to: number, from: number): number {
  const interval = ((from % PITCHES) - (to % PITCHES) + PITCHES) % PITCHES;
  return net * PER_NET + (modeOf(to) * 2 + modeOf(from)) * PITCHES + interval;
}

/** The model as a probe's one layer over the nets' joined scores. */
export function keyLayer({ nets, weights }: KeyModel): ProbeLayer {
  const inputs = nets * KEYS;
  const layer = Float32Array.from(spread(weights, nets));
  const bias = Float32Array.from({ length: KEYS }, (_, key) => weights[nets * PER_NET + modeOf(key)]!);
  return { inputs, outputs: KEYS, weights: layer, bias, activation: 'linear' };
}

/** Scores of each row by a model: one row an example, one column a key. */
export function keyLogits(model: KeyModel, x: Matrix): Matrix {
  const { weights, bias, inputs } = keyLayer(model);
  const data = new Float64Array(x.rows * KEYS);
  for (let row = 0; row < x.rows; row++) {
    for (let key = 0; key < KEYS; key++) {
      let sum = bias[key]!;
      for (let at = 0; at < inputs; at++) sum += weights[key * inputs + at]! * x.data[row * inputs + at]!;
      data[row * KEYS + key] = sum;
    }
  }
  return { rows: x.rows, columns: KEYS, data };
}

/**
 * The model that makes labelled keys most likely: minimises `mean −log p(key) + strength / 2 · ‖w − w₀‖²`, w₀ being the
 * plain model; with few tracks it stays near that. Convex, so the one optimum.
 *
 * @param x one row an example: the nets' natural logarithms of key probabilities, net after net
 * @param y key of each row, 0..23
 */
export function fitKeyModel(x: Matrix, y: readonly number[], strength: number): KeyModel {
  const nets = x.columns / KEYS;
  if (!Number.isInteger(nets) || nets < 1 || y.length !== x.rows || y.length === 0)
    throw new RangeError('Key nets give 24 scores for each example.');
  const plain = plainKeyModel(nets).weights;
  const probabilities = new Float64Array(KEYS);
  const minimum = minimise(
    (w, gradient) => {
      const layer = spread(w, nets);
      gradient.fill(0);
      let loss = 0;
      for (let row = 0; row < x.rows; row++) {
        const scores = x.data.subarray(row * x.columns, (row + 1) * x.columns);
        let top = Number.NEGATIVE_INFINITY;
        for (let key = 0; key < KEYS; key++) {
          let sum = w[nets * PER_NET + modeOf(key)]!;
          for (let at = 0; at < x.columns; at++) sum += layer[key * x.columns + at]! * scores[at]!;
          probabilities[key] = sum;
          top = Math.max(top, sum);
        }
        const label = probabilities[y[row]!]!;
        let total = 0;
        for (let key = 0; key < KEYS; key++) {
          probabilities[key] = Math.exp(probabilities[key]! - top);
          total += probabilities[key]!;
        }
        loss += (Math.log(total) + top - label) / x.rows;
        for (let key = 0; key < KEYS; key++) {
          const error = (probabilities[key]! / total - (key === y[row] ? 1 : 0)) / x.rows;
          gradient[nets * PER_NET + modeOf(key)]! += error;
          for (let at = 0; at < x.columns; at++) {
            gradient[weightAt(Math.floor(at / KEYS), key, at % KEYS)]! += error * scores[at]!;
          }
        }
      }
      for (let at = 0; at < w.length; at++) {
        const away = w[at]! - plain[at]!;
        loss += (strength / 2) * away * away;
        gradient[at]! += strength * away;
      }
      return loss;
    },
    plain,
    FIT,
  );
  return { nets, weights: minimum.x };
}

/** The few weights at every place where they count: one row a key, one column a net's score of a key. */
function spread(weights: Float64Array, nets: number): Float64Array {
  const inputs = nets * KEYS;
  const layer = new Float64Array(KEYS * inputs);
  for (let to = 0; to < KEYS; to++) {
    for (let at = 0; at < inputs; at++) {
      layer[to * inputs + at] = weights[weightAt(Math.floor(at / KEYS), to, at % KEYS)]!;
    }
  }
  return layer;
}
