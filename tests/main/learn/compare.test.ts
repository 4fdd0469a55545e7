import { describe, expect, it } from 'vitest';
import { groupedInterval, translate } from '../../../src/main/learn/compare.ts';

describe('intervals by groups', () => {
  it('are wider where tracks are right and wrong together', () => {
    const values = Array.from({ length: 100 }, (_, at) => (at % 20 < 10 ? 1 : 0));
    const alone = groupedInterval(
      values,
      values.map((_, at) => String(at)),
    );
    const together = groupedInterval(
      values,
      values.map((_, at) => String(Math.floor(at / 10))),
    );
    expect(alone.value).toBe(0.5);
    // Binomial: ±1.96·√(.25/100) = ±.098.
    expect(alone.high - alone.low).toBeCloseTo(0.196, 1);
    expect(together.high - together.low).toBeGreaterThan(2 * (alone.high - alone.low));
    expect(groupedInterval(values, values.map(String))).toEqual(groupedInterval(values, values.map(String)));
  });
});

describe('labels of another predictor', () => {
  it('count as the user’s label of the same name, else as what they mostly go with in other folds', () => {
    const said = (at: number) => [0, 1, 2].map((k) => (k === at ? 0.8 : 0.1));
    const tracks = [
      { label: 0, fold: 0, said: said(0) },
      { label: 1, fold: 0, said: said(1) },
      { label: 1, fold: 1, said: said(1) },
      { label: 1, fold: 1, said: said(2) },
      { label: 0, fold: 0, said: said(2) },
      { label: 0, fold: 1, said: null },
    ];
    // “hiphop” is “Hip-Hop”; “rock” goes with Loud in both folds; “pop” with Hip-Hop in the one and Loud in the other.
    expect(translate(tracks, ['hiphop', 'rock', 'pop'], ['Hip-Hop', 'Loud'])).toEqual([0, 1, 1, 0, 1, -1]);
  });

  it('that mean nothing to the user count as nothing', () => {
    const tracks = [
      { label: 0, fold: 0, said: [0, 1] },
      { label: 0, fold: 1, said: [1, 0] },
    ];
    expect(translate(tracks, ['a', 'b'], ['X'])).toEqual([-1, -1]);
  });
});
