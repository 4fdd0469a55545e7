import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompatibilityRule, compatibleKeys } from '../../../src/shared/music/compatible.ts';
import { formatKey, keyFromIndex, keyIndex, keyOf, transposeKey } from '../../../src/shared/music/key.ts';

const anyKey = fc.integer({ min: 0, max: 23 }).map(keyFromIndex);
const codes = (text: string, rule: Partial<CompatibilityRule> = {}): string[] =>
  compatibleKeys(keyOf(text)!, rule).map(({ key }) => formatKey(key, 'camelot'));

describe('compatibleKeys', () => {
  it('is by default the same, one step either way, and the relative', () => {
    expect(codes('8A')).toEqual(['8A', '9A', '7A', '8B']);
    expect(codes('12B')).toEqual(['12B', '1B', '11B', '12A']);
    expect(compatibleKeys(keyOf('8A')!).map((found) => found.relation)).toEqual([
      'same',
      'adjacent-up',
      'adjacent-down',
      'relative',
    ]);
  });

  it('adds and leaves out relations by the rule', () => {
    expect(codes('8A', { adjacent: false, relative: false })).toEqual(['8A']);
    expect(codes('8A', { diagonal: true }).slice(4)).toEqual(['9B', '7B']);
    expect(codes('8A', { energyBoost: true }).slice(4)).toEqual(['10A', '3A']);
    expect(codes('8A', { energyDrop: true }).slice(4)).toEqual(['6A', '1A']);
  });

  it('boosts the energy by a whole tone and by a semitone', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const boosts = compatibleKeys(key, { adjacent: false, relative: false, energyBoost: true });
        expect(boosts.slice(1).map((found) => found.key)).toEqual([
          transposeKey(key, 2),
          transposeKey(key, 1),
        ]);
      }),
    );
  });

  const anyRule = fc.record({
    adjacent: fc.boolean(),
    relative: fc.boolean(),
    diagonal: fc.boolean(),
    energyBoost: fc.boolean(),
    energyDrop: fc.boolean(),
  });
  const indices = (key: ReturnType<typeof keyFromIndex>, rule: CompatibilityRule): number[] =>
    compatibleKeys(key, rule).map((found) => keyIndex(found.key));

  it('never names a key twice', () => {
    fc.assert(
      fc.property(anyKey, anyRule, (key, rule) => {
        const found = indices(key, rule);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });

  it('is symmetric, a boost one way being a drop the other', () => {
    fc.assert(
      fc.property(anyKey, anyRule, (key, rule) => {
        const reverse = { ...rule, energyBoost: rule.energyDrop, energyDrop: rule.energyBoost };
        for (const other of indices(key, rule)) {
          expect(indices(keyFromIndex(other), reverse)).toContain(keyIndex(key));
        }
      }),
    );
  });
});
