import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { oggPageCrc } from '../../../../../src/main/tagging/formats/ogg/crc.ts';
import { oggFormat } from '../../../../../src/main/tagging/formats/ogg/index.ts';
import { readPage } from '../../../../../src/main/tagging/formats/ogg/page.ts';
import { distribute, lacingOf } from '../../../../../src/main/tagging/formats/ogg/paginate.ts';
import type { FieldEdit } from '../../../../../src/shared/tags.ts';
import { fieldEdits, mutated } from '../support/arbitrary.ts';
import { expectHarmlessEdit, expectNoCrash } from '../support/invariants.ts';
import { type Codec, oggFile, oggFiles, oggStream } from './generate.ts';

const HOUSE: FieldEdit[] = [{ field: 'genre', values: ['House'] }];
const LONG: FieldEdit[] = [{ field: 'comment', values: ['x'.repeat(70_000)] }];
const plan = (file: Buffer, edits: readonly FieldEdit[]) =>
  oggFormat.plan(memorySource(file), edits, { multiValue: 'joined' });

/** Checks what any reader of Ogg does: CRCs, numbers without a gap, continuation flags. Returns the page count. */
function expectSoundPages(file: Buffer): number {
  const source = memorySource(file);
  const sequences = new Map<number, number>();
  let open = false;
  let count = 0;
  for (let at = 0; at < file.length; count++) {
    const page = readPage(source, at);
    const bytes = file.subarray(at, at + page.length);
    expect(oggPageCrc(bytes)).toBe(bytes.readUInt32LE(22));
    const expected = page.flags & 2 ? page.sequence : ((sequences.get(page.serial) ?? 0) + 1) >>> 0;
    expect(page.sequence).toBe(expected);
    expect((page.flags & 1) !== 0).toBe(open);
    open = page.lacing.at(-1) === 255;
    sequences.set(page.serial, page.sequence);
    at += page.length;
  }
  return count;
}

describe('oggPageCrc', () => {
  it('has the check value of a CRC-32 without reflection, start value and inversion', () => {
    // CRC-32/CKSUM's check value over the digits is 0x765e7680; it differs by its final inversion alone.
    expect(oggPageCrc(Buffer.from('123456789'))).toBe(~0x765e7680 >>> 0);
  });

  it('takes the CRC field as zero', () => {
    const page = Buffer.from(oggFile([]).subarray(0, 58));
    const crc = page.readUInt32LE(22);
    page.fill(9, 22, 26);
    expect(oggPageCrc(page)).toBe(crc);
  });
});

describe('distribute', () => {
  it('keeps the old pages, fills at most 255 segments, leaves none empty', () => {
    expect(distribute(551, [255, 255, 40], 3)).toEqual([255, 255, 41]);
    expect(distribute(700, [255, 255, 40], 3)).toEqual([255, 255, 190]);
    expect(distribute(5, [255, 255, 40], 3)).toEqual([3, 1, 1]);
    expect(distribute(256, [255], 2)).toEqual([255, 1]);
    expect(distribute(500, [10, 10], 2)).toEqual([245, 255]);
    expect([...lacingOf(0)]).toEqual([0]);
    expect([...lacingOf(510)]).toEqual([255, 255, 0]);
  });
});

describe('oggFormat', () => {
  it.each<Codec>(['ogg-vorbis', 'opus', 'speex', 'ogg-flac'])('edits %s within its page', (codec) => {
    const file = oggFile(['TITLE=x'], { codec });
    const { edited, after } = expectHarmlessEdit(oggFormat, file, HOUSE);
    expect(after).toMatchObject({ container: codec, values: { title: ['x'], genre: ['House'] } });
    expect(plan(file, HOUSE).renumber).toBeUndefined();
    expect(expectSoundPages(edited)).toBe(expectSoundPages(file));
  });

  it('uses the room on later header pages before it renumbers', () => {
    const file = oggFile([`A=${'x'.repeat(64_900)}`], { setupLength: 5000 });
    const { edited } = expectHarmlessEdit(oggFormat, file, [
      { field: 'comment', values: ['y'.repeat(3000)] },
    ]);
    expect(expectSoundPages(edited)).toBe(expectSoundPages(file));
  });

  it.each([0, 0xfffffffe])(
    'renumbers what follows when it needs a page more (first page %i)',
    (firstSequence) => {
      const file = oggFile(['TITLE=x'], { firstSequence });
      const { edited } = expectHarmlessEdit(oggFormat, file, LONG);
      expect(plan(file, LONG).renumber).toMatchObject([{ delta: 1 }]);
      expect(expectSoundPages(edited)).toBe(expectSoundPages(file) + 1);
    },
  );

  it('keeps the page count when the comments shrink', () => {
    const file = oggFile([`COMMENT=${'x'.repeat(150_000)}`]);
    const { edited } = expectHarmlessEdit(oggFormat, file, [{ field: 'comment', values: [] }]);
    expect(expectSoundPages(edited)).toBe(expectSoundPages(file));
    expect(edited.length).toBeLessThan(file.length - 149_000);
  });

  it('keeps a cover out of the journal though it moves from page to page', () => {
    // Bytes that no shift makes equal by chance.
    const cover = Buffer.from(
      Array.from({ length: 300_000 }, (_, index) => 65 + (((index * index) >> 3) % 26)),
    );
    for (const codec of ['ogg-vorbis', 'opus', 'ogg-flac'] as const) {
      const file = oggFile(
        ['GENRE=x', Buffer.concat([Buffer.from('METADATA_BLOCK_PICTURE='), cover]), 'DATE=2001'],
        { codec },
      );
      for (const values of [['Drum & Bass'], []]) {
        const edits: FieldEdit[] = [
          { field: 'genre', values },
          { field: 'date', values: [] },
        ];
        const { splices } = plan(file, edits);
        expect(splices.reduce((sum, { length, insert }) => sum + length + insert.length, 0)).toBeLessThan(
          1000,
        );
        expectSoundPages(expectHarmlessEdit(oggFormat, file, edits).edited);
      }
    }
  });

  it('edits the first stream of a chained file only', () => {
    const second = oggFile(['TITLE=second'], { serial: 5 });
    const file = Buffer.concat([oggFile(['TITLE=first']), second]);
    for (const edits of [HOUSE, LONG]) {
      const { edited } = expectHarmlessEdit(oggFormat, file, edits);
      expect(edited.subarray(-second.length).equals(second)).toBe(true);
      expectSoundPages(edited);
    }
  });

  it('keeps what stands behind the comments of an Opus file', () => {
    const tail = Buffer.from('\x01binary suffix that is not ours');
    const { edited } = expectHarmlessEdit(oggFormat, oggFile([], { codec: 'opus', tail }), HOUSE);
    expect(edited.includes(tail)).toBe(true);
  });

  it('leaves damaged audio alone while it need not be touched, and refuses to renumber it', () => {
    const file = oggFile(['TITLE=x']);
    file[file.length - 3]! ^= 1;
    expectHarmlessEdit(oggFormat, file, HOUSE);
    expect(() => plan(file, LONG)).toThrow(/damaged/);
    const short = file.subarray(0, file.length - 10);
    expectHarmlessEdit(oggFormat, short, HOUSE);
    expect(() => plan(short, LONG)).toThrow(/cut short/);
    const junk = Buffer.concat([oggFile([], { ends: false }), Buffer.from('junk')]);
    expectHarmlessEdit(oggFormat, junk, HOUSE);
    expect(() => plan(junk, LONG)).toThrow(/no Ogg page/);
    expectHarmlessEdit(oggFormat, Buffer.concat([oggFile([]), Buffer.from('junk')]), LONG);
  });

  it('refuses damage in the headers', () => {
    const file = oggFile(['TITLE=x']);
    file[120]! ^= 1;
    expect(() => plan(file, HOUSE)).toThrow(/damaged/);
  });

  it('refuses streams side by side', () => {
    const one = oggFile(['TITLE=x']);
    const first = readPage(memorySource(one), 0).length;
    const other = oggStream([{ packets: [Buffer.from('fishead\0')] }], { serial: 7, ends: false });
    const file = Buffer.concat([one.subarray(0, first), other, one.subarray(first)]);
    expect(() => plan(file, HOUSE)).toThrow(/side by side/);
  });

  it('refuses audio on the page where the headers end', () => {
    const head = Buffer.from('OpusHead\x01\x02AAAABBBBCC\x00', 'latin1');
    const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.alloc(8)]);
    const file = oggStream([{ packets: [head] }, { packets: [tags, Buffer.alloc(99)] }]);
    expect(() => plan(file, HOUSE)).toThrow(/same Ogg page/);
  });

  it('refuses codecs that it does not know', () => {
    expect(() => plan(oggStream([{ packets: [Buffer.from('\x80theora')] }]), HOUSE)).toThrow(
      /neither Vorbis/,
    );
  });

  it('changes only what was asked, in any valid file', () => {
    fc.assert(
      fc.property(oggFiles, fieldEdits(), (file, edits) => {
        const { edited } = expectHarmlessEdit(oggFormat, file, edits);
        expectSoundPages(edited);
      }),
    );
  });

  it('renumbers any valid file', () => {
    fc.assert(
      fc.property(oggFiles, (file) => {
        expectSoundPages(expectHarmlessEdit(oggFormat, file, LONG).edited);
      }),
      { numRuns: 30 },
    );
  });

  it('survives damaged files', () => {
    fc.assert(
      fc.property(mutated(oggFiles), fieldEdits(), (file, edits) => expectNoCrash(oggFormat, file, edits)),
    );
  });
});
