import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompatibilityRule,
  compatibleKeys,
  DEFAULT_RULE,
  lightsBeside,
  presetOf,
  RULE_PRESETS,
  RULE_STEPS,
  type RuleStep,
  relationOf,
  ruleOf,
} from '../../../src/shared/music/compatible.ts';
import {
  formatKey,
  keyFromIndex,
  keyIndex,
  keyOf,
  sameKey,
  transposeKey,
} from '../../../src/shared/music/key.ts';

const anyKey = fc.integer({ min: 0, max: 23 }).map(keyFromIndex);
const anyRule = fc.subarray([...RULE_STEPS]);
const codes = (text: string, rule?: CompatibilityRule): string[] =>
  compatibleKeys(keyOf(text)!, rule).map(({ key }) => formatKey(key, 'camelot'));

describe('compatibleKeys', () => {
  it('is by default the same, one step either way, and the relative', () => {
    expect(codes('8A')).toEqual(['8A', '9A', '7A', '8B']);
    expect(codes('12B')).toEqual(['12B', '1B', '11B', '12A']);
    expect(compatibleKeys(keyOf('8A')!).map(({ relation, level }) => [relation, level])).toEqual([
      ['same', 'perfect'],
      ['adjacent-up', 'good'],
      ['adjacent-down', 'good'],
      ['relative', 'good'],
    ]);
  });

  it.each<[RuleStep, string[]]>([
    ['adjacent', ['9A', '7A']],
    ['relative', ['8B']],
    ['whole-tone-up', ['10A']],
    ['semitone-up', ['3A']],
    ['whole-tone-down', ['6A']],
    ['semitone-down', ['1A']],
    ['diagonal', ['9B', '7B']],
    ['parallel', ['11B']],
  ])('takes %s where the rule has it', (step, expected) => {
    expect(codes('8A', [step])).toEqual(['8A', ...expected]);
  });

  it('counts energy in tones', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const found = compatibleKeys(key, [
          'semitone-up',
          'whole-tone-up',
          'semitone-down',
          'whole-tone-down',
        ]);
        expect(found.slice(1).map((one) => one.key)).toEqual(
          [2, 1, -2, -1].map((by) => transposeKey(key, by)),
        );
        expect(found.slice(1).every(({ level }) => level === 'energy')).toBe(true);
      }),
    );
  });

  it('never names a key twice, and begins with the key itself', () => {
    fc.assert(
      fc.property(anyKey, anyRule, (key, rule) => {
        const found = compatibleKeys(key, rule).map((one) => keyIndex(one.key));
        expect(new Set(found).size).toBe(found.length);
        expect(found[0]).toBe(keyIndex(key));
      }),
    );
  });

  it('is symmetric, a lift one way being a drop the other', () => {
    const turned: Partial<Record<RuleStep, RuleStep>> = {
      'whole-tone-up': 'whole-tone-down',
      'whole-tone-down': 'whole-tone-up',
      'semitone-up': 'semitone-down',
      'semitone-down': 'semitone-up',
    };
    fc.assert(
      fc.property(anyKey, anyRule, (key, rule) => {
        const reverse = rule.map((step) => turned[step] ?? step);
        for (const { key: other, level } of compatibleKeys(key, rule))
          expect(relationOf(other, key, reverse)?.level).toBe(level);
      }),
    );
  });
});

describe('rules', () => {
  it('have the names that they were made by', () => {
    for (const [name, rule] of Object.entries(RULE_PRESETS)) expect(presetOf([...rule].reverse())).toBe(name);
    expect(presetOf(['diagonal'])).toBeNull();
    expect(presetOf(DEFAULT_RULE)).toBe('classic');
  });

  it('are read in one order, or not at all', () => {
    expect(ruleOf(['parallel', 'adjacent', 'adjacent'])).toEqual(['adjacent', 'parallel']);
    expect(ruleOf([])).toEqual([]);
    expect(ruleOf(['adjacent', 'sideways'])).toBeNull();
    expect(ruleOf([7])).toBeNull();
  });
});

describe('lightsBeside', () => {
  it('gives each key the best light that any of the chosen gives it', () => {
    const chosen = ['8A', '9A'].map((text) => keyIndex(keyOf(text)!));
    const lights = lightsBeside(chosen, RULE_PRESETS.wide);
    const light = (text: string) => lights.get(keyIndex(keyOf(text)!));
    expect(light('8A')).toBe('perfect');
    expect(light('9A')).toBe('perfect');
    expect(light('10A')).toBe('good');
    expect(light('8B')).toBe('good');
    expect(light('5A')).toBeUndefined();
    expect(lightsBeside([], RULE_PRESETS.wide).size).toBe(0);
  });

  it('holds just the keys that the rule gives', () => {
    fc.assert(
      fc.property(anyKey, anyRule, (key, rule) => {
        const lights = lightsBeside([keyIndex(key)], rule);
        for (let index = 0; index < 24; index++) {
          const other = keyFromIndex(index);
          expect(lights.get(index)).toBe(relationOf(key, other, rule)?.level);
          expect(lights.has(index)).toBe(compatibleKeys(key, rule).some((one) => sameKey(one.key, other)));
        }
      }),
    );
  });
});
