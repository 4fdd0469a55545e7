import type { Task } from '../prediction.ts';
import { TAG_FIELDS } from '../tags.ts';

/** Columns of the text index, by the field that they hold. */
export const TEXT_TERM_FIELDS = [
  'title',
  'artist',
  'album',
  'albumArtist',
  'genre',
  'comment',
  'path',
] as const;
export type TextTermField = (typeof TEXT_TERM_FIELDS)[number];

/** Numbers that a term can bound. `confidence`: of the task that is less sure. `duration` in seconds, `added` in days ago. */
export const RANGE_OF = [
  'bpm',
  'year',
  'duration',
  'added',
  'confidence',
  'keyConfidence',
  'genreConfidence',
] as const;
export type RangeOf = (typeof RANGE_OF)[number];

export const STATE_TERMS = [
  'edited',
  'failed',
  'written',
  'problem',
  'predicted',
  'unsure',
  'reviewed',
  'unreviewed',
  'unheard',
] as const;
export type StateTerm = (typeof STATE_TERMS)[number];

/** Fields that can be missing. */
export const MISSING_OF = TAG_FIELDS;
export type MissingOf = (typeof MISSING_OF)[number];

/** Bounds; `above` and `below` leave the bound itself out. */
export interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** One condition of the query language. `not`: every file for which it does not hold. */
export type QueryTerm = { readonly not?: boolean | undefined } & (
  | {
      readonly kind: 'text';
      /** Words in any column, or of one field; the last letters may be missing unless `exact`. */
      readonly text: string;
      readonly field?: TextTermField | undefined;
      /** Words that stand together, whole. */
      readonly exact?: boolean | undefined;
    }
  | { readonly kind: 'genre'; readonly genres: readonly string[] }
  | { readonly kind: 'key'; readonly keys: readonly number[] }
  | ({ readonly kind: 'range'; readonly of: RangeOf } & Range)
  | { readonly kind: 'missing'; readonly field: MissingOf }
  | { readonly kind: 'differs'; readonly task: Task | 'any' }
  | { readonly kind: 'is'; readonly state: StateTerm; readonly task?: Task | undefined }
  | { readonly kind: 'format'; readonly format: string }
  /** All terms of one of these groups hold. */
  | { readonly kind: 'any'; readonly groups: readonly (readonly QueryTerm[])[] }
);
