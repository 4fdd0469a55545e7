/** For each of `count` points its `k` nearest others, nearest first; −1 where none is known yet. */
export interface Neighbours {
  readonly count: number;
  readonly k: number;
  readonly ids: Int32Array;
  /** Squared distances. */
  readonly squares: Float32Array;
}

/** Lists of nearest points that are filled step by step. `fresh` marks what came since it was last looked at. */
export class Nearest implements Neighbours {
  readonly count: number;
  readonly k: number;
  readonly ids: Int32Array;
  readonly squares: Float32Array;
  readonly fresh: Uint8Array;

  constructor(count: number, k: number) {
    this.count = count;
    this.k = k;
    this.ids = new Int32Array(count * k).fill(-1);
    this.squares = new Float32Array(count * k).fill(Number.POSITIVE_INFINITY);
    this.fresh = new Uint8Array(count * k);
  }

  /** Squared distance of the farthest that is kept: nothing farther is worth offering. */
  worst(point: number): number {
    return this.squares[(point + 1) * this.k - 1]!;
  }

  /** Takes a candidate in where it is nearer than one that is kept. Returns whether it was. */
  offer(point: number, id: number, square: number): boolean {
    const { k, ids, squares, fresh } = this;
    const first = point * k;
    let at = first + k - 1;
    if (!(square < squares[at]!)) return false;
    for (let other = first; other <= at; other++) if (ids[other] === id) return false;
    while (at > first && squares[at - 1]! > square) {
      ids[at] = ids[at - 1]!;
      squares[at] = squares[at - 1]!;
      fresh[at] = fresh[at - 1]!;
      at--;
    }
    ids[at] = id;
    squares[at] = square;
    fresh[at] = 1;
    return true;
  }
}
