import {
  type FieldChange,
  type FieldEdit,
  type FieldName,
  type StandardField,
  TAG_FIELDS,
  type TagValues,
} from '../../../../shared/tags.ts';
import { RefusedError } from '../../errors.ts';

/**
 * Where a standard field stands in a tag that is a list of *name = text values* (APEv2, ASF attributes).
 * Names are in order of preference; a tag may use any of them and keeps the one that it uses.
 */
export interface FieldSlot {
  readonly names: readonly string[];
  /** `n/total` in one text: which half this field is. */
  readonly part?: 'number' | 'total';
  /** Written under `names[0]` even where only an alias is there; aliases that are there are updated too. */
  readonly alwaysPrimary?: boolean;
}

export type FieldSlots = Readonly<Partial<Record<StandardField, FieldSlot>>>;

/** Read access to the text values of a named tag. */
export interface NamedTexts {
  /** Text values under a name (compared without case), `undefined` where the name is absent. */
  get(name: string): readonly string[] | undefined;
  /** Every name that holds text, as spelled in the file, without repeats. */
  names(): readonly string[];
}

/** What a name is to hold after the edit; no values removes it. */
export interface NamedTarget {
  readonly name: string;
  readonly values: readonly string[];
}

/** The edits of a plan, brought down to names, with the lines of the preview. */
export interface ResolvedEdits {
  readonly targets: readonly NamedTarget[];
  readonly changes: readonly FieldChange[];
}

export interface ResolveOptions {
  /** Only names that the tag already has are changed; none is created. */
  readonly onlyExisting: boolean;
  /** For `FieldChange.location`: `APEv2`, `ASF`. */
  readonly label: string;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** `3/12` → number `3`, total `12`; absent halves are empty. */
export function splitPair(text: string): { number: string; total: string } {
  const slash = text.indexOf('/');
  if (slash < 0) return { number: text.trim(), total: '' };
  return { number: text.slice(0, slash).trim(), total: text.slice(slash + 1).trim() };
}

/** The inverse of `splitPair`; both halves empty give an empty text. */
export function joinPair(number: string, total: string): string {
  return total === '' ? number : `${number}/${total}`;
}

/** Values without empty ones, as they will be read back; refused where they can't stand in a tag. */
function cleanValues(edit: FieldEdit, slot: FieldSlot): readonly string[] {
  const values = edit.values.map((value) => value.toWellFormed()).filter((value) => value !== '');
  if (values.some((value) => value.includes('\0')))
    throw new RefusedError(`A value of ${edit.field} holds a NUL character, which players would cut it at.`);
  if (slot.part === undefined) return values;
  if (values.length > 1 || values[0]?.includes('/'))
    throw new RefusedError(`${edit.field} takes one number; number and total are fields of their own.`);
  return values.map((value) => value.trim());
}

function readSlot(texts: NamedTexts, slot: FieldSlot): readonly string[] {
  for (const name of slot.names) {
    const values = texts.get(name)?.filter((value) => value !== '');
    if (values === undefined || values.length === 0) continue;
    if (slot.part === undefined) return values;
    const half = splitPair(values[0] ?? '')[slot.part];
    return half === '' ? [] : [half];
  }
  return [];
}

/** All values of a named tag by our field names; names that belong to no standard field become `custom:…`. */
export function readNamedValues(texts: NamedTexts, slots: FieldSlots): TagValues {
  const values: Partial<Record<FieldName, readonly string[]>> = {};
  const known = new Set<string>();
  for (const field of TAG_FIELDS) {
    const slot = slots[field];
    if (!slot) continue;
    for (const name of slot.names) known.add(name.toLowerCase());
    const found = readSlot(texts, slot);
    if (found.length > 0) values[field] = found;
  }
  for (const name of texts.names()) {
    if (known.has(name.toLowerCase())) continue;
    const found = texts.get(name)?.filter((value) => value !== '') ?? [];
    if (found.length > 0) values[`custom:${name}`] = found;
  }
  return values;
}

/** The slot of a field; a free-form name is its own slot, in the spelling that the tag uses. */
function slotOf(field: FieldName, texts: NamedTexts, slots: FieldSlots): FieldSlot {
  if (!field.startsWith('custom:')) {
    const slot = slots[field as StandardField];
    if (!slot) throw new RefusedError(`There is no convention for ${field} in this kind of file.`);
    return slot;
  }
  const name = field.slice('custom:'.length);
  for (const standard of TAG_FIELDS) {
    if (slots[standard]?.names.some((known) => sameName(known, name)))
      throw new RefusedError(`“${name}” is the field ${standard} here: edit it by that name.`);
  }
  return { names: [texts.names().find((known) => sameName(known, name)) ?? name] };
}

/**
 * Brings edits down to names: which spelling is written, how `n/total` is put together, which aliases follow.
 * Fields that already have the wanted values ask for nothing.
 * @throws RefusedError for a field that this kind of tag has no convention for
 */
export function resolveEdits(
  edits: readonly FieldEdit[],
  texts: NamedTexts,
  slots: FieldSlots,
  options: ResolveOptions,
): ResolvedEdits {
  const targets = new Map<string, NamedTarget>();
  const changes: FieldChange[] = [];
  for (const edit of edits) {
    const slot = slotOf(edit.field, texts, slots);
    const after = cleanValues(edit, slot);
    const before = readSlot(texts, slot);
    const present = slot.names.filter((name) => texts.get(name) !== undefined);
    const toWrite = new Set(present);
    const primary = slot.names[0] ?? '';
    if (!options.onlyExisting && after.length > 0 && (present.length === 0 || slot.alwaysPrimary))
      toWrite.add(primary);
    const stale = present.some((name) => !sameList(readSlot(texts, { ...slot, names: [name] }), after));
    if (toWrite.size === 0 || (sameList(before, after) && !stale)) continue;
    for (const name of toWrite) {
      const values =
        slot.part === undefined ? after : withHalf(targets, texts, name, slot.part, after[0] ?? '');
      targets.set(name.toLowerCase(), { name, values });
    }
    const location = `${options.label} ${present[0] ?? primary}`;
    changes.push({ field: canonicalField(edit.field, slot), before, after, location });
  }
  return { targets: [...targets.values()], changes };
}

/** The `n/total` text under a name with one half replaced, on top of what an earlier edit of this plan made of it. */
function withHalf(
  targets: ReadonlyMap<string, NamedTarget>,
  texts: NamedTexts,
  name: string,
  part: 'number' | 'total',
  half: string,
): readonly string[] {
  const standing = (targets.get(name.toLowerCase())?.values ?? texts.get(name) ?? [])[0] ?? '';
  const pair = { ...splitPair(standing), [part]: half };
  const text = joinPair(pair.number, pair.total);
  return text === '' ? [] : [text];
}

const canonicalField = (field: FieldName, slot: FieldSlot): FieldName =>
  field.startsWith('custom:') ? `custom:${slot.names[0] ?? ''}` : field;
