import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { lossError, simplestWithinError } from '../../../src/main/lab/one-standard-error.ts';

describe('simplestWithinError', () => {
  const candidate = (freedom: number, loss: number, error = 0.1) => ({ freedom, loss, error });

  it('takes the stiffest candidate that is about as good as the best', () => {
    const stiff = candidate(0.01, 0.59);
    const all = [candidate(0.003, 0.61), stiff, candidate(0.1, 0.5), candidate(1, 0.52)];
    expect(simplestWithinError(all)).toBe(stiff);
  });

  it('takes the better of two that are equally stiff, and the best where nothing is as good', () => {
    const better = candidate(0.01, 0.55);
    expect(simplestWithinError([candidate(0.01, 0.58), better, candidate(1, 0.5)])).toBe(better);
    const best = candidate(1, 0.5, 0.01);
    expect(simplestWithinError([candidate(0.01, 0.55), best])).toBe(best);
  });
});

describe('lossError', () => {
  it('is the deviation of the folds’ losses by the root of their number', () => {
    // Two labels: an even row costs ln 2 whatever its label, a row (a, 0) costs ln(1 + e^−a) for label 0.
    const logits = matrix(4, 2, Float64Array.of(0, 0, 0, 0, 2, 0, 2, 0));
    const [even, sure] = [Math.log(2), Math.log(1 + Math.exp(-2))];
    const deviation = Math.abs(even - sure) / Math.SQRT2;
    expect(lossError(logits, [0, 1, 0, 0], [0, 0, 1, 1], 1)).toBeCloseTo(deviation / Math.SQRT2, 12);
    expect(() => lossError(logits, [0, 1, 0, 0], [0, 0, 0, 0], 1)).toThrow(RangeError);
  });
});
