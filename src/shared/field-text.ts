import { type FieldName, TAG_FIELDS } from './tags.ts';

/** Fields that hold several values as a rule; people type them with semicolons between. */
const SEVERAL: ReadonlySet<string> = new Set(['artist', 'albumArtist', 'genre', 'composer']);

/** Whether a text in this field is taken apart at semicolons. */
export function holdsSeveral(field: FieldName): boolean {
  return SEVERAL.has(field);
}

/** A field's values as one line to read and to edit; `valuesOf` reads it back. */
export function textOf(values: readonly string[] | undefined): string {
  return (values ?? []).join('; ');
}

/** What a user typed for a field, as its values: none for nothing. */
export function valuesOf(field: FieldName, text: string): string[] {
  const parts = holdsSeveral(field) ? text.split(';') : [text];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Fields that find & replace goes through when none is named: those that hold words. */
export const WORD_FIELDS = TAG_FIELDS.filter(
  (field) =>
    !['key', 'trackNumber', 'trackTotal', 'discNumber', 'discTotal', 'date', 'bpm', 'rating'].includes(field),
);

export interface Replacement {
  readonly find: string;
  readonly replace: string;
  readonly matchCase: boolean;
  /** Only where no letter or digit stands on either side. */
  readonly wholeWord: boolean;
}

/** A function that replaces in one value. What is found is literal text: no pattern can run away. */
export function replacer({ find, replace, matchCase, wholeWord }: Replacement): (text: string) => string {
  if (find === '') return (text) => text;
  const literal = find.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const edge = (side: '<!' | '!') => (wholeWord ? `(?${side}[\\p{L}\\p{N}_])` : '');
  const pattern = new RegExp(`${edge('<!')}${literal}${edge('!')}`, matchCase ? 'gu' : 'giu');
  return (text) => text.replaceAll(pattern, () => replace);
}
