import { randomFrom } from './random.ts';

/** A mean with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 10_000;

/**
 * Mean and percentile-bootstrap 95 % interval (Efron 1979) with a fixed seed: the same values give the same figures.
 */
export function bootstrapInterval(values: readonly number[], seed = 1): Estimate {
  const n = values.length;
  if (n === 0) throw new RangeError('There is nothing to average.');
  const random = randomFrom(seed);
  const from = Float64Array.from(values);
  const means = new Float64Array(RESAMPLES);
  for (let at = 0; at < RESAMPLES; at++) {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += from[Math.floor(random() * n)]!;
    means[at] = sum / n;
  }
  means.sort();
  return {
    value: from.reduce((sum, value) => sum + value, 0) / n,
    low: means[Math.floor(RESAMPLES * 0.025)]!,
    high: means[Math.ceil(RESAMPLES * 0.975) - 1]!,
  };
}
