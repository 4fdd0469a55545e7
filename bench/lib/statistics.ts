/** Deterministic uniform numbers in [0, 1): mulberry32, by T. Ettinger (public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Mean and percentile-bootstrap 95 % interval of the mean (Efron 1979), 10,000 resamples. */
export function bootstrapMean(values: readonly number[], seed = 1): Interval {
  const random = randomFrom(seed);
  const n = values.length;
  const means = Float64Array.from({ length: 10_000 }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random() * n)]!;
    return sum / n;
  }).sort();
  return { mean: values.reduce((a, b) => a + b, 0) / n, low: means[249]!, high: means[9749]! };
}

/** `.651 [.560, .741]`. */
export function formatInterval({ mean, low, high }: Interval): string {
  const number = (x: number) => x.toFixed(3).replace(/^(-?)0\./, '$1.');
  return `${number(mean)} [${number(low)}, ${number(high)}]`;
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
