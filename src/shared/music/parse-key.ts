import { type Key, keyFromCamelot, modulo, sameKey } from './key.ts';

/**
 * What a key field says: a key, or that the music has none. `null` from `parseKey` is the third case: text that
 * we do not understand.
 */
export type ParsedKey =
  | {
      readonly kind: 'key';
      readonly key: Key;
      /** Deviation from concert pitch that some tools add (`A#m +50`), in cents; 0 where nothing is said. */
      readonly cents: number;
      /** Further keys that the text names and that differ from `key` (`Am/C`), in order. */
      readonly others: readonly Key[];
    }
  | { readonly kind: 'off'; readonly key: null };

const LETTERS: Readonly<Record<string, number>> = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11, h: 11 };

const MAJOR_WORDS = ['major', 'maj', 'ma', 'mj', 'dur', 'majeur', 'mayor', 'maggiore', 'ionian'];
const MINOR_WORDS = ['minor', 'min', 'mi', 'mn', 'm', 'moll', 'mol', 'mineur', 'menor', 'minore', 'aeolian'];
const GERMAN_WORDS = new Set(['dur', 'moll', 'mol']);

/** ID3's `o`, what people write, and Mixed In Key's `All` for a track of percussion alone. */
const OFF_KEY = new Set(['o', 'off', 'off key', 'offkey', 'no key', 'nokey', 'none', 'atonal', 'all']);

/** `8A`, `08b`, `8-A` and Open Key's `1m`, `12d`. */
const WHEEL = /^0*(1[0-2]|[1-9])[\s-]*([abdm])$/i;

/** A note, its accidental (signs, English words, German and Dutch endings), and a mode. */
const NOTE = new RegExp(
  '^([a-h])\\s*([#♯b♭x𝄪𝄫♮]*|[\\s-]*(?:sharp|flat)|isis|is|eses|es|(?<=[ae])ses|(?<=[ae])s)' +
    `[\\s._-]*(${[...MAJOR_WORDS, ...MINOR_WORDS].join('|')})?\\.?$`,
  'iu',
);

/** `+50`, `-20 cents`, `(+5)` at the end; the sign is attached to the number. */
const CENTS = /\s*\(?\s*([+-]\d{1,3}(?:\.\d+)?)\s*(?:cents?|ct|¢)?\s*\)?$/i;

/** A tempo or an energy level that Mixed In Key can add to a key: `8A - 124`, `8A - Energy 6`. */
const NOT_A_KEY = /^(?:energy\s*)?\d{1,3}(?:\.\d+)?(?:\s*bpm)?$/i;

const SEPARATORS = /\s+[-–—]\s+|[/,;|()[\]\0]+/;

const MAX_LENGTH = 80;

/**
 * Reads a key as tags have it. Understood are:
 * - standard names of any spelling and case: `Am`, `A minor`, `Abmin`, `B♭ maj`, `f sharp minor`, `Cbm`, `E#`,
 *   `Fb`, `F##m`, `Bbb`; `M` alone is major, as in chord symbols;
 * - German: `a-Moll`, `Es-Dur`, `fis moll`, `H`; with `Dur` or `Moll` a bare `B` is B flat, otherwise it is B;
 * - Camelot `8A`, `08a`; Open Key `1m`, `12d`;
 * - combinations: `8A - Am`, `4A/Fm`, `7m (D♯m/E♭m)`, `8A Am`; with cents, `A#m +50`; with Mixed In Key's tempo or
 *   energy, `8A - 124`;
 * - off key: ID3's `o`, and `none`, `atonal`, `All`.
 *
 * @returns null where any part of the text is not understood: better no key than a wrong one
 */
export function parseKey(text: string): ParsedKey | null {
  if (text.length > MAX_LENGTH) return null;
  const clean = text.normalize('NFKC').replaceAll('\0', '/').trim();
  if (OFF_KEY.has(clean.toLowerCase())) return { kind: 'off', key: null };

  const keys = parseKeys(clean);
  if (keys !== null) return result(keys, 0);

  const tail = CENTS.exec(clean);
  if (tail === null) return null;
  const tuned = parseKeys(clean.slice(0, tail.index));
  return tuned === null ? null : result(tuned, Number(tail[1]));
}

/** The key of `parseKey`, for callers who do not care how it was written; null for off key and for no key. */
export function keyOf(text: string): Key | null {
  return parseKey(text)?.key ?? null;
}

function result(keys: readonly Key[], cents: number): ParsedKey {
  const [key, ...rest] = keys;
  const others: Key[] = [];
  for (const other of rest) {
    if (!sameKey(other, key!) && !others.some((known) => sameKey(known, other))) others.push(other);
  }
  return { kind: 'key', key: key!, cents, others };
}

/** Every key that a text names, at least one; null where a part of it is something else. */
function parseKeys(text: string): Key[] | null {
  const single = parseOne(text);
  if (single !== null) return [single];
  const keys: Key[] = [];
  for (const raw of text.split(SEPARATORS)) {
    const part = raw.trim();
    if (part === '') continue;
    if (keys.length > 0 && NOT_A_KEY.test(part)) continue;
    const found = parseOne(part);
    if (found !== null) keys.push(found);
    else {
      const pair = parsePair(part);
      if (pair === null) return null;
      keys.push(...pair);
    }
  }
  return keys.length > 0 ? keys : null;
}

/** `8A Am`, `8A-Am`, `Am 8A`: a wheel number and a name with no real separator. */
function parsePair(text: string): Key[] | null {
  const match = /^(\S+?)[\s-]+(\S.*)$/.exec(text);
  if (match === null) return null;
  const last = /^(.*\S)[\s-]+(\S+)$/.exec(text)!;
  for (const [first, second] of [match.slice(1, 3), last.slice(1, 3)]) {
    const keys = [parseOne(first!), parseOne(second!)];
    if (WHEEL.test(first!) === WHEEL.test(second!)) continue;
    if (keys[0] && keys[1]) return [keys[0], keys[1]];
  }
  return null;
}

function parseOne(text: string): Key | null {
  const wheel = WHEEL.exec(text);
  return wheel ? parseWheel(Number(wheel[1]), wheel[2]!.toLowerCase()) : parseName(text);
}

function parseWheel(number: number, letter: string): Key {
  const mode = letter === 'a' || letter === 'm' ? 'minor' : 'major';
  return keyFromCamelot(letter === 'a' || letter === 'b' ? number : number + 7, mode);
}

function parseName(text: string): Key | null {
  const match = NOTE.exec(text);
  if (match === null) return null;
  const [, letter = '', accidental = '', modeText = ''] = match;
  const shift = parseAccidental(accidental);
  if (shift === null) return null;
  const lower = letter.toLowerCase();
  const germanB = lower === 'b' && accidental === '' && GERMAN_WORDS.has(modeText.toLowerCase());
  return { tonic: modulo(LETTERS[lower]! + shift - (germanB ? 1 : 0), 12), mode: parseMode(modeText) };
}

function parseMode(word: string): Key['mode'] {
  return word !== 'M' && MINOR_WORDS.includes(word.toLowerCase()) ? 'minor' : 'major';
}

/** Semitones of an accidental; null for more than a double one and for sharps mixed with flats. */
function parseAccidental(text: string): number | null {
  const lower = text.toLowerCase().replace(/[\s-]/g, '');
  switch (lower) {
    case 'sharp':
    case 'is':
      return 1;
    case 'isis':
      return 2;
    case 'flat':
    case 'es':
    case 's':
      return -1;
    case 'eses':
    case 'ses':
      return -2;
  }
  let sharps = 0;
  let flats = 0;
  for (const sign of lower) {
    if (sign === '#' || sign === '♯') sharps += 1;
    else if (sign === 'x' || sign === '𝄪') sharps += 2;
    else if (sign === 'b' || sign === '♭') flats += 1;
    else if (sign === '𝄫') flats += 2;
  }
  if (sharps > 2 || flats > 2 || (sharps > 0 && flats > 0)) return null;
  return sharps - flats;
}
