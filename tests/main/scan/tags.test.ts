import { describe, expect, it } from 'vitest';
import { type NativeTags, tagValues } from '../../../src/main/scan/tags.ts';

const tags = (kind: string, entries: readonly (readonly [string, unknown])[]): NativeTags => ({
  [kind]: entries.map(([id, value]) => ({ id, value })) as NativeTags[string],
});

describe('tagValues', () => {
  it.each([
    ['ID3v2.2', 'TKE'],
    ['ID3v2.3', 'TKEY'],
    ['ID3v2.4', 'TXXX:INITIALKEY'],
    ['vorbis', 'INITIALKEY'],
    ['vorbis', 'KEY'],
    ['iTunes', '----:com.apple.iTunes:initialkey'],
    ['iTunes', '----:com.apple.iTunes:INITIALKEY'],
    ['APEv2', 'InitialKey'],
    ['asf', 'WM/InitialKey'],
  ])('finds the key of %s under %s', (kind, id) => {
    expect(tagValues(tags(kind, [[id, 'F#m']])).key).toEqual(['F#m']);
  });

  it('prefers INITIALKEY to KEY, and ID3v2 to an APE tag beside it', () => {
    expect(
      tagValues(
        tags('vorbis', [
          ['KEY', 'A'],
          ['INITIALKEY', 'B'],
        ]),
      ).key,
    ).toEqual(['B']);
    const both = {
      ...tags('ID3v2.4', [['TIT2', 'id3']]),
      ...tags('APEv2', [
        ['Title', 'ape'],
        ['Genre', 'Dub'],
      ]),
    };
    expect(tagValues(both)).toEqual({ title: ['id3'], genre: ['Dub'] });
  });

  it('keeps several values apart and joined ones together as each kind means it', () => {
    expect(
      tagValues(
        tags('vorbis', [
          ['GENRE', 'House'],
          ['GENRE', 'Techno; Dub'],
        ]),
      ).genre,
    ).toEqual(['House', 'Techno; Dub']);
    expect(tagValues(tags('ID3v2.3', [['TCON', 'House; Techno']])).genre).toEqual(['House', 'Techno']);
    expect(tagValues(tags('ID3v2.4', [['TCON', 'House\0Techno']])).genre).toEqual(['House', 'Techno']);
    // The parser splits these at the slash before v2.4.
    expect(
      tagValues(
        tags('ID3v2.3', [
          ['TPE1', 'AC'],
          ['TPE1', 'DC'],
        ]),
      ).artist,
    ).toEqual(['AC/DC']);
    expect(tagValues(tags('ID3v2.3', [['TPE1', 'A; B']])).artist).toEqual(['A', 'B']);
  });

  it('takes numbers and totals apart, zeros left out', () => {
    expect(
      tagValues(
        tags('ID3v2.4', [
          ['TRCK', '3/12'],
          ['TPOS', '1'],
        ]),
      ),
    ).toEqual({
      trackNumber: ['3'],
      trackTotal: ['12'],
      discNumber: ['1'],
    });
    expect(
      tagValues(
        tags('iTunes', [
          ['trkn', '5/0'],
          ['disk', '0/0'],
          ['tmpo', 128],
        ]),
      ),
    ).toEqual({
      trackNumber: ['5'],
      bpm: ['128'],
    });
    expect(tagValues(tags('vorbis', [['TRACKNUMBER', '2/9']]))).toEqual({
      trackNumber: ['2'],
      trackTotal: ['9'],
    });
  });

  it('keeps the decimals of a tempo', () => {
    expect(tagValues(tags('ID3v2.4', [['TBPM', '174.25']])).bpm).toEqual(['174.25']);
  });

  it('takes the comment without a description, not what programs note for themselves', () => {
    const comments = tags('ID3v2.4', [
      ['COMM:iTunNORM', { descriptor: 'iTunNORM', text: ' 00000', language: 'eng' }],
      ['COMM', { descriptor: '', text: 'mine', language: 'eng' }],
    ]);
    expect(tagValues(comments).comment).toEqual(['mine']);
  });

  it('reads POPM as stars', () => {
    for (const [rating, stars] of [
      [1, '1'],
      [64, '2'],
      [128, '3'],
      [186, '3.5'],
      [196, '4'],
      [255, '5'],
    ] as const)
      expect(tagValues(tags('ID3v2.3', [['POPM', { email: 'x', rating }]])).rating).toEqual([stars]);
    expect(tagValues(tags('ID3v2.3', [['POPM', { email: 'x', rating: 0 }]])).rating).toBeUndefined();
  });

  it('reads RIFF INFO in UTF-8 and in Latin-1', () => {
    const inLatin1 = Buffer.from('Артист').toString('latin1');
    expect(
      tagValues(
        tags('exif', [
          ['IART', inLatin1],
          ['INAM', 'Café'],
        ]),
      ),
    ).toEqual({ artist: ['Артист'], title: ['Café'] });
  });

  it('believes an ID3v1 genre only where there is nothing else', () => {
    const old = tags('ID3v1', [
      ['title', 'T'],
      ['genre', 'Blues'],
    ]);
    expect(tagValues(old)).toEqual({ title: ['T'], genre: ['Blues'] });
    expect(tagValues({ ...old, ...tags('ID3v2.3', [['TALB', 'A']]) })).toEqual({
      title: ['T'],
      album: ['A'],
    });
  });

  it('drops blobs, empty texts and lone surrogates, and bounds what is long', () => {
    const odd = tags('vorbis', [
      ['TITLE', ''],
      ['ARTIST', new Uint8Array(4)],
      ['ALBUM', 'x\ud800'],
      ['COMMENT', 'y'.repeat(1e6)],
    ]);
    const values = tagValues(odd);
    expect(Object.keys(values)).toEqual(['album', 'comment']);
    expect(values.album).toEqual(['x\ufffd']);
    expect(values.comment?.[0]?.length).toBeLessThan(10_000);
  });
});
