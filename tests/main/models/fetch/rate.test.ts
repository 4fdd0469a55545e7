import { describe, expect, it } from 'vitest';
import { Rate } from '../../../../src/main/models/fetch/rate.ts';
import { FetchReporter } from '../../../../src/main/models/fetch/reporter.ts';
import type { InstallProgress } from '../../../../src/shared/model-install.ts';

function rateOf(pieces: readonly (readonly [ms: number, bytes: number])[]): number {
  let now = 0;
  const rate = new Rate(() => now);
  for (const [ms, bytes] of pieces) {
    now += ms;
    rate.add(bytes);
  }
  return rate.bytesPerSecond;
}

describe('the rate of a fetch', () => {
  it('is 0 before anything came, and right from the first piece on', () => {
    expect(rateOf([])).toBe(0);
    expect(rateOf([[100, 1000]])).toBeCloseTo(10_000, 6);
    expect(rateOf(Array.from({ length: 500 }, () => [100, 1000] as const))).toBeCloseTo(10_000, 6);
  });

  it('follows a change within seconds, but no single hiccup', () => {
    const fast = Array.from({ length: 200 }, () => [100, 10_000] as const);
    const slow = Array.from({ length: 200 }, () => [100, 1000] as const);
    expect(rateOf([...fast, ...slow])).toBeLessThan(20_000);
    expect(rateOf([...fast, [400, 1000]])).toBeGreaterThan(90_000);
  });
});

describe('the progress of a fetch', () => {
  it('is measured against the estimate until all sizes are known', () => {
    const told: InstallProgress[] = [];
    const reporter = new FetchReporter(1000, 2, (progress) => told.push(progress));
    reporter.expect('a', 100);
    reporter.at('a', 50);
    reporter.expect('b', 300);
    reporter.at('a', 100);
    reporter.came(100);
    reporter.at('b', 100);
    expect(told.map(({ done, total }) => [done, total])).toEqual([
      [50, 1000],
      [100, 400],
      [200, 400],
    ]);
    expect(told[1]?.secondsLeft).toBeNull();
    expect(told[2]?.secondsLeft).toBeGreaterThan(0);
  });
});
