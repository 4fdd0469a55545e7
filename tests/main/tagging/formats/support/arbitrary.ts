import fc from 'fast-check';
import { type FieldEdit, type FieldName, TAG_FIELDS } from '../../../../../src/shared/tags.ts';

const NUMERIC = new Set<FieldName>(['trackNumber', 'trackTotal', 'discNumber', 'discTotal', 'bpm']);

/** Text as people type it and as they don't: any script, emoji, line breaks; no NUL. */
export const tagText = fc
  .oneof(
    fc.constantFrom(
      'Drum & Bass',
      'Ambient',
      'Am',
      'A=B',
      'Čeština',
      '日本語',
      '🎛️',
      'line\nbreak',
      ' spaced ',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  )
  .map((text) => text.replaceAll('\0', '').toWellFormed())
  .filter((text) => text !== '');

const fieldEdit = (field: FieldName): fc.Arbitrary<FieldEdit> =>
  (field === 'rating'
    ? fc.constantFrom([], ['0.5'], ['3'], ['5'])
    : NUMERIC.has(field)
      ? fc.array(fc.integer({ min: 1, max: 999 }).map(String), { maxLength: 1 })
      : fc.array(tagText, { maxLength: 3 })
  ).map((values) => ({ field, values }));

/** One to five edits of different fields. `fields` leaves out what a container has no convention for. */
export const fieldEdits = (
  fields: readonly FieldName[] = [...TAG_FIELDS, 'custom:ENERGY'],
): fc.Arbitrary<FieldEdit[]> =>
  fc
    .uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 5 })
    .chain((chosen) => fc.tuple(...chosen.map(fieldEdit)))
    .map((edits) => [...edits]);

/** Bytes with some of them changed, cut short, or put twice: what damaged and hostile files look like. */
export const mutated = (bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      bytes,
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
        maxLength: 8,
      }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
    )
    .map(([original, changes, cut]) => {
      const copy = Buffer.from(original);
      for (const [place, value] of changes) copy[Math.floor(place * (copy.length - 1))] = value;
      return cut === null ? copy : copy.subarray(0, Math.floor(cut * copy.length));
    });
