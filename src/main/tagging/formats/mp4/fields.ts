import { ID3V1_GENRES } from '../../../../shared/music/genre.ts';
import type { FieldName, StandardField, TagValues } from '../../../../shared/tags.ts';
import { starsOfPercent } from '../common/percent-rating.ts';
import { ITUNES, type Item, textOfData } from './items.ts';

/** Fields that are one text atom (names of mp4v2, Mp3tag and Picard). */
export const TEXT_ATOMS = {
  title: '\xa9nam',
  artist: '\xa9ART',
  album: '\xa9alb',
  albumArtist: 'aART',
  genre: '\xa9gen',
  date: '\xa9day',
  composer: '\xa9wrt',
  comment: '\xa9cmt',
  grouping: '\xa9grp',
} as const satisfies Partial<Record<StandardField, string>>;

/** Genre as a number: ID3v1's plus one. Old iTunes wrote it for its own genres. */
export const GENRE_NUMBER = 'gnre';
export const TEMPO = 'tmpo';

/** Fields that share one atom: which, and where in its value (a 16-bit number) each stands. */
export const PAIR_ATOMS = {
  trackNumber: { type: 'trkn', at: 2, length: 8 },
  trackTotal: { type: 'trkn', at: 4, length: 8 },
  discNumber: { type: 'disk', at: 2, length: 6 },
  discTotal: { type: 'disk', at: 4, length: 6 },
} as const satisfies Partial<Record<StandardField, { type: string; at: number; length: number }>>;

/** Free-form names, in lower case; the first is written always, the other where it is. */
export const KEY_NAMES = ['initialkey', 'key'] as const;

/** Of a rating: an atom of its own (MediaMonkey, MusicBee, Mp3tag) or a free-form field. Not `rtng`, which tells of explicit lyrics. */
export const RATING_ATOM = 'rate';
export const RATING_NAMES = ['rating', 'rate'] as const;

export type TextField = keyof typeof TEXT_ATOMS;
export type PairField = keyof typeof PAIR_ATOMS;

export const isTextField = (field: FieldName): field is TextField => field in TEXT_ATOMS;
export const isPairField = (field: FieldName): field is PairField => field in PAIR_ATOMS;

/** Whether this is iTunes' free-form field of that name; names compare without case. */
export const isFreeForm = (item: Item, name: string): boolean =>
  item.type === '----' && item.mean === ITUNES && item.name.toLowerCase() === name.toLowerCase();

/** Text values of these items, empty ones left out. */
export const textsOf = (items: readonly Item[]): string[] =>
  items.flatMap(({ data }) => data.map(textOfData)).filter((text) => text !== '');

/** The unsigned 16-bit half of a pair; 0 where there is none. */
export const halfOf = (value: Buffer, at: number): number =>
  value.length >= at + 2 ? value.readUInt16BE(at) : 0;

/** A tempo's integer; it may be 1 to 4 bytes (or 8) wide. 0 where there is none. */
export const integerOf = (value: Buffer): number =>
  value.length === 0 || value.length > 8 ? 0 : Number(BigInt(`0x${value.toString('hex')}`));

/** Names of the genres that the `gnre` entries among these stand for. */
export function genreNumbers(items: readonly Item[]): string[] {
  return items
    .filter(({ type }) => type === GENRE_NUMBER)
    .flatMap(({ data }) => data.map(({ value }) => ID3V1_GENRES[integerOf(value) - 1] ?? ''))
    .filter((name) => name !== '');
}

/** What stands for a rating, in the order in which it is looked for. */
export const ratingItems = (items: readonly Item[]): Item[] => [
  ...items.filter(({ type }) => type === RATING_ATOM),
  ...RATING_NAMES.flatMap((name) => items.filter((item) => isFreeForm(item, name))),
];

/** What the items say about a field. */
export function readField(items: readonly Item[], field: FieldName): string[] {
  if (field.startsWith('custom:')) {
    return textsOf(items.filter((item) => isFreeForm(item, field.slice('custom:'.length))));
  }
  if (isTextField(field)) {
    const texts = textsOf(items.filter(({ type }) => type === TEXT_ATOMS[field]));
    return field === 'genre' && texts.length === 0 ? genreNumbers(items) : texts;
  }
  if (isPairField(field)) {
    const { type, at } = PAIR_ATOMS[field];
    const value = items.find((item) => item.type === type)?.data[0]?.value;
    const number = value ? halfOf(value, at) : 0;
    return number === 0 ? [] : [String(number)];
  }
  if (field === 'bpm') {
    const value = items.find(({ type }) => type === TEMPO)?.data[0]?.value;
    const tempo = value ? integerOf(value) : 0;
    return tempo === 0 ? [] : [String(tempo)];
  }
  if (field === 'rating') return textsOf(ratingItems(items).slice(0, 1)).map(starsOfPercent).filter(Boolean);
  const texts = KEY_NAMES.map((name) => textsOf(items.filter((item) => isFreeForm(item, name))));
  return texts.find((found) => found.length > 0) ?? [];
}

/** The standard field that a free-form name belongs to. */
export const standardFieldOf = (name: string): StandardField | undefined => {
  const lower = name.toLowerCase();
  if ((KEY_NAMES as readonly string[]).includes(lower)) return 'key';
  return (RATING_NAMES as readonly string[]).includes(lower) ? 'rating' : undefined;
};

const FIELDS: readonly StandardField[] = [
  ...(Object.keys(TEXT_ATOMS) as TextField[]),
  ...(Object.keys(PAIR_ATOMS) as PairField[]),
  'key',
  'bpm',
  'rating',
];

/** Everything that the items say, free-form fields of iTunes under the name that the file spells. */
export function readFields(items: readonly Item[]): TagValues {
  const values: Partial<Record<FieldName, readonly string[]>> = {};
  for (const field of FIELDS) {
    const found = readField(items, field);
    if (found.length > 0) values[field] = found;
  }
  const seen = new Set<string>();
  for (const { type, mean, name } of items) {
    const lower = name.toLowerCase();
    if (type !== '----' || mean !== ITUNES || name === '' || standardFieldOf(name) || seen.has(lower))
      continue;
    seen.add(lower);
    const found = readField(items, `custom:${name}`);
    if (found.length > 0) values[`custom:${name}`] = found;
  }
  return values;
}
