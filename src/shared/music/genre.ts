import { COMPOUND_GENRES, ID3V1_GENRES, MORE_GENRES } from './genre-table.ts';

export { ID3V1_GENRES } from './genre-table.ts';

/** The ten labels of GTZAN in its order, which is the order of our genre probes. */
export const GTZAN_GENRES = [
  'blues',
  'classical',
  'country',
  'disco',
  'hiphop',
  'jazz',
  'metal',
  'pop',
  'reggae',
  'rock',
] as const;

/** Short forms and old spellings, as keys of `genreKey`, and what they stand for. */
const ALIASES: Readonly<Record<string, string>> = {
  dnb: 'drumnbass',
  alternrock: 'alternativerock',
  altrock: 'alternativerock',
  rnroll: 'rocknroll',
  rhythmnblues: 'rnb',
};

/**
 * What two spellings of one genre have in common, for comparison and grouping, never for display: case, accents,
 * blanks and punctuation do not count; `&`, `+`, `and`, `'n'` are one. `Hip-Hop`, `hip hop`, `HIPHOP` are equal, as
 * are `Drum & Bass`, `drum'n'bass`, `DnB`. Empty only for a blank label.
 */
export function genreKey(label: string): string {
  const folded = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’`´]\s*n\s*['’`´]?|\s+n\s+|\s+and\s+|[&+]/gu, 'n')
    .replace(/[^\p{L}\p{N}]/gu, '');
  const key = folded === '' ? label.trim().toLowerCase() : folded;
  return ALIASES[key] ?? key;
}

/** Whether two labels name the same genre, see `genreKey`. */
export function sameGenre(a: string, b: string): boolean {
  return genreKey(a) === genreKey(b);
}

/** Key → the spelling that we show. Earlier lists win. */
const KNOWN = new Map<string, string>();
for (const name of [...COMPOUND_GENRES, ...ID3V1_GENRES, ...MORE_GENRES]) {
  const key = genreKey(name);
  if (!KNOWN.has(key)) KNOWN.set(key, name);
}
KNOWN.set('alternativerock', 'Alternative Rock');

/** Labels with a separator inside; ID3v1 has one too, `Pop/Funk`. */
const COMPOUND_KEYS = new Set(
  [...COMPOUND_GENRES, ...ID3V1_GENRES.filter((name) => /[,/]/.test(name))].map(genreKey),
);

/**
 * How a predicted or learned label is shown and written: the usual spelling where the genre is a known one
 * (`hiphop` → `Hip-Hop`), otherwise as it came, trimmed.
 */
export function displayGenre(label: string): string {
  return KNOWN.get(genreKey(label)) ?? label.trim();
}

/**
 * The genres that a tag's values name, each once, in order and in the spelling found.
 *
 * Values are split at NUL, `;`, `|` and `\\` always; at `,` and `/` with care: never inside parentheses, never where
 * the whole is a label of its own (`R&B/Soul`, `Folk, World, & Country`), and without a blank beside the separator
 * only if each part is a genre that we know. `&`, `-` and `+` never split. ID3's references are resolved: `(17)`,
 * `17`, `(4)Eurodisco`, `(51)(39)`, `RX`, `CR`, and `((` for a real parenthesis.
 */
export function parseGenres(values: string | readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const value of typeof values === 'string' ? [values] : values) {
    for (const piece of value.split(/[\0;|]|\\\\/)) {
      for (const name of resolveReferences(piece.trim())) {
        for (const genre of splitWithCare(name)) {
          const key = genreKey(genre);
          if (key !== '' && !found.has(key)) found.set(key, genre);
        }
      }
    }
  }
  return [...found.values()];
}

/** ID3v2's content type (ID3v2.3 §4.2.1 TCON, ID3v2.4 §4.2.3): references in front, free text behind. */
function resolveReferences(text: string): string[] {
  if (/^(\d{1,3}|RX|CR)$/.test(text)) return reference(text);
  const names: string[] = [];
  let rest = text;
  for (let match = /^\((\d{1,3}|RX|CR)\)/.exec(rest); match; match = /^\((\d{1,3}|RX|CR)\)/.exec(rest)) {
    names.push(...reference(match[1]!));
    rest = rest.slice(match[0].length).trim();
  }
  if (rest.startsWith('((')) rest = rest.slice(1);
  if (rest !== '') names.push(rest);
  return names;
}

/** The name of a reference; none for 255 (“no genre” in ID3v1); the number itself where the table ends. */
function reference(text: string): string[] {
  if (text === 'RX') return ['Remix'];
  if (text === 'CR') return ['Cover'];
  if (text === '255') return [];
  return [ID3V1_GENRES[Number(text)] ?? text];
}

function splitWithCare(text: string): string[] {
  if (COMPOUND_KEYS.has(genreKey(text))) return [text];
  for (const separator of [',', '/']) {
    const parts = splitOutsideParentheses(text, separator);
    if (parts.length > 1 && mayBeSplit(text, parts, separator)) {
      return parts.map((part) => part.trim()).flatMap(splitWithCare);
    }
  }
  return text === '' ? [] : [text];
}

function mayBeSplit(text: string, parts: readonly string[], separator: string): boolean {
  const names = parts.map((part) => part.trim()).filter((part) => part !== '');
  // `Folk, World, & Country`: the last part goes on with the one before.
  if (names.some((name) => /^(&|\+|and\b)/i.test(name))) return false;
  const spaced = separator === ',' ? /,\s/.test(text) : /\s\/\s/.test(text);
  return spaced || names.every((name) => splitWithCare(name).every((genre) => KNOWN.has(genreKey(genre))));
}

function splitOutsideParentheses(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
