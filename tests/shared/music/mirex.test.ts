import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyFromIndex, keyOf, transposeKey } from '../../../src/shared/music/key.ts';
import { mirexScore } from '../../../src/shared/music/mirex.ts';

const anyKey = fc.integer({ min: 0, max: 23 }).map(keyFromIndex);

describe('mirexScore', () => {
  // Values of mir_eval.key.weighted_score 0.8.2.
  it.each([
    ['C', 'C', 1],
    ['C', 'G', 0.5],
    ['C', 'F', 0],
    ['C', 'Am', 0.3],
    ['Am', 'C', 0.3],
    ['C', 'Cm', 0.2],
    ['Cm', 'C', 0.2],
    ['Am', 'Em', 0.5],
    ['Em', 'Am', 0],
    ['C', 'Em', 0],
    ['C', 'D', 0],
  ])('%s heard as %s scores %s', (reference, estimate, score) => {
    expect(mirexScore(keyOf(reference)!, keyOf(estimate)!)).toBe(score);
  });

  it('does not change when both are transposed', () => {
    fc.assert(
      fc.property(anyKey, anyKey, fc.integer({ min: -24, max: 24 }), (reference, estimate, steps) => {
        expect(mirexScore(transposeKey(reference, steps), transposeKey(estimate, steps))).toBe(
          mirexScore(reference, estimate),
        );
      }),
    );
  });

  it('gives each reference 1 + .5 + .3 + .2 over all 24 estimates', () => {
    for (let i = 0; i < 24; i++) {
      let sum = 0;
      for (let j = 0; j < 24; j++) sum += mirexScore(keyFromIndex(i), keyFromIndex(j));
      expect(sum).toBeCloseTo(2, 12);
    }
  });
});
