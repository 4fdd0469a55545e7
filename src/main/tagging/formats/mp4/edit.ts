import type { FieldChange, FieldEdit, FieldName } from '../../../../shared/tags.ts';
import { RefusedError } from '../../errors.ts';
import { percentOfStars, starsOfPercent } from '../common/percent-rating.ts';
import {
  GENRE_NUMBER,
  genreNumbers,
  halfOf,
  isFreeForm,
  isPairField,
  isTextField,
  KEY_NAMES,
  PAIR_ATOMS,
  type PairField,
  ratingItems,
  readField,
  standardFieldOf,
  TEMPO,
  TEXT_ATOMS,
  textsOf,
} from './fields.ts';
import { IMPLICIT, INTEGER, ITUNES, type Item, makeFreeForm, makeItem, UTF8, withValues } from './items.ts';

/** Edited entries of `ilst`; those that stay are the same objects. */
export interface ItemEdit {
  readonly items: readonly Item[];
  readonly changes: readonly FieldChange[];
  /** Unit ids; see {@link itemId}. */
  readonly touched: readonly string[];
}

/** Id of the verifier's unit for an entry. */
export function itemId({ type, mean, name }: Pick<Item, 'type' | 'mean' | 'name'>): string {
  const path = `MP4/moov.udta.meta.ilst.${type}`;
  return type === '----' ? `${path}:${mean}:${name}` : path;
}

const same = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);

/** What is asked of one kind of entry: the values' bytes, and how to make it where there is none. */
interface Replacement {
  readonly matches: (item: Item) => boolean;
  readonly kind: number;
  readonly values: readonly Uint8Array[];
  readonly make: () => Item;
}

class Draft {
  items: Item[];
  readonly changes: FieldChange[] = [];
  readonly touched = new Set<string>();

  constructor(items: readonly Item[]) {
    this.items = [...items];
  }

  /** Puts the values into the first matching entry, or a new one at the end, and removes the other matches. */
  replace({ matches, kind, values, make }: Replacement): void {
    const first = this.items.find(matches);
    for (const item of this.items.filter(matches)) this.touched.add(itemId(item));
    if (values.length === 0) {
      this.items = this.items.filter((item) => !matches(item));
      return;
    }
    if (!first) {
      const made = make();
      this.touched.add(itemId(made));
      this.items.push(made);
      return;
    }
    this.items = this.items.flatMap((item) => {
      if (item === first) return [withValues(item, kind, values)];
      return matches(item) ? [] : [item];
    });
  }

  note(field: FieldName, location: string, before: readonly string[], after: readonly string[]): void {
    this.changes.push({ field, before, after, location: `MP4 ${location}` });
  }
}

/**
 * Applies edits to the entries of `ilst`.
 * @throws RefusedError for a value that the field can't hold
 */
export function editItems(items: readonly Item[], edits: readonly FieldEdit[]): ItemEdit {
  const draft = new Draft(items);
  for (const [field, values] of new Map(edits.map((edit) => [edit.field, cleanValues(edit)]))) {
    if (isTextField(field)) editText(draft, field, values);
    else if (isPairField(field)) editPair(draft, field, values);
    else if (field === 'bpm') editTempo(draft, values);
    else if (field === 'rating') editRating(draft, values);
    else if (field === 'key') editKey(draft, values);
    else editCustom(draft, field, values);
  }
  return { items: draft.items, changes: draft.changes, touched: [...draft.touched] };
}

function cleanValues({ field, values }: FieldEdit): string[] {
  const clean = values.map((value) => value.toWellFormed()).filter((value) => value !== '');
  if (clean.some((value) => value.includes('\0'))) {
    throw new RefusedError(`A value of ${field} holds a NUL character, which players would cut it at`);
  }
  return clean;
}

const utf8 = (values: readonly string[]): Buffer[] => values.map((value) => Buffer.from(value));

function editText(draft: Draft, field: keyof typeof TEXT_ATOMS, values: readonly string[]): void {
  const before = readField(draft.items, field);
  if (same(before, values)) return;
  const type = TEXT_ATOMS[field];
  const texts = textsOf(draft.items.filter((item) => item.type === type));
  if (!same(texts, values)) draft.note(field, type, texts, values);
  if (field === 'genre') dropGenreNumber(draft, type, values);
  draft.replace({
    matches: (item) => item.type === type,
    kind: UTF8,
    values: utf8(values),
    make: () => makeItem(type, UTF8, utf8(values)),
  });
}

/** Readers would show the number's genre beside the text, or instead of it. A first text takes its place. */
function dropGenreNumber(draft: Draft, type: string, values: readonly string[]): void {
  const numbers = draft.items.filter((item) => item.type === GENRE_NUMBER);
  if (numbers.length === 0) return;
  draft.note('genre', GENRE_NUMBER, genreNumbers(numbers), []);
  draft.touched.add(itemId(numbers[0]!));
  const named = draft.items.some((item) => item.type === type);
  const text = named || values.length === 0 ? [] : [makeItem(type, UTF8, utf8(values))];
  draft.items = draft.items.flatMap((item) => {
    if (item === numbers[0]) return text;
    return item.type === GENRE_NUMBER ? [] : [item];
  });
}

/** Sets a free-form field by its name, spelled as found or as given. */
function setFreeForm(draft: Draft, field: FieldName, name: string, values: readonly string[]): void {
  const found = draft.items.filter((item) => isFreeForm(item, name));
  const before = textsOf(found);
  if (same(before, values)) return;
  draft.replace({
    matches: (item) => isFreeForm(item, name),
    kind: UTF8,
    values: utf8(values),
    make: () => makeFreeForm(name, values),
  });
  draft.note(field, `----:${ITUNES}:${found[0]?.name ?? name}`, before, values);
}

function editKey(draft: Draft, values: readonly string[]): void {
  const [main, alias] = KEY_NAMES;
  const has = (name: string): boolean => draft.items.some((item) => isFreeForm(item, name));
  const agrees = (name: string): boolean =>
    !has(name) || same(textsOf(draft.items.filter((item) => isFreeForm(item, name))), values);
  // What a reader finds is already so, perhaps under the alias: no reason to write.
  if (agrees(main) && agrees(alias) && same(readField(draft.items, 'key'), values)) return;
  setFreeForm(draft, 'key', main, values);
  if (has(alias)) setFreeForm(draft, 'key', alias, values);
}

function editCustom(draft: Draft, field: FieldName, values: readonly string[]): void {
  const name = field.slice('custom:'.length);
  const standard = standardFieldOf(name);
  if (standard) throw new RefusedError(`“${name}” is where the field ${standard} stands: edit that one`);
  if (name.includes('\0')) throw new RefusedError('The name of a field can not hold a NUL character');
  setFreeForm(draft, field, name.toWellFormed(), values);
}

/** A whole number from 1 to 65,535; 0 for none. */
function numberFor(field: FieldName, values: readonly string[]): number {
  if (values.length === 0) return 0;
  const [text] = values;
  const number = values.length === 1 && /^\s*\d+\s*$/.test(text!) ? Number(text) : Number.NaN;
  if (!(number <= 0xffff)) {
    throw new RefusedError(
      `An MP4 file holds ${field} as one whole number up to 65535, not “${values.join(', ')}”`,
    );
  }
  return number;
}

function editPair(draft: Draft, field: PairField, values: readonly string[]): void {
  const { type, at, length } = PAIR_ATOMS[field];
  const number = numberFor(field, values);
  const old = draft.items.find((item) => item.type === type);
  const before = readField(draft.items, field);
  const after = number === 0 ? [] : [String(number)];
  if (same(before, after)) return;
  // Bytes beyond the pair are kept: nobody knows what they are for, so nobody has to miss them.
  const found = old?.data[0]?.value ?? Buffer.alloc(0);
  const bytes = Buffer.alloc(Math.max(length, found.length));
  // Half a number at the end was none; it must not become one.
  found.copy(bytes, 0, 0, found.length < 6 ? found.length & ~1 : found.length);
  bytes.writeUInt16BE(number, at);
  const empty = halfOf(bytes, 2) === 0 && halfOf(bytes, 4) === 0;
  draft.replace({
    matches: (item) => item.type === type,
    kind: old?.data[0]?.kind ?? IMPLICIT,
    values: empty ? [] : [bytes],
    make: () => makeItem(type, IMPLICIT, [bytes]),
  });
  draft.note(field, type, before, after);
}

/** `tmpo` holds whole beats only: a decimal is rounded, and the preview shows it. */
function editTempo(draft: Draft, values: readonly string[]): void {
  const [text] = values;
  const tempo =
    text === undefined ? 0 : /^\s*\d+(\.\d+)?\s*$/.test(text) ? Math.round(Number(text)) : Number.NaN;
  if (values.length > 1 || !(tempo <= 0xffff)) {
    throw new RefusedError(`An MP4 file holds bpm as one number up to 65535, not “${values.join(', ')}”`);
  }
  const before = readField(draft.items, 'bpm');
  const after = tempo === 0 ? [] : [String(tempo)];
  if (same(before, after)) return;
  const old = draft.items.find(({ type }) => type === TEMPO)?.data[0];
  const width =
    old && old.value.length <= 8 && tempo < 2 ** (8 * old.value.length - 1) ? old.value.length : 2;
  const bytes = Buffer.alloc(width);
  bytes.write(tempo.toString(16).padStart(2 * width, '0'), 'hex');
  draft.replace({
    matches: ({ type }) => type === TEMPO,
    kind: old?.kind ?? INTEGER,
    values: tempo === 0 ? [] : [bytes],
    make: () => makeItem(TEMPO, INTEGER, [bytes]),
  });
  draft.note('bpm', TEMPO, before, after);
}

/** Only where the file has one: there is no convention that enough programs share to begin with. */
function editRating(draft: Draft, values: readonly string[]): void {
  const [item] = ratingItems(draft.items);
  const before = readField(draft.items, 'rating');
  const texts = percentOfStars(values, item && textsOf([item])[0]);
  const after = texts.map(starsOfPercent);
  if (same(before, after)) return;
  if (!item)
    throw new RefusedError('MP4 has no field for ratings that programs agree on, and this file has none');
  draft.replace({ matches: (one) => one === item, kind: UTF8, values: utf8(texts), make: () => item });
  draft.note('rating', item.type === '----' ? `----:${ITUNES}:${item.name}` : item.type, before, after);
}
