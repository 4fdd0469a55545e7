import type { Graph } from './fuzzy.ts';
import type { Told } from './neighbours.ts';

/** The curve 1 / (1 + a·d^(2b)) that falls off as `min_dist` 0.1 and `spread` 1 want it: umap-learn's own fit. */
export const CURVE = { a: 1.576943460405378, b: 0.8950608781227859 } as const;

/** Points that are pushed away for each that is drawn near. */
const NEGATIVES = 5;

/**
 * Rounds, as umap-learn takes them: few points need more. A warm start needs fewer.
 */
export const epochsFor = (count: number): number => (count <= 10_000 ? 500 : 200);

export interface OptimiseOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Points from this index on move; those before stay where they are. Default 0: all move. */
  readonly movingFrom?: number;
  /** Step at the start; falls to 0. Default 1. */
  readonly rate?: number;
  readonly told?: Told;
}

/**
 * Moves points so that those with an edge come near and others keep off: UMAP's stochastic gradient descent with
 * negative sampling (McInnes, Healy & Melville 2018, algorithm 5), in the order of umap-learn, one thread, so that the
 * same seed gives the same map.
 * @param places x and y of each point, changed in place
 */
export async function optimise(graph: Graph, places: Float32Array, options: OptimiseOptions): Promise<void> {
  const { epochs, movingFrom = 0, rate = 1, told } = options;
  const { from, to } = graph;
  const count = places.length / 2;
  const every = intervals(graph.weights);
  const due = Float32Array.from(every);
  const dueNegative = every.map((interval) => interval / NEGATIVES);
  const power = powers();
  const bits = new Float32Array(1);
  const asInteger = new Int32Array(bits.buffer);
  const { a, b } = CURVE;
  let state = (options.seed >>> 0) + 0x9e3779b9 || 1;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const step = rate * (1 - (epoch - 1) / epochs);
    for (let edge = 0; edge < from.length; edge++) {
      if (due[edge]! > epoch) continue;
      due[edge]! += every[edge]!;
      const i = from[edge]!;
      const j = to[edge]!;
      const movesI = i >= movingFrom;
      let x = places[2 * i]!;
      let y = places[2 * i + 1]!;
      const otherX = places[2 * j]!;
      const otherY = places[2 * j + 1]!;
      const dx = x - otherX;
      const dy = y - otherY;
      const square = dx * dx + dy * dy;
      if (square > 0) {
        bits[0] = square;
        const raised = power[asInteger[0]! >>> POWER_SHIFT]!;
        const pull = (-2 * a * b * raised) / (square * (a * raised + 1));
        const moveX = clipped(pull * dx) * step;
        const moveY = clipped(pull * dy) * step;
        x += moveX;
        y += moveY;
        if (j >= movingFrom) {
          places[2 * j] = otherX - moveX;
          places[2 * j + 1] = otherY - moveY;
        }
      }
      if (!movesI) continue;
      const interval = every[edge]! / NEGATIVES;
      const times = Math.floor((epoch - dueNegative[edge]!) / interval);
      for (let time = 0; time < times; time++) {
        // Marsaglia's xorshift: one number in a few cycles is what this loop is made of.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const k = (state >>> 0) % count;
        if (k === i) continue;
        const awayX = x - places[2 * k]!;
        const awayY = y - places[2 * k + 1]!;
        const apart = awayX * awayX + awayY * awayY;
        if (apart > 0) {
          bits[0] = apart;
          const push = (2 * b) / ((0.001 + apart) * (a * power[asInteger[0]! >>> POWER_SHIFT]! + 1));
          x += clipped(push * awayX) * step;
          y += clipped(push * awayY) * step;
        }
      }
      dueNegative[edge]! += times * interval;
      places[2 * i] = x;
      places[2 * i + 1] = y;
    }
    if (told) await told(epoch / epochs);
  }
}

/** In how many rounds an edge takes part once: the heaviest in each. */
function intervals(weights: Float32Array): Float32Array {
  let most = 0;
  for (const weight of weights) most = Math.max(most, weight);
  return weights.map((weight) => most / weight);
}

const clipped = (value: number): number => (value > 4 ? 4 : value < -4 ? -4 : value);

const POWER_SHIFT = 13;

/**
 * d²ᵇ of a squared distance by the upper bits of the float: exact to 0.05 %, and several times as fast as
 * `Math.pow`, which would take most of the time.
 */
function powers(): Float32Array {
  const table = new Float32Array(2 ** (31 - POWER_SHIFT));
  const bits = new Int32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let at = 0; at < table.length; at++) {
    bits[0] = (at << POWER_SHIFT) | (1 << (POWER_SHIFT - 1));
    table[at] = Number.isFinite(value[0]!) ? value[0]! ** CURVE.b : Number.MAX_VALUE;
  }
  return table;
}
