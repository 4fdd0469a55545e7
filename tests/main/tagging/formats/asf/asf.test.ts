import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { applySplices } from '../../../../../src/main/tagging/bytes/splices.ts';
import { RefusedError } from '../../../../../src/main/tagging/errors.ts';
import { asfFormat } from '../../../../../src/main/tagging/formats/asf/index.ts';
import type { FieldEdit } from '../../../../../src/shared/tags.ts';
import { editAndCheck } from '../../support/invariants.ts';
import {
  type Attribute,
  asfFile,
  DATA,
  description,
  extended,
  extension,
  HEX,
  INDEX,
  library,
  object,
  padding,
  STREAM,
  u32,
} from './samples.ts';

const OPTIONS = { multiValue: 'joined' } as const;
const PICTURE: Attribute = ['WM/Picture', Buffer.from([3, 0, 1, 2, 255, 216]), 1];

const plan = (bytes: Buffer, edits: readonly FieldEdit[]) =>
  asfFormat.plan(memorySource(bytes), edits, OPTIONS);
const edit = (bytes: Buffer, ...edits: readonly FieldEdit[]): Buffer =>
  applySplices(bytes, plan(bytes, edits).splices);
const values = (bytes: Buffer) => asfFormat.parse(memorySource(bytes)).values;

describe('ASF tags', () => {
  it('reads all homes of attributes, numbers, and a stale copy once', () => {
    const file = asfFile([
      description('Дом', 'One', '©', 'note', ''),
      extended(
        ['WM/Genre', 'House'],
        PICTURE,
        ['WM/TrackNumber', u32(7), 3],
        ['WM/SharedUserRating', u32(75), 3],
      ),
      extension(library(['WM/Genre', 'House'], ['WM/Genre', 'Dub'], ['Author', 'Two'], ['Genre', 'x', 0, 1])),
    ]);
    expect(values(file)).toEqual({
      title: ['Дом'],
      artist: ['One', 'Two'],
      comment: ['note'],
      genre: ['House', 'Dub'],
      trackNumber: ['7'],
      rating: ['4'],
      'custom:Copyright': ['©'],
    });
  });

  it('writes one descriptor a value, drops stale copies, and fixes every size', () => {
    const before = [
      STREAM,
      extended(['Energy', '7'], ['WM/Genre', 'Rock'], PICTURE),
      extension(
        library(['WM/Genre', 'Rock'], ['WM/Picture', Buffer.alloc(70_000, 7), 1], ['WM/Genre', 'old']),
      ),
    ];
    const after = [
      STREAM,
      extended(['Energy', '7'], ['WM/Genre', 'Deep House'], ['WM/Genre', '电子'], PICTURE),
      extension(library(['WM/Picture', Buffer.alloc(70_000, 7), 1])),
    ];
    const genre: FieldEdit = { field: 'genre', values: ['Deep House', '电子'] };
    expect(edit(asfFile(before), genre).equals(asfFile(after))).toBe(true);
    const journal = plan(asfFile(before), [genre]).splices.reduce((sum, { length }) => sum + length, 0);
    expect(journal).toBeLessThan(200);
  });

  it('keeps the header’s size where padding suffices, wherever that stands', () => {
    const key: FieldEdit = { field: 'key', values: ['8A'] };
    const grown = 2 + 'WM/InitialKey'.length * 2 + 2 + 4 + 6;
    for (const wrap of [(bytes: Buffer) => bytes, (bytes: Buffer) => extension(bytes)]) {
      const edited = edit(asfFile([extended(PICTURE), wrap(padding(100))]), key);
      const wanted = asfFile([extended(PICTURE, ['WM/InitialKey', '8A']), wrap(padding(100 - grown))]);
      expect(edited.equals(wanted)).toBe(true);
    }
    const tight = edit(asfFile([extended(PICTURE), padding(grown - 1)]), key);
    expect(tight.equals(asfFile([extended(PICTURE, ['WM/InitialKey', '8A']), padding(grown - 1)]))).toBe(
      true,
    );
    const freed = edit(asfFile([extended(['WM/InitialKey', '8A']), padding(5)]), {
      field: 'key',
      values: [],
    });
    expect(freed.equals(asfFile([extended(), padding(5 + grown)]))).toBe(true);
  });

  it('adds the objects that are missing and counts them', () => {
    const edited = edit(
      asfFile([STREAM]),
      { field: 'title', values: ['T'] },
      { field: 'artist', values: ['A', 'B'] },
      { field: 'key', values: ['Am'] },
    );
    const wanted = asfFile([
      STREAM,
      extended(['Author', 'B'], ['WM/InitialKey', 'Am']),
      description('T', 'A', '', '', ''),
    ]);
    expect(edited.equals(wanted)).toBe(true);
  });

  it('keeps numbers numbers, and makes text of what is no number', () => {
    const file = asfFile([extended(['WM/TrackNumber', u32(3), 3], ['WM/SharedUserRating', u32(1), 3])]);
    const four = edit(file, { field: 'trackNumber', values: ['4'] }, { field: 'rating', values: ['5'] });
    expect(
      four.equals(asfFile([extended(['WM/TrackNumber', u32(4), 3], ['WM/SharedUserRating', u32(99), 3])])),
    ).toBe(true);
    const total = edit(file, { field: 'trackTotal', values: ['9'] }, { field: 'rating', values: ['0'] });
    expect(total.equals(asfFile([extended(['WM/TrackNumber', '3/9'])]))).toBe(true);
    expect(() => plan(file, [{ field: 'rating', values: ['3.5'] }])).toThrow(RefusedError);
  });

  it('leaves the size fields of a live recording alone', () => {
    const before = asfFile([extended()], 1);
    const edited = edit(before, { field: 'key', values: ['Am'] });
    const sizeAt = 30 + 24 + 16;
    expect(edited.readBigUInt64LE(sizeAt)).toBe(before.readBigUInt64LE(sizeAt));
    expect(values(edited)).toEqual({ key: ['Am'] });
  });

  it('asks for nothing where the values are there already', () => {
    const file = asfFile([description('T', '', '', '', ''), extended(['WM/Genre', 'A'], ['WM/Genre', 'B'])]);
    const edits: FieldEdit[] = [
      { field: 'genre', values: ['A', 'B'] },
      { field: 'title', values: ['T'] },
      { field: 'key', values: [] },
    ];
    expect(plan(file, edits)).toEqual({ splices: [], changes: [], touched: [] });
  });

  it.each<[string, Buffer]>([
    ['a signed header', asfFile([extended(), object(HEX.signature, Buffer.alloc(8))])],
    ['a file that is cut short', asfFile([extended()], 2, Buffer.alloc(0)).subarray(0, -40)],
    ['two lists', asfFile([extended(), extended()])],
    ['a genre that is no text', asfFile([extended(['WM/Genre', Buffer.from([1, 2]), 1])])],
    ['trailing bytes in a list', asfFile([object(HEX.extended, Buffer.alloc(9))])],
    ['no data behind the header', asfFile([extended()]).subarray(0, -DATA.length - INDEX.length)],
  ])('refuses %s', (_, file) => {
    expect(() => plan(file, [{ field: 'genre', values: ['A'] }])).toThrow(RefusedError);
  });

  it('refuses values that do not fit', () => {
    const long = 'x'.repeat(40_000);
    for (const field of ['genre', 'title'] as const)
      expect(() => plan(asfFile([extended()]), [{ field, values: [long] }])).toThrow(RefusedError);
  });

  it('never does anything but parse or refuse, whatever the size fields say', () => {
    const good = asfFile([description('T', 'A', '', '', ''), extended(PICTURE), extension(library(PICTURE))]);
    fc.assert(
      fc.property(fc.nat(good.length - 600), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, junk) => {
        const bad = Buffer.from(good);
        bad.set(junk, at);
        try {
          asfFormat.parse(memorySource(bad));
          plan(bad, [{ field: 'genre', values: ['A'] }]);
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedError);
        }
      }),
    );
  });
});

describe('ASF tags, any', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map((value) => value.replaceAll('\0', '').toWellFormed());
  const name = fc.constantFrom('WM/Genre', 'WM/AlbumTitle', 'Mood', 'Energy', 'WM/Picture');
  const attribute = fc.tuple(name, text).map(([key, value]): Attribute => [key, value]);
  const wishes = fc.array(text, { maxLength: 3 });

  it('keeps the rest; reads back what it wrote; a second edit does nothing; undo gives the bytes back', () => {
    fc.assert(
      fc.property(
        fc.array(attribute, { maxLength: 6 }),
        fc.array(attribute, { maxLength: 4 }),
        fc.option(fc.nat(200)),
        wishes,
        wishes,
        (own, copies, room, genre, artist) => {
          const inner = [library(...copies), ...(room === null ? [] : [padding(room)])];
          const file = asfFile([STREAM, extended(...own), extension(...inner)]);
          const edits: FieldEdit[] = [
            { field: 'genre', values: genre },
            { field: 'artist', values: artist },
          ];
          const edited = editAndCheck(asfFormat, file, edits).after;
          const once = (list: string[]) => [...new Set(list)].filter(Boolean);
          expect(values(edited).genre ?? []).toEqual(once(genre));
          expect(values(edited).artist ?? []).toEqual(once(artist));
          expect(Number(edited.readBigUInt64LE(30 + 24 + 16))).toBe(edited.length);
        },
      ),
    );
  });
});
