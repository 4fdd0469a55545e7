import type { Neighbours } from './nearest.ts';

/** A graph with weights 0..1, each edge once from either end: the one at `e` leads from `from[e]` to `to[e]`. */
export interface Graph {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float32Array;
}

/** Weighs how near each neighbour is, in the measure of each point: the nearest counts 1. */
export function memberships({ count, k, squares }: Neighbours): Float32Array {
  const target = Math.log2(k);
  const weights = new Float32Array(count * k);
  const distances = new Float64Array(k);
  for (let point = 0; point < count; point++) {
    let mean = 0;
    let nearest = 0;
    for (let at = 0; at < k; at++) {
      const distance = Math.sqrt(squares[point * k + at]!);
      distances[at] = distance;
      mean += distance / k;
      if (nearest === 0 && distance > 0) nearest = distance;
    }
    const width = bandwidth(distances, nearest, target, mean);
    for (let at = 0; at < k; at++) {
      const beyond = distances[at]! - nearest;
      weights[point * k + at] = beyond <= 0 ? 1 : Math.exp(-beyond / width);
    }
  }
  return weights;
}

/** The width at which the weights of a point add up to log₂ k, by bisection. */
function bandwidth(distances: Float64Array, nearest: number, target: number, mean: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let width = 1;
  for (let step = 0; step < 64; step++) {
    let sum = 0;
    for (const distance of distances) sum += distance > nearest ? Math.exp(-(distance - nearest) / width) : 1;
    if (Math.abs(sum - target) < 1e-5) break;
    if (sum > target) {
      high = width;
      width = (low + high) / 2;
    } else {
      low = width;
      width = high === Number.POSITIVE_INFINITY ? width * 2 : (low + high) / 2;
    }
  }
  // As umap-learn: not narrower than a thousandth of the distances around here.
  return Math.max(width, 1e-3 * mean, Number.MIN_VALUE);
}

/**
 * The fuzzy union of what both ends of an edge say of it: a + b − ab (McInnes, Healy & Melville 2018, §3.1).
 * @param least edges with less weight than this share of the largest are left out
 */
export function fuzzyGraph(neighbours: Neighbours, least: number): Graph {
  const { count, k, ids } = neighbours;
  const weights = memberships(neighbours);
  // Who has me as a neighbour, by counting: row starts, then entries.
  const starts = new Int32Array(count + 1);
  for (const id of ids) if (id >= 0) starts[id + 1]!++;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const filled = starts.slice(0, count);
  const sources = new Int32Array(ids.length);
  const given = new Float32Array(ids.length);
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at]!;
    if (id < 0) continue;
    const place = filled[id]!++;
    sources[place] = Math.floor(at / k);
    given[place] = weights[at]!;
  }

  const from = new Int32Array(2 * ids.length);
  const to = new Int32Array(2 * ids.length);
  const union = new Float32Array(2 * ids.length);
  const seen = new Float32Array(count);
  let edges = 0;
  for (let point = 0; point < count; point++) {
    for (let at = point * k; at < (point + 1) * k; at++) if (ids[at]! >= 0) seen[ids[at]!] = weights[at]!;
    const add = (other: number, a: number, b: number) => {
      const weight = a + b - a * b;
      if (weight < least) return;
      from[edges] = point;
      to[edges] = other;
      union[edges++] = weight;
    };
    for (let at = starts[point]!; at < starts[point + 1]!; at++) {
      const other = sources[at]!;
      add(other, seen[other]!, given[at]!);
      // Taken: what is left are neighbours that do not have me.
      seen[other] = 0;
    }
    for (let at = point * k; at < (point + 1) * k; at++) {
      const other = ids[at]!;
      if (other < 0 || seen[other] === 0) continue;
      add(other, seen[other]!, 0);
      seen[other] = 0;
    }
  }
  return { from: from.slice(0, edges), to: to.slice(0, edges), weights: union.slice(0, edges) };
}
