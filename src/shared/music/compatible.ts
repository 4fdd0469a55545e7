import { camelotNumber, type Key, keyFromCamelot, relativeKey } from './key.ts';

/** How a key stands to the one it is mixed with. */
export type KeyRelation =
  | 'same'
  | 'adjacent-up'
  | 'adjacent-down'
  | 'relative'
  | 'diagonal-up'
  | 'diagonal-down'
  | 'energy-boost-2'
  | 'energy-boost-7'
  | 'energy-drop-2'
  | 'energy-drop-7';

export interface CompatibleKey {
  readonly key: Key;
  readonly relation: KeyRelation;
}

/** Which relations count as compatible. Users disagree, so this is a setting; the key itself always counts. */
export interface CompatibilityRule {
  /** One step round the wheel, same letter: a fifth up or down. */
  readonly adjacent: boolean;
  /** The other letter of the same number: relative major or minor. */
  readonly relative: boolean;
  /** One step round the wheel and the other letter. */
  readonly diagonal: boolean;
  /** Two Camelot steps forward (a whole tone up) and seven (a semitone up). */
  readonly energyBoost: boolean;
  /** The reverse of `energyBoost`: a whole tone and a semitone down. */
  readonly energyDrop: boolean;
}

/** Mixed In Key's harmonic mixing: same, one step either way, the other letter. */
export const DEFAULT_RULE: CompatibilityRule = {
  adjacent: true,
  relative: true,
  diagonal: false,
  energyBoost: false,
  energyDrop: false,
};

/**
 * The keys that mix well with `key`, itself first, then by closeness. No key appears twice.
 *
 * The energy boosts are counted in Camelot numbers, as DJs do: +2 is two fifths, a whole tone up; +7 is seven
 * fifths, a semitone up. (Seven *semitones* up would be a fifth, which `adjacent` already covers.)
 *
 * @param rule what to add to, or leave out of, `DEFAULT_RULE`
 */
export function compatibleKeys(key: Key, rule: Partial<CompatibilityRule> = {}): readonly CompatibleKey[] {
  const chosen = { ...DEFAULT_RULE, ...rule };
  const number = camelotNumber(key);
  const step = (steps: number): Key => keyFromCamelot(number + steps, key.mode);
  const found: CompatibleKey[] = [{ key, relation: 'same' }];
  if (chosen.adjacent) {
    found.push({ key: step(1), relation: 'adjacent-up' }, { key: step(-1), relation: 'adjacent-down' });
  }
  if (chosen.relative) found.push({ key: relativeKey(key), relation: 'relative' });
  if (chosen.diagonal) {
    found.push({ key: relativeKey(step(1)), relation: 'diagonal-up' });
    found.push({ key: relativeKey(step(-1)), relation: 'diagonal-down' });
  }
  if (chosen.energyBoost) {
    found.push({ key: step(2), relation: 'energy-boost-2' }, { key: step(7), relation: 'energy-boost-7' });
  }
  if (chosen.energyDrop) {
    found.push({ key: step(-2), relation: 'energy-drop-2' }, { key: step(-7), relation: 'energy-drop-7' });
  }
  return found;
}
