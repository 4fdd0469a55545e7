import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { RefusedError } from '../../../../../src/main/tagging/errors.ts';
import { parseId3 } from '../../../../../src/main/tagging/formats/id3/index.ts';
import { mpegFormat } from '../../../../../src/main/tagging/formats/mpeg/index.ts';
import type { FieldEdit, FieldName } from '../../../../../src/shared/tags.ts';
import {
  type FrameSpec,
  id3Tag,
  latin1,
  mpegFrames,
  syncsafe,
  type TagSpec,
  text,
} from '../../support/id3-builder.ts';
import { editAndCheck } from '../../support/invariants.ts';

const AUDIO = mpegFrames(8);
const file = (spec: TagSpec, after: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([id3Tag(spec), AUDIO, after]);
const set = (field: FieldName, ...values: string[]): FieldEdit => ({ field, values });
const framesOf = (bytes: Buffer) => parseId3(bytes).frames.map(({ id, content }) => [id, content] as const);
const frame = (bytes: Buffer, id: string): Buffer | undefined =>
  framesOf(bytes).find(([name]) => name === id)?.[1];
const utf16 = (value: string): Buffer =>
  Buffer.concat([Buffer.from([1, 0xff, 0xfe]), Buffer.from(value, 'utf16le')]);

/** What real files carry besides plain texts. */
const RICH: readonly FrameSpec[] = [
  text('TIT2', 'Title'),
  {
    id: 'APIC',
    body: Buffer.concat([latin1('\0image/png\0\x03\0'), Buffer.from([0xff, 0xe0, 0xff, 0, 0xff])]),
  },
  { id: 'GEOB', body: latin1('\0application/octet-stream\0\0Serato Markers2\0\x01\x01abc') },
  { id: 'PRIV', body: latin1('TRAKTOR4\0\x01\x02\xff\xfe') },
  { id: 'COMM', body: latin1('\0deuiTunNORM\0 00000123') },
  { id: 'COMM', body: latin1('\0eng\0main') },
  { id: 'TXXX', body: latin1('\0replaygain_track_gain\0-6.20 dB') },
  { id: 'POPM', body: latin1('me@home\0\xc4\0\0\0\x07') },
  text('TRCK', '3/12'),
];

describe('ID3v2 in MP3', () => {
  it.each([2, 3, 4] as const)('keeps version 2.%i and the order of frames', (version) => {
    const ids = version === 2 ? ['TT2', 'TCO', 'TP1'] : ['TIT2', 'TCON', 'TPE1'];
    const bytes = file({
      version,
      frames: [text(ids[0]!, 'T'), text(ids[1]!, 'Rock'), text(ids[2]!, 'A')],
      padding: 50,
    });
    const { after, plan } = editAndCheck(mpegFormat, bytes, [set('genre', 'House')]);
    expect(framesOf(after).map(([id]) => id)).toEqual(ids);
    expect(after[3]).toBe(version);
    expect(after.length).toBe(bytes.length);
    expect(plan.changes).toEqual([
      { field: 'genre', before: ['Rock'], after: ['House'], location: `ID3v2.${version} ${ids[1]}` },
    ]);
  });

  it('makes a v2.3 tag where there is none', () => {
    const { after } = editAndCheck(mpegFormat, AUDIO, [set('key', 'F#m'), set('genre', 'Дом')]);
    expect(after[3]).toBe(3);
    expect(frame(after, 'TKEY')).toEqual(latin1('\0F#m'));
    expect(frame(after, 'TCON')).toEqual(utf16('Дом'));
  });

  it('writes UTF-8 in v2.4, NUL between values', () => {
    const { after } = editAndCheck(mpegFormat, file({ version: 4, frames: [] }), [
      set('genre', 'Дом', 'Rock'),
    ]);
    expect(frame(after, 'TCON')).toEqual(Buffer.from('\x03Дом\0Rock', 'utf8'));
  });

  it('joins values in v2.3 by default, and separates them by NUL when asked', () => {
    const bytes = file({ version: 3, frames: [] });
    expect(frame(editAndCheck(mpegFormat, bytes, [set('genre', 'A', 'B')]).after, 'TCON')).toEqual(
      latin1('\0A; B'),
    );
    const nul = editAndCheck(mpegFormat, bytes, [set('genre', 'A', 'B')], { multiValue: 'nul' });
    expect(frame(nul.after, 'TCON')).toEqual(latin1('\0A\0B'));
  });

  it.each([
    ['(17)', ['Rock']],
    ['17', ['Rock']],
    ['(4)Eurodisco', ['Disco', 'Eurodisco']],
    ['(51)(39)', ['Techno-Industrial', 'Noise']],
    ['((Weird)', ['(Weird)']],
    ['(RX)', ['Remix']],
  ])('reads genre %s', (stored, genres) => {
    const { values } = mpegFormat.parse(memorySource(file({ version: 3, frames: [text('TCON', stored)] })));
    expect(values.genre).toEqual(genres);
  });

  it('does not write a genre that is there already in another form', () => {
    const bytes = file({ version: 3, frames: [text('TCON', '(17)')] });
    expect(
      mpegFormat.plan(memorySource(bytes), [set('genre', 'Rock')], { multiValue: 'joined' }).splices,
    ).toEqual([]);
  });

  it('keeps the other half of track and disc', () => {
    const bytes = file({ version: 3, frames: RICH });
    const { after } = editAndCheck(mpegFormat, bytes, [set('trackNumber', '05'), set('discTotal', '2')]);
    expect(frame(after, 'TRCK')).toEqual(latin1('\x0005/12'));
    expect(frame(after, 'TPOS')).toEqual(latin1('\0/2'));
    const { after: cleared } = editAndCheck(mpegFormat, bytes, [set('trackTotal')]);
    expect(frame(cleared, 'TRCK')).toEqual(latin1('\x003'));
  });

  it('keeps TYER and TDAT in step before v2.4', () => {
    const bytes = file({ version: 3, frames: [text('TYER', '1999'), text('TDAT', '3112')] });
    expect(mpegFormat.parse(memorySource(bytes)).values.date).toEqual(['1999-12-31']);
    const year = editAndCheck(mpegFormat, bytes, [set('date', '2001')]).after;
    expect(framesOf(year)).toEqual([['TYER', latin1('\x002001')]]);
    const day = editAndCheck(mpegFormat, bytes, [set('date', '2001-02-03')]).after;
    expect(frame(day, 'TDAT')).toEqual(latin1('\x000302'));
    expect(() =>
      mpegFormat.plan(memorySource(bytes), [set('date', 'soon')], { multiValue: 'joined' }),
    ).toThrow(RefusedError);
  });

  it('edits the main comment only, in its language', () => {
    const frames = [...RICH.slice(0, 5), { id: 'COMM', body: latin1('\0fra\0principal') }];
    const { after } = editAndCheck(mpegFormat, file({ version: 3, frames }), [set('comment', 'neu')]);
    const comments = framesOf(after).filter(([id]) => id === 'COMM');
    expect(comments.map(([, content]) => content)).toEqual([
      latin1('\0deuiTunNORM\0 00000123'),
      latin1('\0fra\0neu'),
    ]);
  });

  it('keeps e-mail and play counter of a rating', () => {
    const { after } = editAndCheck(mpegFormat, file({ version: 3, frames: RICH }), [set('rating', '2.5')]);
    expect(frame(after, 'POPM')).toEqual(latin1('me@home\0\x76\0\0\0\x07'));
    const cleared = editAndCheck(mpegFormat, file({ version: 3, frames: RICH }), [set('rating')]);
    expect(frame(cleared.after, 'POPM')).toEqual(latin1('me@home\0\0\0\0\0\x07'));
    expect(() =>
      mpegFormat.plan(memorySource(AUDIO), [set('rating', '6')], { multiValue: 'joined' }),
    ).toThrow('stars');
  });

  it('finds free-form texts without regard to case, and keeps their spelling', () => {
    const frames = [{ id: 'TXXX', body: latin1('\0EnergyLevel\x007') }];
    const { after } = editAndCheck(mpegFormat, file({ version: 3, frames }), [
      set('custom:ENERGYLEVEL', '8'),
    ]);
    expect(frame(after, 'TXXX')).toEqual(latin1('\0EnergyLevel\x008'));
  });

  it('uses padding up, then grows with new padding', () => {
    const bytes = file({ version: 3, frames: RICH, padding: 30 });
    expect(editAndCheck(mpegFormat, bytes, [set('key', 'Am')]).after.length).toBe(bytes.length);
    const grown = editAndCheck(mpegFormat, bytes, [set('artist', 'x'.repeat(40))]).after;
    expect(parseId3(grown).rawBodyEnd - parseId3(grown).rawFramesEnd).toBe(1024);
  });

  it('changes frames in an unsynchronised tag', () => {
    for (const version of [2, 3] as const) {
      const [title, genre, picture] = version === 2 ? ['TT2', 'TCO', 'PIC'] : ['TIT2', 'TCON', 'APIC'];
      const body = Buffer.from([0, 1, 0xff, 0, 0xff, 0xe0, 7, 0xff]);
      const frames = [
        text(title!, 'T'),
        { id: picture!, body },
        text(genre!, 'Rock'),
        { id: picture!, body },
      ];
      const bytes = file({ version, frames, unsync: true, padding: 20 });
      // U+FF21 ends in 0xFF in UTF-16LE.
      const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'Ａ')]);
      expect(frame(after, picture!)).toEqual(body);
      expect(frame(after, genre!)).toEqual(utf16('Ａ'));
      expect(after.length).toBe(bytes.length);
    }
  });

  it('sets the flag of a frame in a v2.4 tag that is unsynchronised throughout', () => {
    const bytes = file({ version: 4, frames: [text('TIT2', 'T')], unsync: true, padding: 40 });
    const { after } = editAndCheck(mpegFormat, bytes, [set('rating', '5')]);
    const { frames } = parseId3(after);
    expect(frames[1]?.flags).toBe(2);
    expect(frames[1]?.content).toEqual(latin1('no@email\0\xff\0'));
  });

  it('keeps compressed, grouped and encrypted frames raw', () => {
    const compressed = Buffer.concat([Buffer.from([0, 0, 0, 5]), deflateSync(latin1('\0Rock'))]);
    const frames = [
      { id: 'TCON', body: compressed, flags: 0x0080 },
      { id: 'TPE1', body: latin1('g\0Art'), flags: 0x0020 },
      { id: 'TALB', body: latin1('\x81secret'), flags: 0x0040 },
    ];
    const bytes = file({ version: 3, frames });
    const { values } = mpegFormat.parse(memorySource(bytes));
    expect(values).toEqual({ genre: ['Rock'], artist: ['Art'] });
    const { after } = editAndCheck(mpegFormat, bytes, [set('key', 'C')]);
    expect(framesOf(after).slice(0, 3)).toEqual(framesOf(bytes));
    const regrouped = editAndCheck(mpegFormat, bytes, [set('artist', 'New'), set('genre', 'Pop')]).after;
    expect(frame(regrouped, 'TPE1')).toEqual(latin1('g\0New'));
    expect(parseId3(regrouped).frames[0]).toMatchObject({ flags: 0, content: latin1('\0Pop') });
    expect(() => mpegFormat.plan(memorySource(bytes), [set('album', 'X')], { multiValue: 'joined' })).toThrow(
      'encrypted',
    );
  });

  it('reads and keeps iTunes sizes in v2.4', () => {
    const big = latin1(`\0${'a'.repeat(300)}`);
    const frames = [{ id: 'TIT2', body: big }, text('TCON', 'Rock'), { id: 'TPE1', body: big }];
    const bytes = file({ version: 4, frames, plainSizes: true, padding: 400 });
    const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'x'.repeat(200)), set('key', 'C')]);
    expect(parseId3(after).sizes).toBe('plain');
    expect(framesOf(after).map(([id]) => id)).toEqual(['TIT2', 'TCON', 'TPE1', 'TKEY']);
  });

  it('keeps a footer in step with the header', () => {
    const bytes = file({ version: 4, frames: [text('TIT2', 'T')], footer: true });
    const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'Rock')]);
    const { size, rawBodyEnd } = parseId3(after);
    expect(after.subarray(rawBodyEnd + 3, size)).toEqual(after.subarray(3, 10));
  });

  it('keeps what stands behind the frames', () => {
    const tail = latin1('garbage? yes');
    const bytes = file({ version: 3, frames: [text('TIT2', 'T')], tail });
    const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'Rock')]);
    expect(after.includes(tail)).toBe(true);
    expect(frame(after, 'TCON')).toEqual(latin1('\0Rock'));
  });

  it('edits further tags only where they hold the field', () => {
    const second = id3Tag({ version: 4, frames: [text('TCON', 'Old'), text('TIT2', 'Other')], padding: 9 });
    const bytes = Buffer.concat([id3Tag({ version: 3, frames: [text('TIT2', 'T')] }), second, AUDIO]);
    const { after, plan } = editAndCheck(mpegFormat, bytes, [set('genre', 'New'), set('key', 'Am')]);
    const rest = after.subarray(parseId3(after).size);
    expect(framesOf(rest).map(([id]) => id)).toEqual(['TCON', 'TIT2']);
    expect(plan.changes.map(({ location }) => location)).toEqual([
      'ID3v2.3 TCON',
      'ID3v2.3 TKEY',
      'ID3v2.4 TCON',
    ]);
  });

  describe('extended headers', () => {
    const extended3 = (frames: Buffer, padding: number): Buffer => {
      const header = Buffer.alloc(14);
      header.writeUInt32BE(10);
      header.writeUInt16BE(0x8000, 4);
      header.writeUInt32BE(padding, 6);
      header.writeUInt32BE(crc32(frames), 10);
      return header;
    };
    const frames = [text('TIT2', 'T'), text('TPE1', 'A')];
    const coded = (version: 3 | 4) => id3Tag({ version, frames }).subarray(10);

    it('keeps the CRC and the padding size of v2.3 right', () => {
      const bytes = file({ version: 3, frames, extended: extended3(coded(3), 60), padding: 60 });
      const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'Rock')]);
      const { body, framesEnd } = parseId3(after);
      expect(body.readUInt32BE(10)).toBe(crc32(body.subarray(14, framesEnd)));
      expect(body.readUInt32BE(6)).toBe(body.length - framesEnd);
    });

    it('keeps the CRC of v2.4 right, padding included', () => {
      const crc = crc32(Buffer.concat([coded(4), Buffer.alloc(50)]));
      const five = [28, 21, 14, 7, 0].map((bits) => Math.floor(crc / 2 ** bits) & 0x7f);
      const extended = Buffer.from([...syncsafe(12), 1, 0x20, 5, ...five]);
      const bytes = file({ version: 4, frames, extended, padding: 50 });
      const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'Rock')]);
      const { body } = parseId3(after);
      const stored = body.subarray(7, 12).reduce((sum, byte) => sum * 128 + byte, 0);
      expect(stored).toBe(crc32(body.subarray(12)));
    });

    it('refuses where the CRC is wrong already', () => {
      const bytes = file({ version: 3, frames, extended: extended3(latin1('wrong'), 10), padding: 10 });
      expect(() =>
        mpegFormat.plan(memorySource(bytes), [set('genre', 'R')], { multiValue: 'joined' }),
      ).toThrow('checksum');
    });
  });
});

describe('tags beside ID3v2', () => {
  const id3v1 = (genre = 17): Buffer => {
    const tag = Buffer.alloc(128);
    tag.write('TAGMy Title', 'latin1');
    tag.write('Caf\xe9', 33, 'latin1');
    tag[126] = 9;
    tag[127] = genre;
    return tag;
  };

  it('leaves ID3v1 as it is, and carries it over into the first ID3v2 tag', () => {
    const bytes = Buffer.concat([AUDIO, id3v1()]);
    const { after, plan } = editAndCheck(mpegFormat, bytes, [set('genre', 'House')]);
    expect(after.subarray(-128)).toEqual(id3v1());
    expect(frame(after, 'TIT2')).toEqual(latin1('\0My Title'));
    expect(frame(after, 'TPE1')).toEqual(latin1('\0Caf\xe9'));
    expect(plan.changes).toEqual([
      { field: 'genre', before: ['Rock'], after: ['House'], location: 'ID3v2.3 TCON' },
    ]);
    expect(
      mpegFormat.plan(memorySource(bytes), [set('genre', 'Rock')], { multiValue: 'joined' }).splices,
    ).toEqual([]);
  });

  it('edits APE where it has the field, and only there', () => {
    const item = (key: string, value: string): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(value.length);
      return Buffer.concat([head, latin1(`${key}\0${value}`)]);
    };
    const items = [item('Genre', 'Rock'), item('MP3GAIN_MINMAX', '1,2')];
    const size = items.reduce((sum, one) => sum + one.length, 32);
    const footer = Buffer.concat([latin1('APETAGEX'), Buffer.alloc(24)]);
    footer.writeUInt32LE(2000, 8);
    footer.writeUInt32LE(size, 12);
    footer.writeUInt32LE(items.length, 16);
    const bytes = file(
      { version: 3, frames: [text('TCON', 'Rock')] },
      Buffer.concat([...items, footer, id3v1()]),
    );
    const { after } = editAndCheck(mpegFormat, bytes, [set('genre', 'House'), set('key', 'Am')]);
    expect(after.includes('Genre\0House')).toBe(true);
    expect(after.includes('MP3GAIN_MINMAX\x001,2')).toBe(true);
    expect(after.toString('latin1').toLowerCase()).not.toContain('initialkey');
    expect(after.subarray(-128)).toEqual(id3v1());
  });
});

describe('what is refused', () => {
  const refuse = (bytes: Buffer): string => {
    try {
      mpegFormat.plan(memorySource(bytes), [set('genre', 'Rock')], { multiValue: 'joined' });
    } catch (error) {
      if (error instanceof RefusedError) return error.message;
      throw error;
    }
    return 'not refused';
  };

  it('a tag that claims more than the file has', () => {
    const bytes = file({ version: 3, frames: [text('TIT2', 'T')] });
    syncsafe(1_000_000).copy(bytes, 6);
    expect(refuse(bytes)).toContain('more than the file has');
  });

  it('a tag whose size covers audio', () => {
    const bytes = file({ version: 3, frames: [text('TIT2', 'T')] });
    syncsafe(12 + 417 * 4).copy(bytes, 6);
    expect(refuse(bytes)).toContain('covers audio');
  });

  it('a tag that swallows all audio', () => {
    const bytes = file({ version: 3, frames: [text('TIT2', 'T')] });
    syncsafe(bytes.length - 10).copy(bytes, 6);
    expect(refuse(bytes)).toContain('no MPEG audio');
  });

  it('versions and flags that do not exist', () => {
    const bytes = file({ version: 3, frames: [text('TIT2', 'T')] });
    bytes[3] = 5;
    expect(refuse(bytes)).toContain('not a version');
    bytes[3] = 3;
    bytes[5] = 1;
    expect(refuse(bytes)).toContain('unknown flags');
  });

  it('text, random bytes, an empty file', () => {
    expect(mpegFormat.matches(memorySource(Buffer.from('Hello, this is text named .mp3')))).toBe(false);
    expect(mpegFormat.matches(memorySource(Buffer.alloc(0)))).toBe(false);
    expect(mpegFormat.matches(memorySource(Buffer.alloc(5000, 0xff)))).toBe(false);
  });
});

describe('properties', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('Rock', '(17)', 'Дом', 'Ａÿ', '日本語', '🎧', 'x'.repeat(200)),
  );
  const clean = value.map((s) => s.replace(/[\0/;]/g, '').trim()).filter((s) => s !== '' && s.isWellFormed());
  const id = fc.constantFrom('TIT2', 'TCON', 'TPE1', 'APIC', 'PRIV', 'GEOB', 'TXXX', 'COMM', 'XYZ0');
  const anyFrame = fc.record({
    id,
    body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  });
  const goodFrame = fc
    .record({ id: fc.constantFrom('TIT2', 'TCON', 'TALB'), value: clean })
    .map(({ id: name, value: v }) => ({ id: name, body: utf16(v) }));
  const tag = fc.record({
    version: fc.constantFrom(3 as const, 4 as const),
    frames: fc.array(fc.oneof(anyFrame, goodFrame), { maxLength: 6 }),
    padding: fc.integer({ min: 0, max: 60 }),
    unsync: fc.boolean(),
  });
  const edit = fc.oneof(
    fc.record({
      field: fc.constantFrom<FieldName>(
        'title',
        'genre',
        'artist',
        'key',
        'comment',
        'custom:Energy',
        'grouping',
      ),
      values: fc.array(clean, { maxLength: 1 }),
    }),
    fc.record({
      field: fc.constantFrom<FieldName>('trackNumber', 'discTotal'),
      values: fc.array(fc.constantFrom('1', '12'), { maxLength: 1 }),
    }),
  );

  it('any edit of any tag is surgical, idempotent and can be undone, or is refused', () => {
    fc.assert(
      fc.property(
        tag,
        fc.uniqueArray(edit, { selector: ({ field }) => field, maxLength: 4 }),
        (spec, edits) => {
          try {
            editAndCheck(mpegFormat, file(spec), edits);
          } catch (error) {
            // Refusing to plan is allowed; a copy that fails its check is not.
            if (!(error instanceof RefusedError) || error.message.includes('did not pass')) throw error;
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
