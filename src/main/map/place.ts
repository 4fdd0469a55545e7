import { Forest } from './forest.ts';
import { memberships } from './fuzzy.ts';
import { NEIGHBOURS } from './layout.ts';
import { Nearest } from './nearest.ts';
import type { Told } from './neighbours.ts';
import { optimise } from './optimise.ts';
import { distance2, type Points } from './points.ts';

/** Trees that are asked where a point belongs: with this many about four of five of its true neighbours are seen. */
const TREES = 16;

/** New points that are still moved until they sit well; for more, between their neighbours is good enough. */
const SETTLED_BY_HAND = 50_000;
const EPOCHS = 60;

/** Points that are placed between two breaths. */
const PORTION = 2000;

/**
 * Finds places for points that came later, among those that lie already, which do not move: between their nearest
 * neighbours, by UMAP's own weights, then by its descent with only the new ones moving (as umap-learn's `transform`).
 * @param laid points that have a place
 * @param places x and y of these
 * @returns x and y of the new ones
 */
export async function placeAmong(
  laid: Points,
  places: Float32Array,
  added: Points,
  seed: number,
  told: Told = () => undefined,
): Promise<Float32Array> {
  const k = Math.min(NEIGHBOURS, laid.count);
  const nearest = new Nearest(added.count, k);
  const forest = new Forest(laid, TREES, seed);
  const seen = new Int32Array(laid.count).fill(-1);
  for (let point = 0; point < added.count; point++) {
    const vector = added.data.subarray(point * added.width, (point + 1) * added.width);
    for (const leaf of forest.around(vector)) {
      for (const other of leaf) {
        if (seen[other] === point) continue;
        seen[other] = point;
        nearest.offer(point, other, distance2(vector, 0, laid.data, other, laid.width));
      }
    }
    if (point % PORTION === PORTION - 1) await told(point / added.count);
  }
  const found = between(nearest, places);
  if (added.count <= SETTLED_BY_HAND) await settle(nearest, places, found, seed);
  await told(1);
  return found;
}

/** The mean of the neighbours' places, each by its weight. */
function between(nearest: Nearest, places: Float32Array): Float32Array {
  const { count, k, ids } = nearest;
  const weights = memberships(nearest);
  const found = new Float32Array(count * 2);
  for (let point = 0; point < count; point++) {
    let sum = 0;
    for (let at = point * k; at < (point + 1) * k; at++) {
      const other = ids[at]!;
      if (other < 0) break;
      const weight = weights[at]!;
      sum += weight;
      found[2 * point]! += weight * places[2 * other]!;
      found[2 * point + 1]! += weight * places[2 * other + 1]!;
    }
    if (sum > 0) {
      found[2 * point]! /= sum;
      found[2 * point + 1]! /= sum;
    }
  }
  return found;
}

async function settle(
  nearest: Nearest,
  places: Float32Array,
  found: Float32Array,
  seed: number,
): Promise<void> {
  const { count, k, ids } = nearest;
  const laid = places.length / 2;
  const all = new Float32Array(places.length + found.length);
  all.set(places);
  all.set(found, places.length);
  const weights = memberships(nearest);
  const kept = [...weights.keys()].filter((at) => ids[at]! >= 0 && weights[at]! >= 1 / EPOCHS);
  const graph = {
    from: Int32Array.from(kept, (at) => laid + Math.floor(at / k)),
    to: Int32Array.from(kept, (at) => ids[at]!),
    weights: Float32Array.from(kept, (at) => weights[at]!),
  };
  if (count > 0) await optimise(graph, all, { epochs: EPOCHS, seed, movingFrom: laid, rate: 0.25 });
  found.set(all.subarray(places.length));
}
