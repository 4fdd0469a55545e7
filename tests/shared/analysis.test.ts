import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWindows } from '../../src/shared/analysis.ts';

describe('planWindows', () => {
  it('puts each window in the middle of its share', () => {
    expect(planWindows(240, { count: 3, seconds: 30 })).toEqual([
      { start: 25, length: 30 },
      { start: 105, length: 30 },
      { start: 185, length: 30 },
    ]);
  });

  it('hears short tracks whole', () => {
    expect(planWindows(0.2, { count: 3, seconds: 30 })).toEqual([{ start: 0, length: 0.2 }]);
    expect(planWindows(31, { count: 3, seconds: 30 })).toEqual([{ start: 0, length: 31 }]);
    expect(planWindows(60, { count: 3, seconds: 30 })).toEqual([
      { start: 0, length: 30 },
      { start: 30, length: 30 },
    ]);
    expect(planWindows(0, { count: 3, seconds: 30 })).toEqual([]);
    expect(planWindows(Number.NaN, { count: 3, seconds: 30 })).toEqual([]);
  });

  it('picks one of the windows by its number', () => {
    const policy = { count: 0, seconds: 30 };
    expect(planWindows(121, { ...policy, only: 2 })).toEqual([planWindows(121, policy)[2]]);
    expect(planWindows(121, { ...policy, only: 4 })).toEqual([]);
  });

  it('never leaves the track, never overlaps, and covers all of it where asked', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 40_000, noNaN: true }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 60 }),
        (duration, count, seconds) => {
          const windows = planWindows(duration, { count, seconds });
          let end = 0;
          for (const { start, length } of windows) {
            expect(start).toBeGreaterThanOrEqual(end - 1e-6);
            expect(length).toBeGreaterThan(0);
            expect(length).toBeLessThanOrEqual(1.5 * seconds + 1e-6);
            end = start + length;
          }
          expect(end).toBeLessThanOrEqual(duration + 1e-6);
          const heard = windows.reduce((sum, { length }) => sum + length, 0);
          const all = count === 0 || duration <= count * seconds;
          expect(heard).toBeCloseTo(all ? duration : count * seconds, 4);
        },
      ),
    );
  });
});
