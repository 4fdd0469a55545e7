import { randomFrom } from '../lab/random.ts';
import type { Points } from './points.ts';

/** Points of a leaf at most. */
const LEAF = 32;

/**
 * A tree that halves space again and again by the plane between two points drawn by lot (Bernhardsson's Annoy;
 * Dasgupta & Freund 2008). Nodes: `a`, `b` the two points; `left`, `right` the nodes below, or, in a leaf, `a` is −1 and
 * `left`..`right` is its run of `items`.
 */
interface Tree {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly items: Int32Array;
  readonly nodes: number;
}

/** Several such trees: points that share a leaf of one of them are likely near. */
export class Forest {
  readonly #points: Points;
  readonly #trees: readonly Tree[];

  constructor(points: Points, trees: number, seed: number) {
    this.#points = points;
    const random = randomFrom(seed);
    this.#trees = Array.from({ length: trees }, () => grow(points, random));
  }

  /** Every leaf of every tree: indices of points. */
  *leaves(): Generator<Int32Array> {
    for (const { a, left, right, items, nodes } of this.#trees)
      for (let node = 0; node < nodes; node++)
        if (a[node] === -1) yield items.subarray(left[node]!, right[node]!);
  }

  /** The leaf of each tree that a vector falls into, one after the other. */
  *around(vector: Float32Array): Generator<Int32Array> {
    for (const { a, b, left, right, items } of this.#trees) {
      let node = 0;
      while (a[node] !== -1)
        node = side(this.#points, vector, 0, a[node]!, b[node]!) < 0 ? left[node]! : right[node]!;
      yield items.subarray(left[node]!, right[node]!);
    }
  }
}

/** Negative where a vector is nearer to point `a` than to `b`. */
function side({ data, width }: Points, vector: Float32Array, at: number, a: number, b: number): number {
  let sum = 0;
  const first = a * width;
  const second = b * width;
  for (let c = 0; c < width; c++) {
    const from = data[first + c]!;
    const to = data[second + c]!;
    sum += (to - from) * (vector[at + c]! - (from + to) / 2);
  }
  return sum;
}

function grow(points: Points, random: () => number): Tree {
  const { count, data, width } = points;
  const items = Int32Array.from({ length: count }, (_, i) => i);
  const most = Math.max(1, 4 * Math.ceil(count / LEAF) + 1);
  const room = { a: grown(most), b: grown(most), left: grown(most), right: grown(most) };
  let nodes = 0;
  const node = (): number => {
    if (nodes === room.a.length)
      for (const name of ['a', 'b', 'left', 'right'] as const) {
        const larger = new Int32Array(nodes * 2);
        larger.set(room[name]);
        room[name] = larger;
      }
    return nodes++;
  };
  // A stack, not recursion: points that coincide can make a tree deep.
  const waiting: [at: number, start: number, end: number, depth: number][] = [[node(), 0, count, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [at, start, end, depth] = next;
    if (end - start <= LEAF || depth > 200) {
      room.a[at] = -1;
      room.left[at] = start;
      room.right[at] = end;
      continue;
    }
    const a = items[start + Math.floor(random() * (end - start))]!;
    const b = items[start + Math.floor(random() * (end - start))]!;
    let low = start;
    let high = end;
    while (low < high) {
      const item = items[low]!;
      const which = a === b ? random() - 0.5 : side(points, data, item * width, a, b) || random() - 0.5;
      if (which < 0) low++;
      else {
        items[low] = items[--high]!;
        items[high] = item;
      }
    }
    // All on one side (points that coincide): cut anywhere.
    if (low === start || low === end) low = (start + end) >> 1;
    room.a[at] = a;
    room.b[at] = b;
    const below = node();
    const above = node();
    room.left[at] = below;
    room.right[at] = above;
    waiting.push([below, start, low, depth + 1], [above, low, end, depth + 1]);
  }
  return { ...room, items, nodes };
}

const grown = (length: number): Int32Array => new Int32Array(length);
