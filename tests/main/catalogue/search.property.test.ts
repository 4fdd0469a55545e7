import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  SearchPageRequest,
  SearchQuery,
  SearchRow,
  SortField,
} from '../../../src/main/catalogue/index.ts';
import { readMigrations } from '../../../src/main/catalogue/migrate.ts';
import { openWith } from '../../../src/main/catalogue/open.ts';
import { migrationsFolder } from '../../../src/main/host/places.ts';
import { KEY_LABELS } from '../../../src/shared/music/key.ts';
import { analyse, analysis, scanned } from './support.ts';

/** One file of a small library, in the terms of the naive search below. */
interface Model {
  readonly path: string;
  readonly title: string;
  readonly artist: string | null;
  readonly genres: readonly string[];
  readonly key: number | null;
  readonly bpm: number | null;
  readonly predictedKey: readonly [number, number] | null;
  readonly predictedGenre: readonly [string, number] | null;
  readonly gone: boolean;
}

const WORDS = ['abba', 'ab', 'Äb', 'b-a', 'NEAR', 'or', '"a"', "b'a", 'aß', '7'];
const GENRES = ['Rock', 'Pop', 'Hip-Hop'];
const keys = fc.constantFrom(0, 1, 12);
const confidences = fc.constantFrom(0.6, 0.75, 0.9);
const text = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })
  .map((list) => list.join(' '));

const models: fc.Arbitrary<Model[]> = fc
  .array(
    fc.record({
      folder: fc.constantFrom('', 'sub/', 'sub 2/'),
      title: text,
      artist: fc.option(text),
      genres: fc.uniqueArray(fc.constantFrom(...GENRES), { maxLength: 2 }),
      key: fc.option(keys),
      bpm: fc.option(fc.constantFrom(90, 120.5)),
      predictedKey: fc.option(fc.tuple(keys, confidences)),
      predictedGenre: fc.option(fc.tuple(fc.constantFrom('rock', 'hiphop'), confidences)),
      gone: fc.boolean(),
    }),
    { maxLength: 14 },
  )
  .map((list) => list.map(({ folder, ...model }, i) => ({ ...model, path: `/music/${folder}f${i}.mp3` })));

const sources = fc.constantFrom('tag', 'prediction', 'effective');
const tasks = fc.uniqueArray(fc.constantFrom('key', 'genre'), { maxLength: 2 });
const bounds = fc.record({ min: confidences, max: confidences }, { requiredKeys: [] });
const queries = fc.record(
  {
    keys: fc.uniqueArray(keys, { maxLength: 2 }),
    keySource: sources,
    genres: fc.uniqueArray(fc.constantFrom('rock', 'HIP HOP', 'nothing'), { maxLength: 2 }),
    genreSource: sources,
    text: fc.oneof(text, fc.string({ maxLength: 5 }), fc.constantFrom('a', 'b', 'f1', 'sub')),
    missing: tasks,
    differs: tasks,
    confidence: fc.record({ key: bounds, genre: bounds }, { requiredKeys: [] }),
    below: fc.uniqueArray(fc.constantFrom('/music/sub', '/music/f0.mp3', '/music/f'), { maxLength: 2 }),
    bpm: fc.record({ min: fc.constantFrom(90, 100), max: fc.constantFrom(100, 120.5) }, { requiredKeys: [] }),
    states: fc.uniqueArray(fc.constantFrom('present', 'missing'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SearchQuery>;

const fold = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '');

/** Words as the index has them: letters and digits, without accents and case. */
const tokens = (value: string): string[] =>
  value
    .normalize('NFKC')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{Co}]+/u)
    .filter((token) => token !== '');

/** Whether the words stand together in the value, the last one perhaps going on. */
function stands(words: readonly string[], value: string): boolean {
  const all = tokens(value);
  return all.some((_, at) =>
    words.every((word, i) => {
      const token = all[at + i];
      return token !== undefined && (i === words.length - 1 ? token.startsWith(word) : token === word);
    }),
  );
}

/** The search as anyone would write it first. */
function matches(model: Model, query: SearchQuery): boolean {
  const { predictedKey, predictedGenre } = model;
  const state = model.gone ? 'missing' : 'present';
  if (!(query.states ?? ['present']).includes(state)) return false;
  if (query.keys) {
    const predicted = predictedKey?.[0] ?? null;
    const source = query.keySource ?? 'effective';
    const key = source === 'tag' ? model.key : source === 'prediction' ? predicted : (model.key ?? predicted);
    if (key === null || !query.keys.includes(key)) return false;
  }
  if (query.genres) {
    const source = query.genreSource ?? 'effective';
    const predicted = predictedGenre ? [predictedGenre[0]] : [];
    const genres =
      source === 'tag' || (source === 'effective' && model.genres.length > 0) ? model.genres : predicted;
    const asked = query.genres.map(fold);
    if (!genres.some((genre) => asked.includes(fold(genre)))) return false;
  }
  if (query.text !== undefined && query.text.trim() !== '') {
    const words = query.text
      .replaceAll('\0', ' ')
      .split(/\s+/u)
      .map(tokens)
      .filter((word) => word.length > 0);
    const columns = [model.title, model.artist ?? '', model.genres.join('\n'), model.path];
    if (words.length === 0) return false;
    if (!words.every((word) => columns.some((column) => stands(word, column)))) return false;
  }
  for (const task of query.missing ?? [])
    if (task === 'key' ? model.key !== null : model.genres.length > 0) return false;
  for (const task of query.differs ?? []) {
    if (task === 'key') {
      if (model.key === null || predictedKey === null || model.key === predictedKey[0]) return false;
    } else if (model.genres.length === 0 || predictedGenre === null) return false;
    else if (model.genres.some((genre) => fold(genre) === predictedGenre[0])) return false;
  }
  const within = (value: number | undefined | null, range: { min?: number; max?: number } | undefined) =>
    range === undefined ||
    (range.min === undefined && range.max === undefined) ||
    (value != null && value >= (range.min ?? -1) && value <= (range.max ?? 1e9));
  if (!within(predictedKey?.[1], query.confidence?.key)) return false;
  if (!within(predictedGenre?.[1], query.confidence?.genre)) return false;
  if (!within(model.bpm, query.bpm)) return false;
  if (query.below && !query.below.some((at) => model.path === at || model.path.startsWith(`${at}/`)))
    return false;
  return true;
}

const sortValue: Readonly<Record<string, (row: SearchRow) => string | number>> = {
  path: (row) => row.path,
  // NOCASE folds ASCII alone, and the words here differ in nothing else that the comparison of bytes would order.
  title: (row) => (row.title ?? '').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  bpm: (row) => row.bpm ?? -1,
  key: (row) => row.key ?? row.predictedKey ?? -1,
  keyConfidence: (row) => row.predictedKeyConfidence ?? -1,
  added: (row) => row.addedAt,
};

function inOrder(rows: readonly SearchRow[], sort: SortField, descending: boolean): boolean {
  const sign = descending ? -1 : 1;
  return rows.every((row, i) => {
    const before = rows[i - 1];
    if (!before) return true;
    const [a, b] = [sortValue[sort]!(before), sortValue[sort]!(row)];
    const order =
      typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b);
    return sign * (order || before.id - row.id) < 0;
  });
}

describe('search, compared with a naive filter', () => {
  const migrations = readMigrations(migrationsFolder);

  it.each(['auto', 'walk', 'probe', 'drive'] as const)(
    'finds the same files in any order and paging (%s)',
    (strategy) => {
      fc.assert(
        fc.property(
          models,
          fc.array(queries, { minLength: 1, maxLength: 12 }),
          fc.constantFrom(...(Object.keys(sortValue) as SortField[])),
          fc.boolean(),
          fc.integer({ min: 1, max: 5 }),
          (files, asked, sort, descending, limit) => {
            const catalogue = openWith(':memory:', {}, migrations, strategy);
            try {
              const rootId = catalogue.roots.add('/music').id;
              for (const model of files) add(catalogue, rootId, model);
              for (const query of asked) {
                const expected = files.filter((model) => matches(model, query)).map(({ path }) => path);
                const request: SearchPageRequest = { sort, descending, limit };
                const rows: SearchRow[] = [];
                let cursor: string | undefined;
                do {
                  const page = catalogue.search(query, { ...request, ...(cursor ? { cursor } : {}) });
                  // The same page by its row number.
                  expect(catalogue.search(query, { ...request, offset: rows.length }).rows).toEqual(
                    page.rows,
                  );
                  rows.push(...page.rows);
                  cursor = page.next ?? undefined;
                } while (cursor);
                expect(rows.map((row) => row.path).sort()).toEqual([...expected].sort());
                expect(inOrder(rows, sort, descending)).toBe(true);
                expect(catalogue.count(query)).toBe(expected.length);
              }
            } finally {
              catalogue.close();
            }
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  function add(catalogue: ReturnType<typeof openWith>, rootId: number, model: Model): void {
    const tags = {
      title: [model.title],
      ...(model.artist === null ? {} : { artist: [model.artist] }),
      ...(model.genres.length === 0 ? {} : { genre: model.genres }),
      ...(model.key === null ? {} : { key: [KEY_LABELS[model.key]!] }),
      ...(model.bpm === null ? {} : { bpm: [String(model.bpm)] }),
    };
    const [id] = catalogue.files.upsert([scanned(model.path, rootId, tags)], 1);
    const { predictedKey, predictedGenre } = model;
    analyse(
      catalogue,
      model.path,
      analysis({
        ...(predictedKey ? { key: [KEY_LABELS[predictedKey[0]]!, predictedKey[1]] as const } : {}),
        ...(predictedGenre ? { genre: predictedGenre } : {}),
      }),
    );
    if (model.gone) catalogue.files.markMissing([id!]);
  }
});
