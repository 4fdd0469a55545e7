import { camelotNumber, type Key, keyFromCamelot, keyFromIndex, keyIndex, relativeKey } from './key.ts';

/** How a key stands to the one it is mixed with. */
export type KeyRelation =
  | 'same'
  | 'adjacent-up'
  | 'adjacent-down'
  | 'relative'
  | 'whole-tone-up'
  | 'semitone-up'
  | 'whole-tone-down'
  | 'semitone-down'
  | 'diagonal-up'
  | 'diagonal-down'
  | 'parallel';

/**
 * How sure a mix is to sound right, as a traffic light. `perfect`: the same notes and the same tonic. `good`: all
 * notes but one, or all of them. `energy`: few notes in common, meant as a lift or a drop. `risky`: depends on the
 * tracks.
 */
export type MixLevel = 'perfect' | 'good' | 'energy' | 'risky';

/** From the safest on. */
export const MIX_LEVELS: readonly MixLevel[] = ['perfect', 'good', 'energy', 'risky'];

/** The light that each relation has, whether a rule takes it or not. */
export const LEVEL_OF: Readonly<Record<KeyRelation, MixLevel>> = {
  same: 'perfect',
  'adjacent-up': 'good',
  'adjacent-down': 'good',
  relative: 'good',
  'whole-tone-up': 'energy',
  'semitone-up': 'energy',
  'whole-tone-down': 'energy',
  'semitone-down': 'energy',
  'diagonal-up': 'risky',
  'diagonal-down': 'risky',
  parallel: 'risky',
};

export interface CompatibleKey {
  readonly key: Key;
  readonly relation: KeyRelation;
  readonly level: MixLevel;
}

/** Steps that a rule can count as compatible. Users disagree, so this is a setting; the key itself always counts. */
export const RULE_STEPS = [
  'adjacent',
  'relative',
  'whole-tone-up',
  'semitone-up',
  'whole-tone-down',
  'semitone-down',
  'diagonal',
  'parallel',
] as const;
export type RuleStep = (typeof RULE_STEPS)[number];

/** The steps that count as compatible. */
export type CompatibilityRule = readonly RuleStep[];

/** Rules that have a name. `strict`: only the same notes. `classic`: Mixed In Key's harmonic mixing. */
export const RULE_PRESETS = {
  strict: ['relative'],
  classic: ['adjacent', 'relative'],
  energy: ['adjacent', 'relative', 'whole-tone-up', 'semitone-up'],
  wide: RULE_STEPS,
} as const satisfies Readonly<Record<string, CompatibilityRule>>;
export type RulePreset = keyof typeof RULE_PRESETS;

export const PRESET_NAMES = Object.keys(RULE_PRESETS) as readonly RulePreset[];

export const DEFAULT_RULE: CompatibilityRule = RULE_PRESETS.classic;

/** The name of a rule; null where it has none. */
export function presetOf(rule: CompatibilityRule): RulePreset | null {
  const same = (other: CompatibilityRule) =>
    other.length === new Set(rule).size && other.every((step) => rule.includes(step));
  return PRESET_NAMES.find((name) => same(RULE_PRESETS[name])) ?? null;
}

/** A rule out of what a file or a command line says: steps in our order, each once; null where one is none of them. */
export function ruleOf(steps: readonly unknown[]): CompatibilityRule | null {
  if (steps.some((step) => !RULE_STEPS.includes(step as RuleStep))) return null;
  return RULE_STEPS.filter((step) => steps.includes(step));
}

/**
 * The keys that mix well with `key`, itself first, then from the safest on. No key appears twice.
 *
 * Energy is counted in Camelot numbers, as DJs do: +2 is two fifths, a whole tone up; +7 is seven fifths, a semitone
 * up. (Seven *semitones* up would be a fifth, which `adjacent` already covers.)
 */
export function compatibleKeys(key: Key, rule: CompatibilityRule = DEFAULT_RULE): readonly CompatibleKey[] {
  const number = camelotNumber(key);
  const step = (steps: number): Key => keyFromCamelot(number + steps, key.mode);
  const found: CompatibleKey[] = [];
  const add = (relation: KeyRelation, other: Key) =>
    found.push({ key: other, relation, level: LEVEL_OF[relation] });
  add('same', key);
  if (rule.includes('adjacent')) {
    add('adjacent-up', step(1));
    add('adjacent-down', step(-1));
  }
  if (rule.includes('relative')) add('relative', relativeKey(key));
  if (rule.includes('whole-tone-up')) add('whole-tone-up', step(2));
  if (rule.includes('semitone-up')) add('semitone-up', step(7));
  if (rule.includes('whole-tone-down')) add('whole-tone-down', step(-2));
  if (rule.includes('semitone-down')) add('semitone-down', step(-7));
  if (rule.includes('diagonal')) {
    add('diagonal-up', relativeKey(step(1)));
    add('diagonal-down', relativeKey(step(-1)));
  }
  if (rule.includes('parallel'))
    add('parallel', { tonic: key.tonic, mode: key.mode === 'major' ? 'minor' : 'major' });
  return found;
}

/** How `to` stands to `from`, where the rule counts it; null where the two clash. */
export function relationOf(
  from: Key,
  to: Key,
  rule: CompatibilityRule = DEFAULT_RULE,
): { readonly relation: KeyRelation; readonly level: MixLevel } | null {
  const wanted = keyIndex(to);
  return compatibleKeys(from, rule).find(({ key }) => keyIndex(key) === wanted) ?? null;
}

/**
 * The light of each key beside some chosen ones, by index: the best that any of them gives it. Keys that mix with
 * none are left out.
 */
export function lightsBeside(
  chosen: readonly number[],
  rule: CompatibilityRule = DEFAULT_RULE,
): ReadonlyMap<number, MixLevel> {
  const lights = new Map<number, MixLevel>();
  for (const { key, level } of chosen.flatMap((index) => compatibleKeys(keyFromIndex(index), rule))) {
    const index = keyIndex(key);
    const known = lights.get(index);
    if (known === undefined || MIX_LEVELS.indexOf(level) < MIX_LEVELS.indexOf(known))
      lights.set(index, level);
  }
  return lights;
}
