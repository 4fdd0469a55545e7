import type { FieldEdit } from '../../src/shared/tags.ts';

/** The two states that the victim writes in turn: of different lengths, so that everything behind the tag moves. */
export const STATES: readonly (readonly FieldEdit[])[] = [
  [
    { field: 'genre', values: ['Deep House'] },
    { field: 'key', values: ['Ebm'] },
  ],
  [
    { field: 'genre', values: ['Электронная музыка, и довольно длинное название'] },
    { field: 'key', values: ['G'] },
  ],
];
