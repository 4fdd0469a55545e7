import { describe, expect, it } from 'vitest';
import { matrix, row } from '../../../src/main/lab/matrix.ts';
import { argmax } from '../../../src/main/lab/metrics.ts';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { fitKeyModel, keyLogits, plainKeyModel } from '../../../src/main/learn/key-model.ts';

const random = randomFrom(11);
/** A net that is sure of `key`. */
const sure = (key: number) => Array.from({ length: 24 }, (_, at) => Math.log(at === key ? 0.7 : 0.3 / 23));

describe('correcting key nets', () => {
  it('begins with believing every net alike', () => {
    const x = matrix(1, 48, [...sure(3), ...sure(3)]);
    const logits = row(keyLogits(plainKeyModel(2), x), 0);
    logits.forEach((value, at) => {
      expect(value).toBeCloseTo(sure(3)[at]!, 6);
    });
  });

  it('learns a mistake in some keys and mends it in all others', () => {
    // The net always takes a minor key for the major one of the same tonic; it was only met in C, D and E.
    const y = Array.from({ length: 60 }, (_, at) => (at % 2) * 12 + [0, 2, 4][at % 3]!);
    const heard = y.map((key) => key % 12);
    const rows = heard.flatMap((key, at) =>
      sure(key).map((value) => value + (y[at]! >= 12 ? 0.3 * random() : 0)),
    );
    const model = fitKeyModel(matrix(60, 24, rows), y, 1e-3);
    const scores = (key: number) => row(keyLogits(model, matrix(1, 24, sure(key))), 0);
    // Whether major or minor can't be known; that both are far above the rest can, in F sharp as well as in C.
    for (const key of [0, 6]) {
      const best = [...scores(key)]
        .map((value, at) => [value, at])
        .sort((a, b) => b[0]! - a[0]!)
        .slice(0, 2);
      expect(best.map(([, at]) => at! % 12)).toEqual([key, key]);
    }
    expect(scores(6)[6]! - scores(6)[18]!).toBeCloseTo(scores(0)[0]! - scores(0)[12]!, 4);
  });

  it('stays where it was with a strong prior, and trusts the better of two nets with a weak one', () => {
    const y = Array.from({ length: 80 }, () => Math.floor(random() * 24));
    const rows = y.flatMap((key) => [...sure(key), ...sure(Math.floor(random() * 24))]);
    const strong = fitKeyModel(matrix(80, 48, rows), y, 1e4);
    strong.weights.forEach((weight, at) => {
      expect(weight).toBeCloseTo(plainKeyModel(2).weights[at]!, 2);
    });
    const weak = fitKeyModel(matrix(80, 48, rows), y, 1e-2);
    expect(weak.weights[0]!).toBeGreaterThan(2 * Math.abs(weak.weights[48]!));
    const conflicting = row(keyLogits(weak, matrix(1, 48, [...sure(5), ...sure(17)])), 0);
    expect(argmax(conflicting)).toBe(5);
  });
});
