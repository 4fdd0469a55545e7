import { type FieldEdit, isFieldName } from '../../shared/tags.ts';
import { RefusedError } from './errors.ts';

/** More than this in one value is no tag any more, and some containers could not hold it. */
const MAX_LENGTH = 1 << 20;

/**
 * The edits as formats take them: values without surrounding NULs or lone surrogates, empty ones left out, the last
 * of several edits of a field.
 * @throws RefusedError for what no container can hold
 */
export function checkedEdits(edits: readonly FieldEdit[]): FieldEdit[] {
  const byField = new Map<string, FieldEdit>();
  for (const { field, values } of edits) {
    if (!isFieldName(field)) throw new RefusedError(`There is no field called “${field}”.`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    if (/[\0-\x1f\x7f]/.test(field)) throw new RefusedError('A field name can’t hold control characters.');
    for (const value of values) {
      if (value.includes('\0')) throw new RefusedError(`The value of ${field} holds a NUL character.`);
      if (value.length > MAX_LENGTH) throw new RefusedError(`The value of ${field} is too long for a tag.`);
    }
    const cleaned = values.map((value) => value.toWellFormed()).filter((value) => value !== '');
    byField.set(field.toLowerCase(), { field, values: cleaned });
  }
  return [...byField.values()];
}
