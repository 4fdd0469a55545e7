import type { FieldName, StandardField, TagValues } from '../../../../shared/tags.ts';
import { starsOfPercent } from '../common/percent-rating.ts';
import { type CommentEntry, spellingOf, textOf } from './block.ts';

/** Where a field stands among Vorbis comments. */
export interface FieldRule {
  /** Names in order of preference: the first one present is read, the first of all is made where none is. */
  readonly names: readonly string[];
  /**
   * `all-present`: the same thing under several names, so all that are there are kept equal.
   * `first-present`: names whose meaning may differ, so only the one that is read is written.
   * `main-and-present`: the first name is always written, the others where they are.
   */
  readonly writes: 'all-present' | 'first-present' | 'main-and-present';
}

/** Number fields that may hold their total too, as `3/12`. */
export type NumberField = 'trackNumber' | 'discNumber';
export type TotalField = 'trackTotal' | 'discTotal';

export const TOTAL_OF = { trackNumber: 'trackTotal', discNumber: 'discTotal' } as const;
export const NUMBER_OF = { trackTotal: 'trackNumber', discTotal: 'discNumber' } as const;

const single = (name: string): FieldRule => ({ names: [name], writes: 'all-present' });

/**
 * The mapping. Beside GENRE and INITIALKEY (see docs/tag-writing.md) it follows the names that Picard, foobar2000
 * and Mp3tag share; an older synonym is used where the file already has it.
 */
export const FIELD_RULES: Readonly<Record<StandardField, FieldRule>> = {
  title: single('TITLE'),
  artist: single('ARTIST'),
  album: single('ALBUM'),
  albumArtist: { names: ['ALBUMARTIST', 'ALBUM ARTIST'], writes: 'all-present' },
  genre: single('GENRE'),
  key: { names: ['INITIALKEY', 'KEY'], writes: 'main-and-present' },
  trackNumber: single('TRACKNUMBER'),
  trackTotal: { names: ['TRACKTOTAL', 'TOTALTRACKS'], writes: 'all-present' },
  discNumber: single('DISCNUMBER'),
  discTotal: { names: ['DISCTOTAL', 'TOTALDISCS'], writes: 'all-present' },
  date: { names: ['DATE', 'YEAR'], writes: 'first-present' },
  bpm: { names: ['BPM', 'TEMPO'], writes: 'all-present' },
  composer: single('COMPOSER'),
  comment: { names: ['COMMENT', 'DESCRIPTION'], writes: 'first-present' },
  grouping: single('GROUPING'),
  rating: single('RATING'),
};

export const isNumberField = (field: FieldName): field is NumberField => field in TOTAL_OF;
export const isTotalField = (field: FieldName): field is TotalField => field in NUMBER_OF;

const RESERVED = new Set(Object.values(FIELD_RULES).flatMap(({ names }) => names));

/** Not text for people: pictures in base64 and the like. */
const BINARY = new Set(['METADATA_BLOCK_PICTURE', 'COVERART']);

/** The standard field that a comment name belongs to, so that it can't be edited as a custom one by accident. */
export const standardFieldOf = (name: string): StandardField | undefined =>
  (Object.keys(FIELD_RULES) as StandardField[]).find((field) => FIELD_RULES[field].names.includes(name));

/** Values of one comment name, empty ones left out: an empty comment says as much as none. */
export const valuesOfName = (entries: readonly CommentEntry[], name: string): string[] =>
  entries
    .filter((entry) => entry.name === name)
    .map(textOf)
    .filter((value) => value !== '');

export const hasName = (entries: readonly CommentEntry[], name: string): boolean =>
  entries.some((entry) => entry.name === name);

/** `3/12` in its parts; a plain number has no `total`. `suffix` is the slash and all that follows, as found. */
export function splitNumber(value: string): { number: string; total: string; suffix: string } {
  const slash = value.indexOf('/');
  if (slash < 0) return { number: value.trim(), total: '', suffix: '' };
  return {
    number: value.slice(0, slash).trim(),
    total: value.slice(slash + 1).trim(),
    suffix: value.slice(slash),
  };
}

/** What the comments say about one field. */
export function readField(entries: readonly CommentEntry[], field: FieldName): string[] {
  if (field.startsWith('custom:')) return valuesOfName(entries, field.slice('custom:'.length).toUpperCase());
  const { names } = FIELD_RULES[field as StandardField];
  const values = names.map((name) => valuesOfName(entries, name)).find((found) => found.length > 0) ?? [];
  if (field === 'rating') return values.slice(0, 1).map(starsOfPercent).filter(Boolean);
  if (isNumberField(field)) return values.map((value) => splitNumber(value).number).filter(Boolean);
  if (isTotalField(field) && values.length === 0) {
    return readSlashTotals(entries, field);
  }
  return values;
}

function readSlashTotals(entries: readonly CommentEntry[], field: TotalField): string[] {
  const [name] = FIELD_RULES[NUMBER_OF[field]].names;
  return valuesOfName(entries, name!)
    .map((value) => splitNumber(value).total)
    .filter(Boolean)
    .slice(0, 1);
}

/** Everything that the comments say, free-form fields under the name that the file spells. */
export function readFields(entries: readonly CommentEntry[]): TagValues {
  const values: Partial<Record<FieldName, readonly string[]>> = {};
  for (const field of Object.keys(FIELD_RULES) as StandardField[]) {
    const found = readField(entries, field);
    if (found.length > 0) values[field] = found;
  }
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.name === '' || RESERVED.has(entry.name) || BINARY.has(entry.name) || seen.has(entry.name))
      continue;
    seen.add(entry.name);
    const found = valuesOfName(entries, entry.name);
    if (found.length > 0) values[`custom:${spellingOf(entry)}`] = found;
  }
  return values;
}
