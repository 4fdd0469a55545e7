import { randomFrom } from '../lab/random.ts';
import { Forest } from './forest.ts';
import { Nearest, type Neighbours } from './nearest.ts';
import { distance2, type Points } from './points.ts';

/** Up to so many points every pair is compared: less than a second. */
export const EXACT = 4000;

/** Neighbours of neighbours that are compared for each point in a round. */
const CANDIDATES = 20;
const ROUNDS = 12;
/** It is over when so small a share of the lists changes in a round. */
const SETTLED = 0.002;

/** Told after each round: how far it is, 0..1. */
export type Told = (share: number) => void | Promise<void>;

/** The `k` nearest neighbours of each point: exact for few points, by NN-descent for many. */
export async function nearestNeighbours(
  points: Points,
  k: number,
  seed: number,
  told: Told = () => undefined,
): Promise<Neighbours> {
  const nearest = new Nearest(points.count, Math.min(k, points.count - 1));
  if (points.count <= EXACT) everyPair(points, nearest);
  else await descend(points, nearest, seed, told);
  return nearest;
}

function everyPair(points: Points, nearest: Nearest): void {
  const { count, data, width } = points;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const square = distance2(data, i, data, j, width);
      nearest.offer(i, j, square);
      nearest.offer(j, i, square);
    }
  }
}

/**
 * NN-descent (Dong, Charikar & Li 2011): a neighbour of a neighbour is likely a neighbour. Begun from a forest of random
 * projection trees, as in McInnes' pynndescent.
 */
async function descend(points: Points, nearest: Nearest, seed: number, told: Told): Promise<void> {
  const { count, data, width } = points;
  const offer = (i: number, j: number): number => {
    const square = distance2(data, i, data, j, width);
    return (
      (square < nearest.worst(i) && nearest.offer(i, j, square) ? 1 : 0) +
      (square < nearest.worst(j) && nearest.offer(j, i, square) ? 1 : 0)
    );
  };
  const trees = Math.min(12, 4 + Math.round(Math.sqrt(count) / 40));
  for (const leaf of new Forest(points, trees, seed).leaves())
    for (let a = 1; a < leaf.length; a++) for (let b = 0; b < a; b++) offer(leaf[a]!, leaf[b]!);
  await told(0.2);

  const random = randomFrom(seed + 1);
  const fresh = new Lots(count, random);
  const known = new Lots(count, random);
  for (let round = 0; round < ROUNDS; round++) {
    drawCandidates(nearest, fresh, known);
    let changed = 0;
    for (let point = 0; point < count; point++) {
      const mine = fresh.of(point);
      const older = known.of(point);
      for (let a = 0; a < mine.length; a++) {
        const i = mine[a]!;
        for (let b = 0; b < a; b++) if (mine[b] !== i) changed += offer(i, mine[b]!);
        for (let b = 0; b < older.length; b++) if (older[b] !== i) changed += offer(i, older[b]!);
      }
    }
    await told(0.2 + (0.8 * (round + 1)) / ROUNDS);
    if (changed < SETTLED * count * nearest.k) return;
  }
}

/** Deals each point its neighbours, and the points that it is a neighbour of, new ones apart from known ones. */
function drawCandidates(nearest: Nearest, fresh: Lots, known: Lots): void {
  const { count, k, ids } = nearest;
  fresh.clear();
  known.clear();
  for (let point = 0; point < count; point++) {
    for (let at = point * k; at < (point + 1) * k; at++) {
      const other = ids[at]!;
      if (other < 0) break;
      const lots = nearest.fresh[at] ? fresh : known;
      lots.put(point, other);
      lots.put(other, point);
    }
  }
  // What was drawn has been looked at after this round; the rest stays new.
  for (let point = 0; point < count; point++) {
    const mine = fresh.of(point);
    for (let at = point * k; at < (point + 1) * k; at++)
      if (nearest.fresh[at] && mine.includes(ids[at]!)) nearest.fresh[at] = 0;
  }
}

/** For each point up to `CANDIDATES` others, each of those that were put with the same chance (Vitter's reservoir). */
class Lots {
  readonly #ids: Int32Array;
  readonly #seen: Int32Array;
  readonly #random: () => number;

  constructor(count: number, random: () => number) {
    this.#ids = new Int32Array(count * CANDIDATES);
    this.#seen = new Int32Array(count);
    this.#random = random;
  }

  clear(): void {
    this.#seen.fill(0);
  }

  put(point: number, id: number): void {
    const seen = this.#seen[point]!++;
    const at = seen < CANDIDATES ? seen : Math.floor(this.#random() * (seen + 1));
    if (at < CANDIDATES) this.#ids[point * CANDIDATES + at] = id;
  }

  of(point: number): Int32Array {
    const first = point * CANDIDATES;
    return this.#ids.subarray(first, first + Math.min(CANDIDATES, this.#seen[point]!));
  }
}
