import type { Catalogue, SearchPageRequest, SearchQuery } from '../../src/main/catalogue/index.ts';
import { random, syntheticFile } from './synthetic.ts';

export interface Measurement {
  readonly name: string;
  readonly hits: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** Median of the processor time: what the search takes where nothing else competes for the machine. */
  readonly cpu: number;
}

/** One kind of search: what is asked the `n`-th time. Words and keys vary, so that no run repeats another. */
interface Case {
  readonly name: string;
  readonly query: (n: number) => SearchQuery;
  readonly page?: SearchPageRequest;
  readonly count?: boolean;
}

const CAMELOT_NEIGHBOURS = [
  [0, 7, 5, 21],
  [21, 16, 14, 0],
  [9, 4, 2, 18],
  [12, 19, 17, 3],
];
const GENRES = ['Rock', 'Jazz', 'House', 'Opera', 'Drum & Bass', 'hip hop'];
const keys = (n: number) => CAMELOT_NEIGHBOURS[n % CAMELOT_NEIGHBOURS.length]!;
const genre = (n: number) => [GENRES[n % GENRES.length]!];

/** A word that occurs: of the artist, title or album of some file. */
function someWord(count: number, n: number): string {
  const file = syntheticFile(Math.floor(random(n * 31 + 7)() * count), 1, '/music');
  const words = [...file.tags.title!, ...file.tags.artist!, ...file.tags.album!].join(' ').split(' ');
  return words[n % words.length]!;
}

function cases(count: number): Case[] {
  return [
    { name: 'first page of all, by path', query: () => ({}) },
    { name: 'first page of all, by artist', query: () => ({}), page: { sort: 'artist' } },
    {
      name: 'row number 90 % down, by artist',
      query: () => ({}),
      page: { sort: 'artist', offset: Math.floor(count * 0.9) },
    },
    { name: 'one key, by artist', query: (n) => ({ keys: [n % 24] }), page: { sort: 'artist' } },
    { name: 'compatible keys, by path', query: (n) => ({ keys: keys(n) }) },
    {
      name: 'compatible keys, most certain first',
      query: (n) => ({ keys: keys(n), keySource: 'prediction' }),
      page: { sort: 'keyConfidence', descending: true },
    },
    {
      name: 'compatible keys, row 50,000 by title',
      query: (n) => ({ keys: keys(n) }),
      page: { sort: 'title', offset: Math.min(50_000, Math.floor(count / 20)) },
    },
    {
      name: 'compatible keys and genre, by artist',
      query: (n) => ({ keys: keys(n), genres: genre(n) }),
      page: { sort: 'artist' },
    },
    { name: 'genre, by path', query: (n) => ({ genres: genre(n) }) },
    {
      name: 'predicted genre, sure, by confidence',
      query: (n) => ({
        genres: ['jazz', 'rock'].slice(n % 2),
        genreSource: 'prediction',
        confidence: { genre: { min: 0.8 } },
      }),
      page: { sort: 'genreConfidence', descending: true },
    },
    { name: 'key tag missing, by path', query: () => ({ missing: ['key'] }) },
    {
      name: 'key tag differs and prediction sure',
      query: () => ({ differs: ['key'], confidence: { key: { min: 0.6 } } }),
    },
    {
      name: 'key tag differs, very sure (few)',
      query: () => ({ differs: ['key'], confidence: { key: { min: 0.93 } } }),
    },
    { name: 'a word, by artist', query: (n) => ({ text: someWord(count, n) }), page: { sort: 'artist' } },
    {
      name: 'two words, by path',
      query: (n) => ({ text: `${someWord(count, n)} ${someWord(count, n + 3)}` }),
    },
    {
      name: 'three letters, by artist',
      query: (n) => ({ text: someWord(count, n).slice(0, 3) }),
      page: { sort: 'artist' },
    },
    { name: 'one letter, by path', query: (n) => ({ text: someWord(count, n).slice(0, 1) }) },
    {
      name: 'one letter, by bpm',
      query: (n) => ({ text: someWord(count, n).slice(0, 1) }),
      page: { sort: 'bpm', descending: true },
    },
    {
      name: 'three letters, compatible keys, genre, by title',
      query: (n) => ({ text: someWord(count, n).slice(0, 3), keys: keys(n), genres: genre(n) }),
      page: { sort: 'title' },
    },
    {
      name: 'one letter, one key, rare genre, sure',
      query: (n) => ({
        text: someWord(count, n).slice(0, 1),
        keys: [n % 24],
        genres: ['Opera', 'Swing'],
        confidence: { key: { min: 0.5 } },
      }),
    },
    {
      name: 'below one artist, by path',
      query: () => ({
        below: [
          syntheticFile(Math.floor(count / 2), 1, '/music')
            .path.split('/')
            .slice(0, 3)
            .join('/'),
        ],
      }),
    },
    { name: 'nothing found by a rare pair of words', query: (n) => ({ text: `${someWord(count, n)} zzzz` }) },
    { name: 'count of all', query: () => ({}), count: true },
    { name: 'count of compatible keys', query: (n) => ({ keys: keys(n) }), count: true },
    {
      name: 'count of compatible keys and genre',
      query: (n) => ({ keys: keys(n), genres: genre(n) }),
      count: true,
    },
    { name: 'count of key tag missing', query: () => ({ missing: ['key'] }), count: true },
    { name: 'count of one letter', query: (n) => ({ text: someWord(count, n).slice(0, 1) }), count: true },
    {
      name: 'count of a word and compatible keys',
      query: (n) => ({ text: someWord(count, n), keys: keys(n) }),
      count: true,
    },
  ];
}

/** Runs each kind of search `runs` times after two to warm up. */
export function measure(catalogue: Catalogue, runs: number): Measurement[] {
  const count = catalogue.count({});
  return cases(count).map(({ name, query, page, count: counting }) => {
    const times: number[] = [];
    const cpus: number[] = [];
    let hits = 0;
    for (let n = -2; n < runs; n++) {
      const asked = query(n + 2);
      const before = process.cpuUsage();
      const start = performance.now();
      if (counting) hits = Math.max(hits, catalogue.count(asked));
      else hits = Math.max(hits, catalogue.search(asked, { limit: 100, ...page }).rows.length);
      if (n < 0) continue;
      times.push(performance.now() - start);
      const { user, system } = process.cpuUsage(before);
      cpus.push((user + system) / 1000);
    }
    const at = (values: readonly number[], share: number) =>
      values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
    return { name, hits, p50: at(times, 0.5), p95: at(times, 0.95), cpu: at(cpus, 0.5) };
  });
}
