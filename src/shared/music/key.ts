/** A key of the 24: its tonic as a pitch class, 0 = C … 11 = B, and its mode. */
export interface Key {
  readonly tonic: number;
  readonly mode: 'major' | 'minor';
}

/**
 * How a key is written: `standard` as DJ software puts it into tags (`F#m`), `camelot` (`11A`), `open-key`
 * (`4m`), `id3` (TKEY's form of at most three characters).
 */
export type KeyNotation = 'standard' | 'camelot' | 'open-key' | 'id3';

export const KEY_NOTATIONS: readonly KeyNotation[] = ['standard', 'camelot', 'open-key', 'id3'];

/** The pitch classes as the probing protocol spells them (Castellon et al. 2021, jukemir). */
const PROTOCOL_TONICS = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'Gb', 'G', 'Ab', 'A', 'Bb', 'B'] as const;

/** The protocol's 24 labels in its order: `C major` … `B major`, `C minor` … `B minor`. */
export const KEY_LABELS: readonly string[] = (['major', 'minor'] as const).flatMap((mode) =>
  PROTOCOL_TONICS.map((tonic) => `${tonic} ${mode}`),
);

/**
 * Spelling of the Camelot wheel as Mixed In Key publishes it, and as rekordbox shows keys: flats, save F sharp
 * major and F sharp minor. Mixxx writes the same majors into TKEY, and C sharp and G sharp for two of the minors;
 * whoever reads one reads the other. Each name fits TKEY's three characters.
 */
const MAJOR_NAMES = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'] as const;
const MINOR_NAMES = ['Cm', 'Dbm', 'Dm', 'Ebm', 'Em', 'Fm', 'F#m', 'Gm', 'Abm', 'Am', 'Bbm', 'Bm'] as const;

/** Place in `KEY_LABELS`, 0..23. */
export function keyIndex(key: Key): number {
  return key.tonic + (key.mode === 'minor' ? 12 : 0);
}

/**
 * The key at a place of `KEY_LABELS`.
 * @throws RangeError where `index` is no whole number from 0 to 23
 */
export function keyFromIndex(index: number): Key {
  if (!Number.isInteger(index) || index < 0 || index > 23) throw new RangeError(`No key has index ${index}.`);
  return { tonic: index % 12, mode: index < 12 ? 'major' : 'minor' };
}

/** The protocol's label of a key (`Gb major`): what predictions are stored under. */
export function keyLabel(key: Key): string {
  return KEY_LABELS[keyIndex(key)]!;
}

/** Whether two keys are the same. */
export function sameKey(a: Key, b: Key): boolean {
  return a.tonic === b.tonic && a.mode === b.mode;
}

/** `key` moved up by `semitones` (down where negative). */
export function transposeKey(key: Key, semitones: number): Key {
  return { tonic: modulo(key.tonic + semitones, 12), mode: key.mode };
}

/** The major key of a minor one's notes, or the reverse: A minor ↔ C major. */
export function relativeKey(key: Key): Key {
  return key.mode === 'major'
    ? { tonic: modulo(key.tonic - 3, 12), mode: 'minor' }
    : { tonic: modulo(key.tonic + 3, 12), mode: 'major' };
}

/**
 * Number on the Camelot wheel, 1..12: one step is a fifth, 8 is C major (8B) and A minor (8A).
 */
export function camelotNumber(key: Key): number {
  const majorTonic = key.mode === 'major' ? key.tonic : relativeKey(key).tonic;
  // A fifth is 7 semitones, and 7 is its own inverse modulo 12.
  return modulo(majorTonic * 7 + 7, 12) + 1;
}

/** Number in Open Key notation, 1..12: 1 is C major (1d) and A minor (1m). */
export function openKeyNumber(key: Key): number {
  return modulo(camelotNumber(key) - 8, 12) + 1;
}

/**
 * The key at a number of the Camelot wheel.
 * @param number 1..12; other whole numbers wrap around
 */
export function keyFromCamelot(number: number, mode: Key['mode']): Key {
  const major: Key = { tonic: modulo((number - 8) * 7, 12), mode: 'major' };
  return mode === 'major' ? major : relativeKey(major);
}

/** The text of a key in a notation; `parseKey` reads each of them back. */
export function formatKey(key: Key, notation: KeyNotation = 'standard'): string {
  switch (notation) {
    case 'standard':
    case 'id3':
      return (key.mode === 'major' ? MAJOR_NAMES : MINOR_NAMES)[key.tonic]!;
    case 'camelot':
      return `${camelotNumber(key)}${key.mode === 'major' ? 'B' : 'A'}`;
    case 'open-key':
      return `${openKeyNumber(key)}${key.mode === 'major' ? 'd' : 'm'}`;
  }
}

/** A key for people to read, in musical signs and the spelling of `standard`: `F♯ minor`, `B♭ major`. */
export function formatKeyLong(key: Key): string {
  const tonic = formatKey(key).replace(/m$/, '').replace('#', '♯').replace('b', '♭');
  return `${tonic} ${key.mode}`;
}

/** `value` modulo `modulus`, never negative. */
export function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

// Callers know one module; the parser has its own file for its size.
export { keyOf, type ParsedKey, parseKey } from './parse-key.ts';
