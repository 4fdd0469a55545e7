import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossValidate, dealFolds } from '../../../src/main/lab/cross-validate.ts';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { accuracy } from '../../../src/main/lab/metrics.ts';
import type { ProbeDescription } from '../../../src/main/lab/train-probe.ts';

const description: ProbeDescription = {
  id: 'p',
  version: '1',
  task: 'genre',
  labels: ['a', 'b'],
  inputs: [{ representation: 'r', version: '1', dimension: 1 }],
  clip: null,
};

describe('dealFolds', () => {
  it('gives each fold its share of each label, within one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 10, maxLength: 60 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(),
        (labels, folds, seed) => {
          const foldOf = dealFolds(labels, folds, seed);
          for (let label = 0; label < 4; label++) {
            const counts = new Array<number>(folds).fill(0);
            labels.forEach((each, index) => {
              if (each === label) counts[foldOf[index]!]! += 1;
            });
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
          expect(dealFolds(labels, folds, seed)).toEqual(foldOf);
        },
      ),
    );
  });

  it('never splits a group, and leaves no fold empty', () => {
    const example = fc.tuple(fc.nat(3), fc.constantFrom(...'abcdefgh'));
    fc.assert(
      fc.property(fc.array(example, { minLength: 20, maxLength: 60 }), fc.nat(), (examples, seed) => {
        const groups = examples.map(([, group]) => group);
        fc.pre(new Set(groups).size >= 3);
        const foldOf = dealFolds(
          examples.map(([label]) => label),
          3,
          seed,
          groups,
        );
        const foldOfGroup = new Map<string, number>();
        groups.forEach((group, index) => {
          expect(foldOfGroup.get(group) ?? foldOf[index]).toBe(foldOf[index]);
          foldOfGroup.set(group, foldOf[index]!);
        });
        expect(new Set(foldOf).size).toBe(3);
      }),
    );
  });

  it('differs by seed', () => {
    const labels = new Array<number>(40).fill(0);
    expect(dealFolds(labels, 2, 1)).not.toEqual(dealFolds(labels, 2, 2));
  });

  it('refuses what makes no folds', () => {
    expect(() => dealFolds([0, 1], 1, 0)).toThrow(RangeError);
    expect(() => dealFolds([0, 1], 3, 0)).toThrow(RangeError);
    expect(() => dealFolds([0, 1, 0], 2, 0, ['x', 'x', 'x'])).toThrow(RangeError);
  });
});

describe('crossValidate', () => {
  it('scores each example by a probe that did not see it', () => {
    // The value tells the label within each fold and the opposite across them: only a cheat gets one right.
    const examples = { x: matrix(8, 1, [0, 1, 0, 1, 0, 1, 0, 1]), y: [0, 1, 0, 1, 1, 0, 1, 0] };
    const [trial] = crossValidate(description, examples, [0, 0, 0, 0, 1, 1, 1, 1], [10]);
    expect(accuracy(trial!.logits, examples.y)).toBe(0);
  });

  it('prefers the penalty that generalises', () => {
    const examples = {
      x: matrix(
        24,
        1,
        Array.from({ length: 24 }, (_, at) => (at % 2) + 0.2 * Math.sin(at)),
      ),
      y: Array.from({ length: 24 }, (_, at) => at % 2),
    };
    const [weak, strong] = crossValidate(description, examples, dealFolds(examples.y, 4, 7), [10, 1e-4]);
    expect(accuracy(weak!.logits, examples.y)).toBe(1);
    expect(weak!.loss).toBeLessThan(strong!.loss);
    expect(strong!.loss).toBeCloseTo(Math.log(2), 1);
  });
});
