/**
 * Uniform numbers in [0, 1) from a seed: mulberry32 (T. Ettinger, public domain). 32 bits of state are enough for
 * dealing folds, drawing batches and dropping units, and give the same numbers on every machine.
 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Fisher-Yates, in place. */
export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
  return items;
}

/**
 * Draws `count` different indices of `0..from−1` again and again: each call shuffles only as much of a standing
 * permutation as it hands out.
 */
export function sampler(from: number, random: () => number): (count: number) => Int32Array {
  const order = Int32Array.from({ length: from }, (_, index) => index);
  return (count) => {
    for (let at = 0; at < count; at++) {
      const other = at + Math.floor(random() * (from - at));
      const held = order[at]!;
      order[at] = order[other]!;
      order[other] = held;
    }
    return order.slice(0, count);
  };
}
