import { type CompatibilityRule, DEFAULT_RULE } from './compatible.ts';
import { type MixTrack, mixScore } from './mixing.ts';

/** Up to this, the best order is found for certain: n² · 2ⁿ steps. */
const EXACT = 11;

/** Beyond this, only the greedy order is made: exchanging looks at every pair. */
const EXCHANGED = 400;

/** Rounds of exchanges at most; each takes n² looks. */
const ROUNDS = 30;

/**
 * An order in which each track mixes well after the one before it: the best there is for a few tracks; for more, from
 * the first one on always the best next, then runs are turned round wherever that makes the whole better. Returns
 * places in `tracks`.
 *
 * @param first place of the track to begin with; by default the first
 * @param alike similarity of two tracks by their places, −1..1; null where it is not known
 */
export function orderSet(
  tracks: readonly MixTrack[],
  options: {
    readonly first?: number;
    readonly rule?: CompatibilityRule;
    readonly alike?: (a: number, b: number) => number | null;
  } = {},
): number[] {
  const { first = 0, rule = DEFAULT_RULE, alike = () => null } = options;
  if (tracks.length === 0) return [];
  const worth: Worth = (from, to) => mixScore(tracks[from]!, tracks[to]!, alike(from, to), rule).score;
  const count = tracks.length;
  const begin = Math.max(0, Math.min(tracks.length - 1, first));
  if (count <= EXACT) return best(count, begin, tableOf(count, worth));
  const order = greedy(count, begin, worth);
  return count <= EXCHANGED ? exchanged(order, worth) : order;
}

/** What it is worth that one place follows another. */
type Worth = (from: number, to: number) => number;

/** The same, asked once for each pair. */
function tableOf(count: number, worth: Worth): Worth {
  const table = new Float64Array(count * count);
  for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) table[a * count + b] = worth(a, b);
  return (from, to) => table[from * count + to]!;
}

/**
 * The path through all places with the greatest sum, by Held and Karp's dynamic programme (1962). Where several are as
 * good, the one that comes first in the order given.
 */
function best(count: number, first: number, worth: Worth): number[] {
  const all = (1 << count) - 1;
  // By the set of places that were passed and the last of them: the greatest sum of the way through the others.
  const ahead = new Float64Array((all + 1) * count);
  const value = (passed: number, last: number, next: number) =>
    worth(last, next) + ahead[(passed | (1 << next)) * count + next]!;
  for (let passed = all - 1; passed > 0; passed--)
    for (let last = 0; last < count; last++) {
      if (!(passed & (1 << last))) continue;
      let most = Number.NEGATIVE_INFINITY;
      for (let next = 0; next < count; next++)
        if (!(passed & (1 << next))) most = Math.max(most, value(passed, last, next));
      ahead[passed * count + last] = most;
    }
  const order = [first];
  for (let passed = 1 << first, last = first; passed !== all; passed |= 1 << last) {
    const most = ahead[passed * count + last]! - 1e-9;
    let next = 0;
    while (passed & (1 << next) || value(passed, last, next) < most) next++;
    order.push(next);
    last = next;
  }
  return order;
}

function greedy(count: number, first: number, worth: Worth): number[] {
  const left = new Set(Array.from({ length: count }, (_, place) => place));
  const order = [first];
  left.delete(first);
  for (let at = first; left.size > 0; ) {
    let best = -1;
    let most = -1;
    for (const place of left) {
      const value = worth(at, place);
      if (value > most) {
        most = value;
        best = place;
      }
    }
    order.push(best);
    left.delete(best);
    at = best;
  }
  return order;
}

/** 2-opt on a path with a fixed beginning. Mixing is not symmetric (a lift is a drop backwards), so runs are summed. */
function exchanged(order: number[], worth: Worth): number[] {
  const count = order.length;
  const value = tableOf(count, worth);
  const path = [...order];
  for (let round = 0; round < ROUNDS; round++) {
    let better = false;
    for (let from = 1; from < count - 1; from++) {
      let forth = 0;
      let back = 0;
      for (let to = from + 1; to < count; to++) {
        forth += value(path[to - 1]!, path[to]!);
        back += value(path[to]!, path[to - 1]!);
        const [before, head, tail, after] = [path[from - 1]!, path[from]!, path[to]!, path[to + 1]];
        const now = value(before, head) + forth + (after === undefined ? 0 : value(tail, after));
        const turned = value(before, tail) + back + (after === undefined ? 0 : value(head, after));
        if (turned <= now + 1e-9) continue;
        reverse(path, from, to);
        better = true;
        [forth, back] = [back, forth];
      }
    }
    if (!better) break;
  }
  return path;
}

function reverse(path: number[], from: number, to: number): void {
  for (let low = from, high = to; low < high; low++, high--)
    [path[low], path[high]] = [path[high]!, path[low]!];
}
