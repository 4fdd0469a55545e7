import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { mp4Format } from '../../../../../src/main/tagging/formats/mp4/index.ts';
import { type FieldEdit, type FieldName, TAG_FIELDS } from '../../../../../src/shared/tags.ts';
import { fieldEdits, mutated } from '../support/arbitrary.ts';
import { expectHarmlessEdit, expectNoCrash, type Outcome } from '../support/invariants.ts';
import { atom, atom64, data, freeForm, mp4File, mp4Files, targetsOf, text, u16, u32 } from './generate.ts';

const HOUSE: FieldEdit[] = [{ field: 'genre', values: ['House'] }];
const plan = (file: Buffer, edits: readonly FieldEdit[]) =>
  mp4Format.plan(memorySource(file), edits, { multiValue: 'joined' });
const read = (...items: Buffer[]) => mp4Format.parse(memorySource(mp4File({ items }))).values;

/** Edits and checks, among all else, that every file position points to what it did before. */
function edit(file: Buffer, edits: readonly FieldEdit[]): Outcome {
  const outcome = expectHarmlessEdit(mp4Format, file, edits);
  expect(targetsOf(outcome.edited)).toEqual(targetsOf(file));
  return outcome;
}

/** Bytes of `ilst` after one field was edited. */
function items(before: readonly Buffer[], field: FieldName, ...values: string[]): Buffer {
  const { edited } = edit(mp4File({ items: before }), [{ field, values }]);
  const at = edited.indexOf('ilst') - 4;
  return edited.subarray(at + 8, at + edited.readUInt32BE(at));
}

const expectItems = (actual: Buffer, ...expected: Buffer[]): void => {
  expect(actual.toString('latin1')).toBe(Buffer.concat(expected).toString('latin1'));
};

describe('fields', () => {
  it('writes one data atom a value, where the first entry stands', () => {
    const cover = atom('covr', data(13, 'jpeg'));
    expectItems(
      items([text('\xa9gen', 'a'), cover, text('\xa9gen', 'b')], 'genre', 'House', 'Techno'),
      text('\xa9gen', 'House', 'Techno'),
      cover,
    );
    expectItems(items([cover], 'title', 'Ж'), cover, text('\xa9nam', 'Ж'));
    expectItems(items([text('\xa9ART', 'a', 'b')], 'artist'));
  });

  it('puts the text in place of a numbered genre, and reads the number', () => {
    const numbered = atom('gnre', data(0, u16(18)));
    const title = text('\xa9nam', 'x');
    expect(read(numbered)).toEqual({ genre: ['Rock'] });
    expectItems(items([numbered, title], 'genre', 'House'), text('\xa9gen', 'House'), title);
    expectItems(
      items([title, text('\xa9gen', 'a'), numbered], 'genre', 'House'),
      title,
      text('\xa9gen', 'House'),
    );
    expectItems(items([numbered, title], 'genre'), title);
    expect(plan(mp4File({ items: [numbered] }), [{ field: 'genre', values: ['Rock'] }]).splices).toEqual([]);
    expect(plan(mp4File({ items: [numbered] }), HOUSE).changes).toEqual([
      { field: 'genre', before: [], after: ['House'], location: 'MP4 ©gen' },
      { field: 'genre', before: ['Rock'], after: [], location: 'MP4 gnre' },
    ]);
  });

  it('leaves an entry alone that holds something else than values', () => {
    const foreign = atom('XXXX', Buffer.from(Array.from({ length: 40 }, (_, index) => index)));
    expectItems(items([foreign, text('\xa9gen', 'a')], 'genre', 'House'), foreign, text('\xa9gen', 'House'));
  });

  it('reuses the spelling of the key that is there, and updates KEY beside it', () => {
    expectItems(items([], 'key', 'Am'), freeForm('initialkey', 'Am'));
    expectItems(items([freeForm('INITIALKEY', 'C')], 'key', 'Am'), freeForm('INITIALKEY', 'Am'));
    expectItems(
      items([freeForm('KEY', 'C'), freeForm('initialkey', 'C')], 'key', 'Am'),
      freeForm('KEY', 'Am'),
      freeForm('initialkey', 'Am'),
    );
    const serato = atom(
      '----',
      atom('mean', u32(0), Buffer.from('com.serato.dj')),
      atom('name', u32(0), Buffer.from('initialkey')),
      data(1, 'C'),
    );
    expectItems(items([serato], 'key', 'Am'), serato, freeForm('initialkey', 'Am'));
  });

  it('edits one half of a pair and keeps the other, and what follows', () => {
    const pair = (...numbers: number[]) => atom('trkn', data(0, u16(...numbers)));
    expect(read(pair(0, 3, 12, 0), atom('disk', data(0, u16(0, 1, 2))))).toEqual({
      trackNumber: ['3'],
      trackTotal: ['12'],
      discNumber: ['1'],
      discTotal: ['2'],
    });
    expectItems(items([pair(0, 3, 12, 7, 9)], 'trackNumber', '4'), pair(0, 4, 12, 7, 9));
    expectItems(items([pair(0, 3)], 'trackTotal', '12'), pair(0, 3, 12, 0));
    expectItems(items([pair(0, 3, 12, 0)], 'trackNumber'), pair(0, 0, 12, 0));
    expectItems(items([pair(0, 3, 0, 0)], 'trackNumber'));
    expectItems(items([atom('trkn', data(0, Buffer.from([0, 0, 9])))], 'trackTotal', '2'), pair(0, 0, 2, 0));
    expectItems(items([], 'discNumber', '2'), atom('disk', data(0, u16(0, 2, 0))));
  });

  it('keeps the width of a tempo, and rounds decimals where the preview shows it', () => {
    expectItems(items([atom('tmpo', data(21, u32(120)))], 'bpm', '127.6'), atom('tmpo', data(21, u32(128))));
    expectItems(
      items([atom('tmpo', data(0, Buffer.from([120])))], 'bpm', '300'),
      atom('tmpo', data(0, u16(300))),
    );
    expect(plan(mp4File(), [{ field: 'bpm', values: ['127.6'] }]).changes[0]).toMatchObject({
      after: ['128'],
    });
  });

  it('leaves the advisory rating alone and rates only where a rating is', () => {
    expect(read(atom('rtng', data(21, Buffer.from([4]))))).toEqual({});
    expect(() => plan(mp4File(), [{ field: 'rating', values: ['4'] }])).toThrow(/rating/);
    expectItems(items([text('rate', '60')], 'rating', '4.5'), text('rate', '90'));
    expectItems(items([freeForm('RATING', '3')], 'rating', '4'), freeForm('RATING', '4'));
  });

  it('reads UTF-16 and writes free-form fields by their spelling', () => {
    expect(read(atom('\xa9nam', data(2, Buffer.from('Жx', 'utf16le').swap16())))).toEqual({ title: ['Жx'] });
    expectItems(items([freeForm('Energy', '7')], 'custom:ENERGY', '8'), freeForm('Energy', '8'));
    expect(read(freeForm('Energy', '8'))).toEqual({ 'custom:Energy': ['8'] });
  });

  it.each<[FieldName, string[]]>([
    ['trackNumber', ['A1']],
    ['trackNumber', ['3/12']],
    ['trackTotal', ['70000']],
    ['bpm', ['fast']],
    ['bpm', ['1', '2']],
    ['title', ['a\0b']],
    ['custom:InitialKey', ['x']],
  ])('refuses %s = %j', (field, values) => {
    expect(() => plan(mp4File(), [{ field, values }])).toThrow();
  });
});

describe('room', () => {
  it.each(['meta', 'udta', 'moov', 'top'] as const)('takes it from a free atom in %s', (place) => {
    for (const length of [300, 100, 40]) {
      const file = mp4File({ free: { [place]: length } });
      expect(edit(file, HOUSE).edited.length).toBe(file.length);
    }
  });

  it('removes a free atom that fits exactly', () => {
    const needed = 8 + 16 + 'House'.length;
    const { edited } = edit(mp4File({ free: { meta: needed - 8 } }), HOUSE);
    expect(edited.includes('free')).toBe(false);
  });

  it('gives it back, with a new free atom where there is none', () => {
    for (const free of [{}, { meta: 4 }, { moov: 0 }]) {
      const file = mp4File({ items: [text('\xa9cmt', 'x'.repeat(500))], free });
      const { edited } = edit(file, [{ field: 'comment', values: [] }]);
      expect(edited.length).toBe(file.length);
      expect(edited.includes('free')).toBe(true);
    }
  });

  it('shrinks the file where nothing stands behind', () => {
    const file = mp4File({ order: 'mdat-first', items: [text('\xa9cmt', 'x'.repeat(500))] });
    expect(edit(file, [{ field: 'comment', values: [] }]).edited.length).toBe(file.length - 524);
  });

  it('does not take what somebody wrote into a free atom', () => {
    const note = atom('free', Buffer.from('IsoMedia File Produced with GPAC, and some more of it'));
    // Right behind moov, where an empty one would be used.
    const file = mp4File({ order: 'mdat-first' });
    const { edited } = edit(Buffer.concat([file, note]), HOUSE);
    expect(edited.subarray(-note.length).equals(note)).toBe(true);
    expect(edited.length).toBe(file.length + note.length + 29);
  });

  it('keeps covers out of the journal', () => {
    const cover = atom('covr', data(13, Buffer.alloc(100_000, 1)));
    const file = mp4File({ items: [text('\xa9gen', 'a'), cover, text('\xa9nam', 'b')], free: { meta: 100 } });
    const edits: FieldEdit[] = [
      ...HOUSE,
      { field: 'title', values: ['longer'] },
      { field: 'key', values: ['Am'] },
    ];
    const { splices } = plan(file, edits);
    expect(splices.reduce((sum, { length, insert }) => sum + length + insert.length, 0)).toBeLessThan(400);
    edit(file, edits);
  });
});

describe('file positions', () => {
  it.each([
    ['32 bits', mp4File()],
    ['64 bits', mp4File({ wide: true, large: true })],
    ['three tracks', mp4File({ tracks: 3 })],
    ['mdat to the end', mp4File({ openEnd: true })],
    ['no tags yet', mp4File({ tags: 'none' })],
    ['udta without meta', mp4File({ tags: 'udta' })],
    ['meta without ilst', mp4File({ tags: 'meta' })],
    ['QuickTime meta', mp4File({ tags: 'quicktime-meta' })],
    ['fragments', mp4File({ fragments: 3, chunks: 0 })],
    ['an index in front of moov', mp4File({ fragments: 3, chunks: 0, index: 'before' })],
    ['an index behind moov', mp4File({ fragments: 3, chunks: 0, index: 'after' })],
  ])('are corrected: %s', (_what, file) => {
    const { edited, after } = edit(file, HOUSE);
    expect(edited.length).toBeGreaterThan(file.length);
    expect(after.values.genre).toEqual(['House']);
  });

  it('are corrected into moov, too, even where only it changes inside', () => {
    for (const options of [
      {},
      { order: 'mdat-first' },
      { free: { moov: 100 } },
      { free: { udta: 100 } },
    ] as const) {
      for (const tagsFirst of [false, true]) {
        const file = mp4File({ ...options, tagsFirst, encrypted: true, tracks: 2 });
        expect(targetsOf(file).filter((target) => target === 'SENCDATA')).toHaveLength(2);
        edit(file, HOUSE);
      }
    }
  });

  it('stay when mdat comes first', () => {
    const file = mp4File({ order: 'mdat-first' });
    expect(plan(file, HOUSE).splices.every(({ offset }) => offset >= file.indexOf('moov') - 4)).toBe(true);
    edit(file, HOUSE);
  });

  it('are refused where they would overflow or are not to be found', () => {
    const file = mp4File();
    const beyond = Buffer.from(file);
    beyond.writeUInt32BE(file.length + 1, file.indexOf('stco') + 12);
    expect(() => plan(beyond, HOUSE)).toThrow(/points to/);
    expect(() => plan(mp4File({ dataFlags: 0 }), HOUSE)).toThrow(/another file/);
    expect(() => plan(mp4File({ top: [atom('meta', u32(0))] }), HOUSE)).toThrow(/file positions/);
    const c2pa = atom('uuid', Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex'));
    expect(() => plan(mp4File({ top: [c2pa] }), HOUSE)).toThrow(/C2PA/);
    edit(mp4File({ top: [atom('uuid', Buffer.alloc(40, 3))] }), HOUSE);
  });

  it('are refused beyond 4 GiB in a 32-bit table', () => {
    const file = mp4File();
    file.writeUInt32BE(0xffff_fff0, file.indexOf('stco') + 12);
    const source = {
      size: 2 ** 33,
      read: (offset: number, length: number) => file.subarray(offset, offset + length),
    };
    // A file of 8 GiB of which only the head is real: mdat takes the rest.
    file.writeUInt32BE(0, file.indexOf('mdat') - 4);
    expect(() => mp4Format.plan(source, HOUSE, { multiValue: 'joined' })).toThrow(/4 GiB/);
  });
});

describe('mp4Format', () => {
  it.each([
    ['no moov', Buffer.concat([atom('ftyp', Buffer.alloc(8)), atom('mdat')]), /no “moov”/],
    ['two moovs', Buffer.concat([mp4File(), atom('moov')]), /several atoms “moov”/],
    ['a compressed moov', Buffer.concat([atom('ftyp'), atom('moov', atom('cmov'))]), /compressed/],
    ['a file cut short', mp4File().subarray(0, -20), /cut short/],
    ['metadata of another kind', mp4File({ tags: 'full' }), null],
    [
      'tags in two udta',
      Buffer.concat([atom('moov', atom('udta', atom('meta')), atom('udta', atom('meta')))]),
      /several “udta”/,
    ],
    [
      'a child larger than its parent',
      Buffer.concat([atom('ftyp'), atom('moov', u32(99), Buffer.from('trak'))]),
      /larger than/,
    ],
  ])('refuses %s', (_what, file, message) => {
    if (message === null) file.write('mdta', file.indexOf('mdir'));
    expect(() => plan(file, HOUSE)).toThrow(message ?? /another kind/);
  });

  it('knows its own', () => {
    const matches = (bytes: Buffer) => mp4Format.matches(memorySource(bytes));
    expect(matches(mp4File())).toBe(true);
    expect(matches(Buffer.concat([atom64('mdat'), atom('moov')]))).toBe(true);
    expect(matches(Buffer.from('OggS and so on, for a while'))).toBe(false);
    expect(matches(Buffer.alloc(0))).toBe(false);
  });

  it('changes only what was asked, in any valid file', () => {
    const fields = [...TAG_FIELDS.filter((field) => field !== 'rating'), 'custom:Energy'] as FieldName[];
    fc.assert(fc.property(mp4Files, fieldEdits(fields), (file, edits) => void edit(file, edits)));
  });

  it('survives damaged files', () => {
    fc.assert(
      fc.property(mutated(mp4Files), fieldEdits(), (file, edits) => expectNoCrash(mp4Format, file, edits)),
    );
  });
});
