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
  const worth = (from: number, to: number): number =>
    mixScore(tracks[from]!, tracks[to]!, alike(from, to), rule).score;
  const begin = Math.max(0, Math.min(tracks.length - 1, first));
  if (tracks.length <= EXACT) return best(tracks.length, begin, worth);
  const order = greedy(tracks.length, begin, worth);
  return tracks.length <= EXCHANGED ? exchanged(order, worth) : order;
}

/** The path through all places with the greatest sum, by Held and Karp's dynamic programme (1962). */
function best(count: number, first: number, worth: (from: number, to: number) => number): number[] {
  const sets = 1 << count;
  // The greatest sum of a path from `first` through a set of places to one of them, and the place before that one.
  const most = new Float64Array(sets * count).fill(Number.NEGATIVE_INFINITY);
  const before = new Int8Array(sets * count);
  most[(1 << first) * count + first] = 0;
  for (let set = 1; set < sets; set++)
    for (let last = 0; last < count; last++) {
      const sum = most[set * count + last]!;
      if (sum === Number.NEGATIVE_INFINITY) continue;
      for (let next = 0; next < count; next++) {
        if (set & (1 << next)) continue;
        const at = (set | (1 << next)) * count + next;
        const longer = sum + worth(last, next);
        if (longer <= most[at]!) continue;
        most[at] = longer;
        before[at] = last;
      }
    }
  let set = sets - 1;
  let last = 0;
  for (let place = 1; place < count; place++)
    if (most[set * count + place]! > most[set * count + last]!) last = place;
  const order: number[] = [];
  for (let left = count; left > 0; left--) {
    order.unshift(last);
    const previous = before[set * count + last]!;
    set &= ~(1 << last);
    last = previous;
  }
  return order;
}

function greedy(count: number, first: number, worth: (from: number, to: number) => number): number[] {
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
function exchanged(order: number[], worth: (from: number, to: number) => number): number[] {
  const count = order.length;
  const table = new Float64Array(count * count);
  for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) table[a * count + b] = worth(a, b);
  const value = (a: number, b: number) => table[a * count + b]!;
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
