import type { RangeOf, StateTerm, TextTermField } from './terms.ts';

/** What a word before a colon means. */
export type QueryField =
  | { readonly kind: 'text'; readonly field: TextTermField }
  | { readonly kind: 'genre' | 'key' | 'missing' | 'has' | 'differs' | 'is' | 'format' }
  | { readonly kind: 'range'; readonly of: RangeOf };

/** Every word that may stand before a colon, in lower case; the first of a meaning is the one that is offered. */
export const QUERY_FIELDS: Readonly<Record<string, QueryField>> = {
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
  // Other names for the same.
  tempo: { kind: 'range', of: 'bpm' },
  date: { kind: 'range', of: 'year' },
  duration: { kind: 'range', of: 'duration' },
  confidence: { kind: 'range', of: 'confidence' },
  file: { kind: 'text', field: 'path' },
};

/** The names that are offered. */
export const OFFERED_FIELDS = Object.keys(QUERY_FIELDS).slice(0, 20);

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
