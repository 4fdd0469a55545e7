import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { flacFormat } from '../../../../../src/main/tagging/formats/flac/index.ts';
import type { FieldEdit } from '../../../../../src/shared/tags.ts';
import { fieldEdits, mutated } from '../support/arbitrary.ts';
import { expectHarmlessEdit, expectNoCrash } from '../support/invariants.ts';
import { block, comments, FRAMES, flacFile, flacFiles, id3, padding, STREAMINFO } from './generate.ts';

const HOUSE: FieldEdit[] = [{ field: 'genre', values: ['House'] }];
const PICTURE = block(6, Buffer.alloc(50_000, 0x51));

describe('flacFormat', () => {
  it('takes room from the padding, and keeps the picture between out of the journal', () => {
    const file = flacFile([STREAMINFO, comments('TITLE=x'), PICTURE, padding(100)]);
    const { edited, after } = expectHarmlessEdit(flacFormat, file, HOUSE);
    expect(edited.length).toBe(file.length);
    expect(after.values).toEqual({ title: ['x'], genre: ['House'] });
    const plan = flacFormat.plan(memorySource(file), HOUSE, { multiValue: 'joined' });
    expect(plan.splices.reduce((sum, { length, insert }) => sum + length + insert.length, 0)).toBeLessThan(
      80,
    );
  });

  it('gives room back to the padding', () => {
    const file = flacFile([STREAMINFO, comments('GENRE=something long', 'TITLE=x'), padding(0)]);
    expect(expectHarmlessEdit(flacFormat, file, HOUSE).edited.length).toBe(file.length);
  });

  it('grows the file where the padding is too small or not zero', () => {
    for (const last of [padding(3), block(1, 'somebody hid a text here that is not ours to cut')]) {
      const file = flacFile([STREAMINFO, comments(), last]);
      expect(expectHarmlessEdit(flacFormat, file, HOUSE).edited.length).toBe(
        file.length + 4 + 'GENRE=House'.length,
      );
    }
  });

  it('makes a comment block behind STREAMINFO, which may have been the last', () => {
    for (const blocks of [[STREAMINFO], [STREAMINFO, padding(3)], [STREAMINFO, PICTURE, padding(99)]]) {
      const { edited, after } = expectHarmlessEdit(flacFormat, flacFile(blocks), HOUSE);
      expect(edited[42]! & 0x7f).toBe(4);
      expect(after.values.genre).toEqual(['House']);
    }
  });

  it('keeps ID3v2 tags in front', () => {
    const front = Buffer.concat([id3(20), id3(130)]);
    const { edited } = expectHarmlessEdit(flacFormat, flacFile([STREAMINFO], { front }), HOUSE);
    expect(edited.subarray(0, front.length).equals(front)).toBe(true);
  });

  it.each([
    ['two comment blocks', flacFile([STREAMINFO, comments(), comments()]), /several comment blocks/],
    ['no STREAMINFO', flacFile([padding(4)]), /STREAMINFO/],
    ['no frame after the blocks', flacFile([STREAMINFO], { audio: Buffer.alloc(9) }), /No FLAC frame/],
    ['a block past the end', flacFile([STREAMINFO, padding(99)]).subarray(0, 80), /longer than the file/],
    ['block type 127', flacFile([STREAMINFO, block(127)]), /type 127/],
    [
      'ten thousand blocks',
      flacFile([STREAMINFO, ...Array.from({ length: 10_000 }, () => padding(0))]),
      /More FLAC/,
    ],
  ])('refuses %s', (_what, file, message) => {
    expect(() => flacFormat.plan(memorySource(file), HOUSE, { multiValue: 'joined' })).toThrow(message);
  });

  it('refuses comments beyond the limit of a block', () => {
    const edits = [{ field: 'comment' as const, values: ['x'.repeat(2 ** 24)] }];
    expect(() =>
      flacFormat.plan(memorySource(flacFile([STREAMINFO])), edits, { multiValue: 'joined' }),
    ).toThrow(/16 MiB/);
  });

  it('knows its own', () => {
    expect(flacFormat.matches(memorySource(flacFile([STREAMINFO], { front: id3(9) })))).toBe(true);
    expect(flacFormat.matches(memorySource(Buffer.concat([id3(9), FRAMES])))).toBe(false);
    expect(flacFormat.matches(memorySource(Buffer.alloc(0)))).toBe(false);
  });

  it('changes only what was asked, in any valid file', () => {
    fc.assert(
      fc.property(flacFiles, fieldEdits(), (file, edits) => void expectHarmlessEdit(flacFormat, file, edits)),
    );
  });

  it('survives damaged files', () => {
    fc.assert(
      fc.property(mutated(flacFiles), fieldEdits(), (file, edits) => expectNoCrash(flacFormat, file, edits)),
    );
  });
});
