import type { FieldChange, FieldEdit, FieldName, StandardField } from '../../../../shared/tags.ts';
import { digest } from '../../bytes/digest.ts';
import { RefusedError } from '../../errors.ts';
import type { Unit } from '../../format.ts';
import { percentOfStars, starsOfPercent } from '../common/percent-rating.ts';
import { type CommentEntry, makeEntry, spellingOf, textOf, type VorbisComment } from './block.ts';
import {
  FIELD_RULES,
  hasName,
  isNumberField,
  isTotalField,
  NUMBER_OF,
  type NumberField,
  readField,
  splitNumber,
  standardFieldOf,
  TOTAL_OF,
  type TotalField,
  valuesOfName,
} from './fields.ts';

/** An edited comment header and what is to be told about it. */
export interface CommentEdit {
  /** The same object as before when nothing changes. */
  readonly comment: VorbisComment;
  readonly changes: readonly FieldChange[];
  readonly touched: readonly string[];
}

/** Id of the verifier's unit for one comment name. */
const unitId = (name: string): string => `Vorbis/${name}`;

/** Field names may hold 0x20 to 0x7D without `=` (Vorbis I specification, section 5.2.3). */
const VALID_NAME = /^[\x20-\x3c\x3e-\x7d]+$/;

const same = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);

/** Comment entries while they are being edited, with notes on what was changed. */
class Draft {
  entries: CommentEntry[];
  readonly changes: FieldChange[] = [];
  readonly touched = new Set<string>();

  constructor(entries: readonly CommentEntry[]) {
    this.entries = [...entries];
  }

  /**
   * Gives one name these values: spelled as the first entry of that name, where that entry stands; at the end when
   * there is none. Nothing happens when it has them already.
   */
  set(name: string, values: readonly string[], spelling = name): boolean {
    if (same(valuesOfName(this.entries, name), values)) return false;
    const first = this.entries.findIndex((entry) => entry.name === name);
    const made = values.map((value) =>
      makeEntry(first < 0 ? spelling : spellingOf(this.entries[first]!), value),
    );
    this.#replace(name, made);
    this.touched.add(unitId(name));
    return true;
  }

  /** Puts an entry of another name where the first of `name` stands, and removes that name. */
  rename(name: string, to: string, value: string): void {
    this.#replace(name, [makeEntry(to, value)]);
    this.touched.add(unitId(name)).add(unitId(to));
  }

  #replace(name: string, made: readonly CommentEntry[]): void {
    const first = this.entries.findIndex((entry) => entry.name === name);
    const at = first < 0 ? this.entries.length : first;
    const others = (entry: CommentEntry): boolean => entry.name !== name;
    this.entries = [
      ...this.entries.slice(0, at).filter(others),
      ...made,
      ...this.entries.slice(at).filter(others),
    ];
  }

  note(field: FieldName, name: string, before: readonly string[], after: readonly string[]): void {
    this.changes.push({ field, before, after, location: `Vorbis ${name}` });
  }
}

/**
 * Applies edits to a comment header. Entries of other fields keep their bytes and their order.
 * @throws RefusedError for a value that Vorbis comments can't hold
 */
export function editVorbisComment(comment: VorbisComment, edits: readonly FieldEdit[]): CommentEdit {
  const draft = new Draft(comment.entries);
  const wishes = new Map(edits.map(({ field, values }) => [field, cleanValues(field, values)]));
  for (const [field, values] of wishes) {
    if (isNumberField(field)) editNumber(draft, field, values);
    else if (isTotalField(field)) editTotal(draft, field, values);
    else if (field === 'rating') editRating(draft, values);
    else if (field.startsWith('custom:')) editCustom(draft, field, values);
    else editByRule(draft, field as StandardField, values);
  }
  const changed = draft.touched.size > 0;
  return {
    comment: changed ? { ...comment, entries: draft.entries } : comment,
    changes: draft.changes,
    touched: [...draft.touched],
  };
}

/** Values without empty ones, as they will be read back. */
function cleanValues(field: FieldName, values: readonly string[]): string[] {
  const clean = values.map((value) => value.toWellFormed()).filter((value) => value !== '');
  if (clean.some((value) => value.includes('\0'))) {
    throw new RefusedError(`A value of ${field} holds a NUL character, which players would cut it at`);
  }
  return clean;
}

/** The names that an edit of this field writes, in the file as it is. Clearing leaves none that would be read. */
function targetsOf(draft: Draft, field: StandardField, clears: boolean): string[] {
  const { names, writes } = FIELD_RULES[field];
  const [main] = names;
  const present = names.filter((name) => hasName(draft.entries, name));
  if (clears) return present;
  if (writes === 'main-and-present') return [main!, ...present.filter((name) => name !== main)];
  if (present.length === 0) return [main!];
  if (writes === 'all-present') return present;
  // The one that is read: an empty entry does not hide the next name.
  return [present.find((name) => valuesOfName(draft.entries, name).length > 0) ?? present[0]!];
}

function editByRule(draft: Draft, field: StandardField, values: readonly string[]): void {
  const targets = targetsOf(draft, field, values.length === 0);
  const agreed = targets
    .filter((name) => hasName(draft.entries, name))
    .every((name) => same(valuesOfName(draft.entries, name), values));
  // What a reader finds is already so (perhaps under a synonym): no reason to write.
  if (agreed && same(readField(draft.entries, field), values)) return;
  for (const name of targets) {
    const before = valuesOfName(draft.entries, name);
    if (draft.set(name, values)) draft.note(field, name, before, values);
  }
}

/** Stars, in the scale that the file has. */
function editRating(draft: Draft, values: readonly string[]): void {
  const name = FIELD_RULES.rating.names[0]!;
  const texts = percentOfStars(values, valuesOfName(draft.entries, name)[0]);
  const before = readField(draft.entries, 'rating');
  const after = texts.map(starsOfPercent);
  if (same(before, after)) return;
  draft.set(name, texts);
  draft.note('rating', name, before, after);
}

function editCustom(draft: Draft, field: FieldName, values: readonly string[]): void {
  const spelling = field.slice('custom:'.length);
  const name = spelling.toUpperCase();
  if (!VALID_NAME.test(spelling)) {
    throw new RefusedError(
      `"${spelling}" can't be the name of a Vorbis comment (printable ASCII without "=")`,
    );
  }
  const standard = standardFieldOf(name);
  if (standard) throw new RefusedError(`"${spelling}" is where the field ${standard} stands: edit that one`);
  const before = valuesOfName(draft.entries, name);
  if (draft.set(name, values, spelling)) draft.note(field, name, before, values);
}

/** @throws RefusedError for several values, or a value that looks like number and total in one */
function onlyNumber(field: NumberField | TotalField, values: readonly string[]): string {
  if (values.length > 1) throw new RefusedError(`${field} takes one value`);
  const value = (values[0] ?? '').trim();
  if (value.includes('/'))
    throw new RefusedError(`${field} takes a number alone; its total is a field of its own`);
  return value;
}

function editNumber(draft: Draft, field: NumberField, values: readonly string[]): void {
  const value = onlyNumber(field, values);
  const name = FIELD_RULES[field].names[0]!;
  const wish = value === '' ? [] : [value];
  const before = readField(draft.entries, field);
  if (same(before, wish)) return;
  const found = draft.entries.filter((entry) => entry.name === name).map(textOf);
  const suffix = found.map((text) => splitNumber(text).suffix).find((text) => text !== '') ?? '';
  const total = splitNumber(suffix).total;
  if (value !== '') {
    draft.set(name, [value + suffix]);
  } else if (total !== '' && !hasTotal(draft, TOTAL_OF[field])) {
    // "3/12" without its 3: the 12 was not meant, so it moves to the field that holds a total alone.
    draft.rename(name, FIELD_RULES[TOTAL_OF[field]].names[0]!, total);
  } else {
    draft.set(name, []);
  }
  draft.note(field, name, before, wish);
}

/** Whether a total stands in a comment of its own. */
const hasTotal = (draft: Draft, field: TotalField): boolean =>
  FIELD_RULES[field].names.some((name) => valuesOfName(draft.entries, name).length > 0);

function editTotal(draft: Draft, field: TotalField, values: readonly string[]): void {
  const value = onlyNumber(field, values);
  const wish = value === '' ? [] : [value];
  const { names } = FIELD_RULES[field];
  const numberName = FIELD_RULES[NUMBER_OF[field]].names[0]!;
  const own = names.filter((name) => hasName(draft.entries, name));
  for (const name of own) {
    const before = valuesOfName(draft.entries, name);
    if (draft.set(name, wish)) draft.note(field, name, before, wish);
  }
  const numbers = valuesOfName(draft.entries, numberName);
  const slashed = numbers.map(splitNumber).find(({ suffix }) => suffix !== '');
  if (slashed && slashed.total !== value) {
    const after = numbers
      .map((text) => splitNumber(text).number + (value === '' ? '' : `/${value}`))
      .filter(Boolean);
    if (draft.set(numberName, after))
      draft.note(field, numberName, slashed.total ? [slashed.total] : [], wish);
  } else if (!slashed && own.length === 0 && value !== '') {
    draft.set(names[0]!, wish);
    draft.note(field, names[0]!, [], wish);
  }
}

/** What the verifier compares: vendor, each entry, and what follows them. */
export function commentUnits(comment: VorbisComment): Unit[] {
  const units = [{ id: unitId('(vendor)'), digest: digest(comment.vendor) }];
  for (const { name, raw } of comment.entries) {
    units.push({ id: unitId(name === '' ? '(no name)' : name), digest: digest(raw) });
  }
  if (comment.tail.length > 0) units.push({ id: unitId('(tail)'), digest: digest(comment.tail) });
  return units;
}
