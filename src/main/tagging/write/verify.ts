import type { FieldChange, FieldName, TagValues } from '../../../shared/tags.ts';
import { RefusedError } from '../errors.ts';
import type { ByteSource, ParsedFile, TagFormat, Unit } from '../format.ts';

const same = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** The units that an edit must not change, in order. */
const untouched = (units: readonly Unit[], touched: ReadonlySet<string>): string[] =>
  units.filter(({ id }) => !touched.has(id)).map(({ id, digest }) => `${id} ${digest}`);

/**
 * Compares the edited copy with the file: what was to change has changed, and nothing else.
 * @param touched unit ids that the plan changes; `null` for an undo, which puts bytes back that were there
 * @returns the copy, parsed
 * @throws RefusedError when anything is not as planned
 */
export function verifyCopy(
  format: TagFormat,
  before: ParsedFile,
  copy: ByteSource,
  changes: readonly FieldChange[],
  touched: readonly string[] | null,
): ParsedFile {
  const after = format.parse(copy);
  if (after.container !== before.container)
    throw failed(`it was ${before.container} and became ${after.container}`);
  if (touched) {
    const ids = new Set(touched);
    const [old, fresh] = [untouched(before.units, ids), untouched(after.units, ids)];
    const at = old.findIndex((unit, i) => unit !== fresh[i]);
    if (at >= 0 || old.length !== fresh.length)
      throw failed(`${(old[at] ?? fresh[old.length] ?? '').split(' ')[0]} did not stay as it was`);
  }
  // The bytes of an undo stood in the file before, whatever values we or others read from them.
  if (touched) verifyValues(before.values, after.values, changes);
  return after;
}

function verifyValues(before: TagValues, after: TagValues, changes: readonly FieldChange[]): void {
  const wanted = new Map<string, readonly string[]>();
  // Where two tags of a file change, the first one is what is read.
  for (const { field, after: values } of changes)
    if (!wanted.has(field.toLowerCase())) wanted.set(field.toLowerCase(), values);
  for (const [field, values] of wanted)
    if (!same(valuesIn(after, field), values)) throw failed(`${field} does not read as it was written`);
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<FieldName>)
    if (!wanted.has(field.toLowerCase()) && !same(before[field], after[field]))
      throw failed(`${field} would change too`);
}

function valuesIn(values: TagValues, lowerCase: string): readonly string[] | undefined {
  const field = (Object.keys(values) as FieldName[]).find((name) => name.toLowerCase() === lowerCase);
  return field && values[field];
}

function failed(what: string): RefusedError {
  return new RefusedError(`The edited copy did not pass its check (${what}); the file was left as it is.`);
}
