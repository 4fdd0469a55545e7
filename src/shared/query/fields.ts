import type { RangeOf, StateTerm, TextTermField } from './terms.ts';

/** What a word before a colon means. */
export type QueryField =
  | { readonly kind: 'text'; readonly field: TextTermField }
  | { readonly kind: 'genre' | 'key' | 'missing' | 'has' | 'differs' | 'is' | 'format' }
  | { readonly kind: 'range'; readonly of: RangeOf };

const OFFERED: Readonly<Record<string, QueryField>> = {
  key: { kind: 'key' },
  genre: { kind: 'genre' },
  bpm: { kind: 'range', of: 'bpm' },
  year: { kind: 'range', of: 'year' },
  length: { kind: 'range', of: 'duration' },
  conf: { kind: 'range', of: 'confidence' },
  keyconf: { kind: 'range', of: 'keyConfidence' },
  genreconf: { kind: 'range', of: 'genreConfidence' },
  missing: { kind: 'missing' },
  has: { kind: 'has' },
  differs: { kind: 'differs' },
  is: { kind: 'is' },
  title: { kind: 'text', field: 'title' },
  artist: { kind: 'text', field: 'artist' },
  album: { kind: 'text', field: 'album' },
  albumartist: { kind: 'text', field: 'albumArtist' },
  comment: { kind: 'text', field: 'comment' },
  path: { kind: 'text', field: 'path' },
  format: { kind: 'format' },
  added: { kind: 'range', of: 'added' },
};

/** Every word that may stand before a colon, in lower case: those that are offered, and other names for the same. */
export const QUERY_FIELDS: Readonly<Record<string, QueryField>> = {
  ...OFFERED,
  tempo: { kind: 'range', of: 'bpm' },
  date: { kind: 'range', of: 'year' },
  duration: { kind: 'range', of: 'duration' },
  confidence: { kind: 'range', of: 'confidence' },
  file: { kind: 'text', field: 'path' },
};

/** What a word before a colon means, however it is written; undefined where it is just a word. */
export function queryField(name: string): QueryField | undefined {
  const known = name.toLowerCase();
  // `constructor:` names nothing.
  return Object.hasOwn(QUERY_FIELDS, known) ? QUERY_FIELDS[known] : undefined;
}

/** The names that are offered. */
export const OFFERED_FIELDS = Object.keys(OFFERED);

/** What may stand behind `is:`. */
export const OFFERED_STATES: readonly StateTerm[] = [
  'edited',
  'failed',
  'written',
  'predicted',
  'unsure',
  'reviewed',
  'unreviewed',
  'unheard',
  'problem',
];
