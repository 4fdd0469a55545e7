import { describe, expect, it } from 'vitest';
import type { SearchQuery, SortField } from '../../../src/main/catalogue/index.ts';
import { analyse, analysis, memoryLibrary } from './support.ts';

/** Five files: tagged and predicted alike, tagged otherwise, untagged but predicted, tagged only, neither. */
function library() {
  const made = memoryLibrary();
  const { catalogue, add } = made;
  add('/music/Alike.mp3', {
    title: ['Alpha'],
    artist: ['Björk', 'Guest'],
    album: ['Début'],
    genre: ['Hip-Hop', 'Jazz'],
    key: ['8A'],
    bpm: ['120'],
    date: ['1993-07-05'],
  });
  analyse(catalogue, '/music/Alike.mp3', analysis({ key: ['A minor', 0.9], genre: ['hiphop', 0.8] }));
  add('/music/Other.mp3', {
    title: ['beta'],
    artist: ['AC/DC'],
    genre: ['Rock'],
    key: ['C'],
    bpm: ['127,5'],
  });
  analyse(catalogue, '/music/Other.mp3', analysis({ key: ['A minor', 0.6], genre: ['jazz', 0.55] }));
  add('/music/Predicted.mp3', { title: ['Gamma ray'], albumArtist: ['Motörhead'] });
  analyse(catalogue, '/music/Predicted.mp3', analysis({ key: ['A minor', 0.52], genre: ['jazz', 0.95] }));
  add('/music/Tagged.mp3', {
    title: ['delta'],
    genre: ['Jazz'],
    key: ['not a key'],
    comment: ['NEAR(a b) "quoted"'],
  });
  add('/music/sub/Neither.mp3');
  return made;
}

const names = (query: SearchQuery, sort?: SortField, descending = false) =>
  library()
    .catalogue.search(query, { ...(sort ? { sort } : {}), descending })
    .rows.map((row) => row.path.replace(/^.*\/|\.mp3$/g, ''));

describe('search', () => {
  it.each<[string, SearchQuery, string[]]>([
    ['nothing asked', {}, ['Alike', 'Other', 'Predicted', 'Tagged', 'Neither']],
    ['effective key', { keys: [21] }, ['Alike', 'Predicted']],
    ['tagged key', { keys: [21, 0], keySource: 'tag' }, ['Alike', 'Other']],
    ['predicted key', { keys: [21], keySource: 'prediction' }, ['Alike', 'Other', 'Predicted']],
    ['no key of none', { keys: [] }, []],
    ['effective genre, any spelling', { genres: ['hip hop'] }, ['Alike']],
    ['second of two genres', { genres: ['jazz'] }, ['Alike', 'Predicted', 'Tagged']],
    ['one of two genres asked', { genres: ['ROCK', 'hiphop'] }, ['Alike', 'Other']],
    ['tagged genre', { genres: ['jazz'], genreSource: 'tag' }, ['Alike', 'Tagged']],
    ['predicted genre', { genres: ['Jazz'], genreSource: 'prediction' }, ['Other', 'Predicted']],
    ['unknown genre', { genres: ['zydeco'] }, []],
    ['no genre of none', { genres: [] }, []],
    ['missing key', { missing: ['key'] }, ['Predicted', 'Neither']],
    ['missing both', { missing: ['key', 'genre'] }, ['Predicted', 'Neither']],
    ['key differs', { differs: ['key'] }, ['Other']],
    ['genre differs', { differs: ['genre'] }, ['Other']],
    ['sure of the key', { confidence: { key: { min: 0.6 } } }, ['Alike', 'Other']],
    ['unsure of the genre', { confidence: { genre: { max: 0.8 } } }, ['Alike', 'Other']],
    ['bounds of both', { confidence: { key: { min: 0.5, max: 0.6 }, genre: { min: 0.9 } } }, ['Predicted']],
    ['tempo', { bpm: { min: 121, max: 127.5 } }, ['Other']],
    ['below a folder', { below: ['/music/sub'] }, ['Neither']],
    ['below two paths', { below: ['/music/sub/', '/music/Other.mp3'] }, ['Other', 'Neither']],
    ['below none', { below: [] }, []],
    ['all together', { keys: [21], genres: ['jazz'], text: 'gam', missing: ['key'] }, ['Predicted']],
    ['words without accents', { text: 'bjork debut' }, ['Alike']],
    ['words with accents', { text: 'MÖTÖRHEAD' }, ['Predicted']],
    ['starts of words', { text: 'ga ra' }, ['Predicted']],
    ['not the middles', { text: 'amma' }, []],
    ['a word that is split', { text: 'ac/dc' }, ['Other']],
    ['a path', { text: 'sub' }, ['Neither']],
    ['a genre as text', { text: 'hop' }, ['Alike']],
    ['blank text', { text: '  ' }, ['Alike', 'Other', 'Predicted', 'Tagged', 'Neither']],
    ['text without a word', { text: '!? "' }, []],
  ])('finds by %s', (_, query, expected) => {
    expect(names(query)).toEqual(expected);
    expect(library().catalogue.count(query)).toBe(expected.length);
  });

  it.each([
    ['"', 0],
    ['"quoted"', 1],
    ['"quoted', 1],
    ['NEAR(a b)', 1],
    ['NEAR(a b', 1],
    ['near', 1],
    ['delta AND gamma', 0],
    ['delta OR gamma', 0],
    ['delta NOT quoted', 0],
    ['title:delta', 0],
    ['-delta', 1],
    ['^delta', 1],
    ['delta*', 1],
    ['*', 0],
    ['{title artist} : delta', 0],
    ["'; DROP TABLE files; --", 0],
    ['delta\0gamma', 0],
    ['de\0near', 1],
    ['\ud800 delta', 1],
    ['%', 0],
    ['(', 0],
  ])('takes %j literally', (text, count) => {
    const { catalogue } = library();
    expect(catalogue.count({ text })).toBe(count);
    expect(catalogue.count({})).toBe(5);
  });

  it('takes a very long word', () => {
    expect(names({ text: 'a'.repeat(100_000) })).toEqual([]);
    expect(names({ text: 'delta '.repeat(1000) })).toEqual(['Tagged']);
  });

  it('sorts, empty values first', () => {
    expect(names({}, 'title')).toEqual(['Neither', 'Alike', 'Other', 'Tagged', 'Predicted']);
    expect(names({}, 'artist')).toEqual(['Predicted', 'Tagged', 'Neither', 'Other', 'Alike']);
    expect(names({}, 'keyConfidence', true).slice(0, 3)).toEqual(['Alike', 'Other', 'Predicted']);
    expect(names({}, 'bpm', true).slice(0, 2)).toEqual(['Other', 'Alike']);
    // Round the Camelot wheel: 8A, 8A, 8B.
    expect(names({}, 'key').slice(2)).toEqual(['Alike', 'Predicted', 'Other']);
    expect(names({}, 'added', true)[0]).toBe('Neither');
  });

  it('shows what a list needs', () => {
    const { catalogue } = library();
    expect(catalogue.search({ text: 'alpha' }).rows).toEqual([
      {
        id: 1,
        path: '/music/Alike.mp3',
        trackId: 1,
        state: 'present',
        title: 'Alpha',
        artist: 'Björk, Guest',
        album: 'Début',
        genre: 'Hip-Hop; Jazz',
        keyText: '8A',
        key: 21,
        bpm: 120,
        year: 1993,
        durationSeconds: 120,
        predictedKey: 21,
        predictedKeyConfidence: 0.9,
        predictedGenre: 'hiphop',
        predictedGenreConfidence: 0.8,
        problemCode: null,
        edited: [],
        editProblem: null,
        written: false,
        values: {},
        addedAt: 1_000_000,
      },
    ]);
  });

  it('goes on where a page ended, also when rows were added before it', () => {
    const { catalogue, add } = library();
    const first = catalogue.search({}, { limit: 2 });
    expect(first.rows.map((row) => row.id)).toEqual([1, 2]);
    add('/music/Aaa.mp3');
    const second = catalogue.search({}, { limit: 3, cursor: first.next! });
    expect(second.rows.map((row) => row.id)).toEqual([3, 4, 5]);
    expect(second.next).toBeNull();
    expect(catalogue.search({}, { limit: 1, offset: 2 }).rows.map((row) => row.id)).toEqual([2]);
    expect([...catalogue.searchAll({})].flatMap((page) => page.rows)).toHaveLength(6);
  });

  it('refuses what makes no sense', () => {
    const { catalogue } = library();
    expect(() => catalogue.search({ keys: [24] })).toThrow(RangeError);
    expect(() => catalogue.search({ keys: [0.5] })).toThrow(RangeError);
    expect(() => catalogue.search({ confidence: { key: { min: Number.NaN } } })).toThrow(RangeError);
    expect(() => catalogue.search({}, { limit: 0 })).toThrow(RangeError);
    expect(() => catalogue.search({}, { cursor: 'x' })).toThrow('not a cursor');
    expect(() => catalogue.search({}, { cursor: '["a",1]', offset: 5 })).toThrow('not both');
  });
});
