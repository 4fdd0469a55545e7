import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySplices } from '../../../../../src/main/tagging/bytes/splices.ts';
import {
  parseVorbisComment,
  serialiseVorbisComment,
  spliceEntries,
} from '../../../../../src/main/tagging/formats/vorbis-comment/block.ts';
import { editVorbisComment } from '../../../../../src/main/tagging/formats/vorbis-comment/edit.ts';
import { readFields } from '../../../../../src/main/tagging/formats/vorbis-comment/fields.ts';
import type { FieldName } from '../../../../../src/shared/tags.ts';
import { fieldEdits } from '../support/arbitrary.ts';
import { commentBytes, rawEntries } from './generate.ts';

/** Entries after an edit of one field, as text. */
function edited(entries: readonly string[], field: FieldName, ...values: string[]): string[] {
  const { comment } = editVorbisComment(parseVorbisComment(commentBytes(entries)), [{ field, values }]);
  return comment.entries.map(({ raw }) => raw.toString());
}

const read = (...entries: string[]) => readFields(parseVorbisComment(commentBytes(entries)).entries);

describe('parseVorbisComment', () => {
  it('gives back every byte', () => {
    fc.assert(
      fc.property(rawEntries, fc.uint8Array({ maxLength: 20 }), (entries, tail) => {
        const bytes = commentBytes(entries, { tail });
        expect(serialiseVorbisComment(parseVorbisComment(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  it.each([
    ['a count that can not be true', Buffer.from('00000000ffffffff', 'hex')],
    ['a vendor longer than the block', Buffer.from('ffffffff00000000', 'hex')],
    ['an entry longer than the block', Buffer.from('000000000100000009000000414243', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => parseVorbisComment(bytes)).toThrow(/Vorbis comment/);
  });
});

describe('editVorbisComment', () => {
  it('keeps the spelling and the place of the first, one entry a value', () => {
    expect(edited(['Genre=a', 'TITLE=t', 'GENRE=b', 'x=y'], 'genre', 'House', 'Techno')).toEqual([
      'Genre=House',
      'Genre=Techno',
      'TITLE=t',
      'x=y',
    ]);
  });

  it('removes every entry when it clears', () => {
    expect(edited(['GENRE=a', 'genre=b', 'TITLE=t'], 'genre')).toEqual(['TITLE=t']);
  });

  it('writes INITIALKEY always, and KEY where it is', () => {
    expect(edited([], 'key', 'Am')).toEqual(['INITIALKEY=Am']);
    expect(edited(['Key=C', 'initialkey=C'], 'key', 'Am')).toEqual(['Key=Am', 'initialkey=Am']);
    expect(edited(['KEY=C'], 'key', 'Am')).toEqual(['KEY=Am', 'INITIALKEY=Am']);
    expect(edited(['KEY=Am'], 'key', 'Am')).toEqual(['KEY=Am']);
  });

  it('keeps "ALBUM ARTIST", YEAR, DESCRIPTION, TEMPO and TOTALTRACKS where they are used', () => {
    expect(edited(['ALBUM ARTIST=x'], 'albumArtist', 'y')).toEqual(['ALBUM ARTIST=y']);
    expect(edited(['YEAR=1999'], 'date', '2001-02-03')).toEqual(['YEAR=2001-02-03']);
    expect(edited(['DESCRIPTION=x'], 'comment', 'y')).toEqual(['DESCRIPTION=y']);
    expect(edited(['DESCRIPTION=x', 'COMMENT=z'], 'comment', 'y')).toEqual(['DESCRIPTION=x', 'COMMENT=y']);
    expect(edited(['TEMPO=90'], 'bpm', '91')).toEqual(['TEMPO=91']);
    expect(edited(['TOTALTRACKS=9'], 'trackTotal', '10')).toEqual(['TOTALTRACKS=10']);
  });

  it('edits the half of n/total that was asked for', () => {
    expect(read('TRACKNUMBER=3/12')).toEqual({ trackNumber: ['3'], trackTotal: ['12'] });
    expect(edited(['TRACKNUMBER=3/12'], 'trackNumber', '4')).toEqual(['TRACKNUMBER=4/12']);
    expect(edited(['TRACKNUMBER=3/12'], 'trackTotal', '13')).toEqual(['TRACKNUMBER=3/13']);
    expect(edited(['TRACKNUMBER=3/12'], 'trackTotal')).toEqual(['TRACKNUMBER=3']);
    expect(edited(['a=b', 'TRACKNUMBER=3/12', 'c=d'], 'trackNumber')).toEqual([
      'a=b',
      'TRACKTOTAL=12',
      'c=d',
    ]);
    expect(edited(['TRACKNUMBER=3'], 'trackTotal', '13')).toEqual(['TRACKNUMBER=3', 'TRACKTOTAL=13']);
    expect(edited(['TRACKNUMBER=3/12', 'TRACKTOTAL=12'], 'trackTotal', '13')).toEqual([
      'TRACKNUMBER=3/13',
      'TRACKTOTAL=13',
    ]);
  });

  it('clears what would be read instead, too', () => {
    expect(edited(['DESCRIPTION=x', 'COMMENT=z'], 'comment')).toEqual([]);
    expect(edited(['DATE=2001', 'YEAR=2001', 'TITLE=t'], 'date')).toEqual(['TITLE=t']);
    expect(edited(['KEY=C'], 'key')).toEqual([]);
  });

  it('rates in the scale that is there', () => {
    expect(read('RATING=90')).toEqual({ rating: ['4.5'] });
    expect(read('RATING=4')).toEqual({ rating: ['4'] });
    expect(edited(['RATING=90'], 'rating', '2')).toEqual(['RATING=40']);
    expect(edited(['RATING=4'], 'rating', '2')).toEqual(['RATING=2']);
    expect(edited([], 'rating', '0.5')).toEqual(['RATING=10']);
    expect(edited(['RATING=100'], 'rating', '5')).toEqual(['RATING=100']);
    expect(() => edited([], 'rating', '6')).toThrow(/stars/);
  });

  it('reads free-form fields as spelled and finds them without case', () => {
    expect(read('Energy=7', 'METADATA_BLOCK_PICTURE=AAAA')).toEqual({ 'custom:Energy': ['7'] });
    expect(edited(['Energy=7'], 'custom:ENERGY', '8')).toEqual(['Energy=8']);
    expect(edited([], 'custom:Energy', '8')).toEqual(['Energy=8']);
  });

  it.each<[FieldName, string[]]>([
    ['custom:a=b', ['x']],
    ['custom:ünïcode', ['x']],
    ['custom:GENRE', ['x']],
    ['title', ['a\0b']],
    ['trackNumber', ['3/12']],
    ['trackTotal', ['1', '2']],
  ])('refuses %s = %j', (field, values) => {
    expect(() => edited([], field, ...values)).toThrow();
  });

  it('tells each place that changes', () => {
    const comment = parseVorbisComment(commentBytes(['KEY=C', 'INITIALKEY=Dm']));
    expect(editVorbisComment(comment, [{ field: 'key', values: ['Am'] }])).toMatchObject({
      changes: [
        { field: 'key', before: ['Dm'], after: ['Am'], location: 'Vorbis INITIALKEY' },
        { field: 'key', before: ['C'], after: ['Am'], location: 'Vorbis KEY' },
      ],
      touched: ['Vorbis/INITIALKEY', 'Vorbis/KEY'],
    });
  });

  it('keeps a cover out of the splices when an entry is added behind it', () => {
    const before = parseVorbisComment(commentBytes([`METADATA_BLOCK_PICTURE=${'A'.repeat(100_000)}`]));
    const { comment } = editVorbisComment(before, [{ field: 'genre', values: ['House'] }]);
    const splices = spliceEntries(0, before, comment);
    expect(splices.reduce((sum, { length, insert }) => sum + length + insert.length, 0)).toBeLessThan(50);
    expect(
      applySplices(serialiseVorbisComment(before), splices).equals(serialiseVorbisComment(comment)),
    ).toBe(true);
  });

  it('leaves other names alone, reads back what it wrote, and changes nothing the second time', () => {
    fc.assert(
      fc.property(rawEntries, fieldEdits(), (entries, edits) => {
        const before = parseVorbisComment(commentBytes(entries));
        const { comment, changes, touched } = editVorbisComment(before, edits);
        const others = (all: typeof before.entries) =>
          all
            .filter(({ name }) => !touched.includes(`Vorbis/${name}`))
            .map(({ raw }) => raw.toString('latin1'));
        expect(others(comment.entries)).toEqual(others(before.entries));
        const values = readFields(comment.entries);
        for (const { field, values: wish } of edits) {
          const name = Object.keys(values).find((found) => found.toUpperCase() === field.toUpperCase());
          expect(values[(name ?? field) as FieldName] ?? []).toEqual(wish);
        }
        expect(editVorbisComment(comment, edits).comment).toBe(comment);
        expect(changes.length === 0).toBe(touched.length === 0);
      }),
    );
  });
});
