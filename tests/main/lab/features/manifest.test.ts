import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatasetError, type DatasetRow } from '../../../../src/main/lab/datasets/dataset.ts';
import {
  formatRows,
  mergeRows,
  parseRows,
  vectorFileName,
} from '../../../../src/main/lab/features/manifest.ts';

const plain = (id: string, label = 'a'): DatasetRow => ({
  id,
  path: `/m/${id}`,
  clip: null,
  label,
  split: null,
  group: '',
  song: '',
});

describe('rows.tsv', () => {
  it('reads back any row, whatever is in its names', () => {
    const text = fc.string({ unit: 'binary' });
    const row = fc.record({
      id: fc.string({ minLength: 1, unit: 'binary' }),
      path: text,
      clip: fc.option(fc.nat(9)),
      label: fc.constantFrom('', 'a\tb', 'c\\n'),
      split: fc.constantFrom(null, 'train' as const, 'valid' as const, 'test' as const),
      group: text,
      song: text,
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        expect(parseRows(formatRows(rows), ['a\tb', 'c\\n'])).toEqual(rows);
      }),
    );
  });

  it.each([
    ['another header', 'id\tname\n', /begin/],
    ['a missing cell', formatRows([plain('x')]).replace(/\t\n$/, '\n'), /line 2/],
    ['a label that is none', formatRows([plain('x', 'z')]), /line 2/],
    ['a part that is none', formatRows([plain('x')]).replace('\ta\t', '\ta\tdev'), /part of the split/],
  ])('refuses %s', (_, content, message) => {
    expect(() => parseRows(content, ['a'])).toThrow(DatasetError);
    expect(() => parseRows(content, ['a'])).toThrow(message);
  });
});

describe('mergeRows', () => {
  const dataset = { name: 'd', kind: 'csv', task: 'genre', labels: ['a', 'b'], leftOut: [] } as const;

  it('keeps every row in its place, with the label of now, and adds the new ones', () => {
    const merged = mergeRows([plain('x'), plain('y')], {
      ...dataset,
      rows: [plain('z'), plain('y', 'b')],
    });
    expect(merged.map(({ id, label }) => [id, label])).toEqual([
      ['x', ''],
      ['y', 'b'],
      ['z', 'a'],
    ]);
  });

  it('refuses a row that lies elsewhere now: its vectors are of another file', () => {
    const moved = { ...plain('x'), path: '/elsewhere' };
    expect(() => mergeRows([plain('x')], { ...dataset, rows: [moved] })).toThrow(/elsewhere/);
  });
});

describe('vectorFileName', () => {
  it('is a plain name on every system', () => {
    expect(vectorFileName('musicgen-small:12', '1')).toBe('musicgen-small+12@1.npy');
    expect(vectorFileName('../x', '1/2')).toBe('.._x@1_2.npy');
  });
});
