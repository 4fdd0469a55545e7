import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { applySplices } from '../../../../../src/main/tagging/bytes/splices.ts';
import { RefusedError } from '../../../../../src/main/tagging/errors.ts';
import { apeFormat, findTrailers, planApe } from '../../../../../src/main/tagging/formats/ape/index.ts';
import type { FieldEdit, FieldName } from '../../../../../src/shared/tags.ts';
import { editAndCheck } from '../../support/invariants.ts';
import { ID3V1, LYRICS3, MONKEY_AUDIO, type SampleItem, sampleTag, source, valuesOf } from './samples.ts';

const OPTIONS = { multiValue: 'joined' } as const;

function edit(bytes: Buffer, edits: readonly FieldEdit[]): Buffer {
  return applySplices(bytes, apeFormat.plan(memorySource(bytes), edits, OPTIONS).splices);
}

const COVER: SampleItem = { key: 'Cover Art (Front)', value: Buffer.from([102, 0, 255, 0, 216]), flags: 2 };
const LINK: SampleItem = { key: 'Related', value: 'https://example.org/', flags: 4 };

describe('APE tag', () => {
  it('reads standard and free-form fields, several values and halves of n/total', () => {
    const tag = sampleTag({
      items: [
        { key: 'GENRE', value: 'House\0Techno' },
        { key: 'Track', value: '03/12' },
        { key: 'initialkey', value: '8A' },
        { key: 'Energy', value: '7' },
        COVER,
        LINK,
      ],
    });
    expect(valuesOf(Buffer.concat([MONKEY_AUDIO, tag]))).toEqual({
      genre: ['House', 'Techno'],
      key: ['8A'],
      trackNumber: ['03'],
      trackTotal: ['12'],
      'custom:Energy': ['7'],
    });
  });

  it('changes only the edited item and keeps its spelling, place and the others to the byte', () => {
    const before: SampleItem[] = [
      COVER,
      { key: 'GENRE', value: 'Rock' },
      LINK,
      { key: 'Title', value: 'Ночь' },
    ];
    const after = before.map((item) => (item.key === 'GENRE' ? { ...item, value: 'Deep House\0Dub' } : item));
    const file = Buffer.concat([MONKEY_AUDIO, sampleTag({ items: before }), ID3V1]);
    const edited = edit(file, [{ field: 'genre', values: ['Deep House', 'Dub'] }]);
    expect(edited).toEqual(Buffer.concat([MONKEY_AUDIO, sampleTag({ items: after }), ID3V1]));
  });

  it('makes a tag in front of Lyrics3 and ID3v1 where there is none', () => {
    const edited = edit(Buffer.concat([MONKEY_AUDIO, LYRICS3, ID3V1]), [{ field: 'key', values: ['Am'] }]);
    const tag = sampleTag({ items: [{ key: 'INITIALKEY', value: 'Am' }] });
    expect(edited).toEqual(Buffer.concat([MONKEY_AUDIO, tag, LYRICS3, ID3V1]));
  });

  it('updates KEY beside INITIALKEY, but never makes one', () => {
    const items = [{ key: 'Key', value: 'Cm' }];
    const edited = edit(Buffer.concat([MONKEY_AUDIO, sampleTag({ items })]), [
      { field: 'key', values: ['Am'] },
    ]);
    const wanted = [
      { key: 'Key', value: 'Am' },
      { key: 'INITIALKEY', value: 'Am' },
    ];
    expect(edited).toEqual(Buffer.concat([MONKEY_AUDIO, sampleTag({ items: wanted })]));
  });

  it('puts number and total together, also when both are edited at once', () => {
    const file = Buffer.concat([MONKEY_AUDIO, sampleTag({ items: [{ key: 'Track', value: '3/9' }] })]);
    expect(valuesOf(edit(file, [{ field: 'trackTotal', values: [] }]))).toEqual({ trackNumber: ['3'] });
    const both = edit(file, [
      { field: 'trackNumber', values: ['4'] },
      { field: 'trackTotal', values: ['11'] },
      { field: 'discNumber', values: ['1'] },
    ]);
    expect(valuesOf(both)).toEqual({ trackNumber: ['4'], trackTotal: ['11'], discNumber: ['1'] });
    expect(valuesOf(edit(file, [{ field: 'trackNumber', values: [] }]))).toEqual({ trackTotal: ['9'] });
  });

  it('folds repeated items of the edited field into one and leaves other repeats', () => {
    const items = [
      { key: 'Genre', value: 'A' },
      { key: 'Note', value: '1' },
      { key: 'genre', value: 'B' },
      { key: 'Note', value: '2' },
    ];
    const edited = edit(Buffer.concat([MONKEY_AUDIO, sampleTag({ items })]), [
      { field: 'genre', values: ['C'] },
    ]);
    const wanted = [{ key: 'Genre', value: 'C' }, items[1]!, items[3]!];
    expect(edited).toEqual(Buffer.concat([MONKEY_AUDIO, sampleTag({ items: wanted })]));
  });

  it('asks for nothing where the values are there already', () => {
    const file = source(MONKEY_AUDIO, sampleTag({ items: [{ key: 'Genre', value: 'A\0B' }] }));
    const plan = apeFormat.plan(file, [{ field: 'genre', values: ['A', 'B'] }], OPTIONS);
    expect(plan).toEqual({ splices: [], changes: [], touched: [] });
    expect(apeFormat.plan(file, [{ field: 'key', values: [] }], OPTIONS).splices).toEqual([]);
  });

  it('edits only what is there when asked to', () => {
    const file = source(MONKEY_AUDIO, sampleTag({ items: [{ key: 'Genre', value: 'A' }] }));
    const edits: FieldEdit[] = [
      { field: 'genre', values: ['B'] },
      { field: 'key', values: ['Am'] },
    ];
    expect(planApe(file, edits, { onlyExisting: true }).changes.map((change) => change.field)).toEqual([
      'genre',
    ]);
    const bare = source(MONKEY_AUDIO);
    expect(planApe(bare, edits, { onlyExisting: true }).splices).toEqual([]);
  });

  it('handles a tag without header, at the front, and of version 1', () => {
    const items = [{ key: 'Genre', value: 'A' }];
    const wanted = [{ key: 'Genre', value: 'Bcd' }];
    for (const shape of [{ header: false }, { version: 1000 as const }, {}]) {
      const file = Buffer.concat([MONKEY_AUDIO, sampleTag({ items, ...shape })]);
      const expected = Buffer.concat([MONKEY_AUDIO, sampleTag({ items: wanted, ...shape })]);
      expect(edit(file, [{ field: 'genre', values: ['Bcd'] }])).toEqual(expected);
    }
    const front = Buffer.concat([sampleTag({ items }), MONKEY_AUDIO]);
    const expected = Buffer.concat([sampleTag({ items: wanted }), MONKEY_AUDIO]);
    expect(edit(front, [{ field: 'genre', values: ['Bcd'] }])).toEqual(expected);
  });

  it('knows an ID3v1 tag from the letters TAG inside an APE footer', () => {
    const tag = sampleTag({ items: [{ key: 'Note', value: 'x'.repeat(40) }], header: true });
    // Move the header so that "TAG" of APETAGEX stands 128 bytes before the end.
    const padded = sampleTag({ items: [{ key: 'Note', value: 'x'.repeat(40 + 131 - tag.length) }] });
    expect(padded.toString('latin1', padded.length - 128, padded.length - 125)).toBe('TAG');
    expect(findTrailers(source(MONKEY_AUDIO, padded), 0).map((trailer) => trailer.kind)).toEqual(['ape']);
  });

  it.each([
    ['a read-only tag', sampleTag({ items: [{ key: 'Genre', value: 'A' }], tagFlags: 1 })],
    ['a read-only item', sampleTag({ items: [{ key: 'Genre', value: 'A', flags: 1 }] })],
    ['a binary item', sampleTag({ items: [{ key: 'Genre', value: 'A', flags: 2 }] })],
    ['two tags', Buffer.concat([sampleTag({ items: [] }), sampleTag({ items: [] })])],
    ['a cut-off tag', sampleTag({ items: [{ key: 'Genre', value: 'A'.repeat(900) }] }).subarray(-400)],
    ['a version 1 tag and more than ASCII', sampleTag({ items: [], version: 1000 })],
  ])('refuses %s', (_, tag) => {
    const file = source(MONKEY_AUDIO, tag);
    expect(() => apeFormat.plan(file, [{ field: 'genre', values: ['Ж'] }], OPTIONS)).toThrow(RefusedError);
  });

  it('refuses wrong counts and sizes', () => {
    const good = sampleTag({ items: [{ key: 'Genre', value: 'A' }], header: false });
    for (const [offset, value] of [
      [12, 33],
      [12, 0x7fffffff],
      [12, 0],
      [16, 2],
      [16, 0],
      [16, 0xffffffff],
      [8, 3000],
    ] as const) {
      const bad = Buffer.from(good);
      bad.writeUInt32LE(value, bad.length - 32 + offset);
      expect(() => apeFormat.parse(source(MONKEY_AUDIO, bad)), `${offset}=${value}`).toThrow(RefusedError);
    }
  });

  it('refuses free-form names that are no key, or belong to a standard field, or have no convention', () => {
    const file = source(MONKEY_AUDIO);
    for (const field of ['custom:TAG', 'custom:é', 'custom:Genre', 'rating'] as FieldName[])
      expect(() => apeFormat.plan(file, [{ field, values: ['1'] }], OPTIONS), field).toThrow(RefusedError);
  });
});

describe('APE tag, any', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
  const key = fc.stringMatching(/^[A-Za-z ]{3,12}$/);
  const item = fc.record({ key, value: text, flags: fc.constantFrom(0, 2, 4) });
  const wish = fc.array(text, { maxLength: 3 });

  it('keeps audio, other items and trailers; reads back what it wrote; a second edit does nothing; undo gives the bytes back', () => {
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 8 }),
        wish,
        wish,
        fc.boolean(),
        (items, genre, energy, id3v1) => {
          const others = items.filter(({ key: name }) => !/^(genre|energy|tag)$/i.test(name));
          const file = Buffer.concat([
            MONKEY_AUDIO,
            sampleTag({ items: others }),
            id3v1 ? ID3V1 : Buffer.alloc(0),
          ]);
          const edits: FieldEdit[] = [
            { field: 'genre', values: genre },
            { field: 'custom:Energy', values: energy },
          ];
          const edited = editAndCheck(apeFormat, file, edits).after;
          const after = apeFormat.parse(memorySource(edited));
          const clean = (values: string[]) => values.map((value) => value.toWellFormed()).filter(Boolean);
          expect(after.values.genre ?? []).toEqual(clean(genre));
          expect(after.values['custom:Energy'] ?? []).toEqual(clean(energy));
          const [audio] = after.audio;
          expect(edited.subarray(audio!.start, audio!.end)).toEqual(MONKEY_AUDIO);
        },
      ),
    );
  });
});
