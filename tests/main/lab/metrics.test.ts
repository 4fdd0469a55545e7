import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTemperature } from '../../../src/main/lab/calibrate.ts';
import { matrix } from '../../../src/main/lab/matrix.ts';
import {
  accuracy,
  confusionMatrix,
  expectedCalibrationError,
  negativeLogLikelihood,
  wilsonInterval,
} from '../../../src/main/lab/metrics.ts';
import { columnMoments, standardise } from '../../../src/main/lab/standardise.ts';

const logits = matrix(3, 2, [Math.log(3), 0, 0, Math.log(3), Math.log(3), 0]);
const labels = [0, 1, 1];

describe('metrics', () => {
  it('count and measure as defined', () => {
    expect(accuracy(logits, labels)).toBeCloseTo(2 / 3, 12);
    expect(confusionMatrix(logits, labels)).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(negativeLogLikelihood(logits, labels)).toBeCloseTo((2 * -Math.log(0.75) - Math.log(0.25)) / 3, 12);
    // All three at confidence .75, two right: |.75 − .667|.
    expect(expectedCalibrationError(logits, labels)).toBeCloseTo(0.75 - 2 / 3, 12);
    expect(() => accuracy(logits, [0])).toThrow(RangeError);
  });

  it("know Wilson's interval", () => {
    const [low, high] = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
  });
});

describe('fitTemperature', () => {
  it('matches confidence to how often it is right', () => {
    // Three of four right at equal confidence: the likeliest confidence is 3/4, at log 3 = 6 / T.
    const sure = matrix(4, 2, [6, 0, 6, 0, 6, 0, 6, 0]);
    expect(fitTemperature(sure, [0, 0, 0, 1])).toBeCloseTo(6 / Math.log(3), 4);
  });

  it('is nowhere beaten by another temperature', () => {
    const example = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.nat(1));
    fc.assert(
      fc.property(
        fc.array(example, { minLength: 2, maxLength: 20 }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (examples, other) => {
          const scores = matrix(
            examples.length,
            2,
            examples.flatMap(([score]) => [score, 0]),
          );
          const truth = examples.map(([, label]) => label);
          const best = negativeLogLikelihood(scores, truth, fitTemperature(scores, truth));
          expect(best).toBeLessThanOrEqual(negativeLogLikelihood(scores, truth, other) + 1e-9);
        },
      ),
    );
  });
});

describe('standardise', () => {
  it('gives columns mean 0 and deviation 1, and silences constant ones', () => {
    const x = matrix(4, 3, [1, 5, 0.1, 2, 5, 0.1, 3, 5, 0.1, 4, 5, 0.1]);
    const moments = columnMoments(x);
    expect([...moments.mean]).toEqual([2.5, 5, 0.1]);
    expect(moments.scale[0]).toBeCloseTo(Math.sqrt(1.25), 12);
    expect([...moments.scale.slice(1)]).toEqual([1, 1]);
    const z = standardise(x, moments, 1);
    expect([...z.data.slice(1, 3)]).toEqual([0, 0]);
    expect(z.data[0]).toBe(-1);
    expect(z.data[3]).toBeCloseTo(-0.5 / Math.sqrt(1.25), 12);
  });
});
