import type { Task } from '../../shared/prediction.ts';
import type { Database } from './database.ts';
import { knownGenreIds } from './genres.ts';
import { belowCondition } from './paths.ts';
import { termCondition } from './search-terms.ts';
import { type FtsQuery, ftsQuery, ftsTerms, isTextual } from './search-text.ts';
import type { SearchQuery, ValueSource } from './types.ts';

/** A piece of SQL with its parameters. */
export interface Sql {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/**
 * One condition of a search in the forms that the planner chooses from: a test of a row of `files`, and a query of
 * all ids for which it holds.
 */
export interface Condition {
  readonly kind: 'facets' | 'genre' | 'text' | 'below' | 'rows';
  readonly test: Sql;
  /** Another test, dear for each row but free of the preparation that `test` needs: making a list of all hits. */
  readonly probe?: Sql;
  readonly ids: Sql;
  /** Facets: the index of filters is entered at the right place, since its first column is tested. */
  readonly direct?: boolean;
  /** `ids` holds only files of the scope. */
  readonly scoped: boolean;
}

export interface Conditions {
  /** Which files are in question at all: by state. `plain`: no root is offline. */
  readonly scope: Sql & { readonly plain: boolean };
  /** Only present files: the partial indexes apply. */
  readonly presentOnly: boolean;
  readonly conditions: readonly Condition[];
  /** Tests that no list of files stands behind. */
  readonly tests: readonly Sql[];
}

/** Where a key is taken from. */
export const KEY_COLUMN: Readonly<Record<ValueSource, string>> = {
  tag: 'tag_key',
  prediction: 'predicted_key',
  effective: 'effective_key',
};

const GENRE_COLUMN: Readonly<Record<ValueSource, string>> = {
  tag: 'tagged',
  prediction: 'predicted',
  effective: 'effective',
};

const MISSING: Readonly<Record<Task, string>> = { key: 'key_missing = 1', genre: 'genre_missing = 1' };
const DIFFERS: Readonly<Record<Task, string>> = {
  key: 'tag_key <> predicted_key',
  genre: 'genre_differs = 1',
};
const CONFIDENCE: Readonly<Record<Task, string>> = {
  key: 'predicted_key_confidence',
  genre: 'predicted_genre_confidence',
};

/**
 * What a query asks, as SQL.
 * @throws RangeError for a key index outside 0..23 or a bound that is no number
 */
export function conditionsOf(database: Database, query: SearchQuery): Conditions {
  const { scope, presentOnly } = scopeOf(database, query);
  const conditions: Condition[] = [];

  // Words go into one look at the index of words.
  const isWords = isTextual;
  const words = (query.terms ?? []).filter(isWords);
  const terms = (query.terms ?? [])
    .filter((term) => !isWords(term))
    .map((term) => termCondition(database, term, { scope, presentOnly }));
  const tests: Sql[] = [];
  const facets = facetTests(query);
  for (const term of terms) {
    if (term.role === 'facets') facets.push(term.test);
    else if (term.role === 'tests') tests.push(term.test);
    else conditions.push({ kind: term.kind, scoped: term.scoped ?? false, test: term.test, ids: term.ids });
  }
  if (facets.length > 0) {
    const test = all(facets);
    const from = filteredFiles(presentOnly);
    conditions.push({
      kind: 'facets',
      scoped: true,
      direct:
        (query.keys !== undefined && (query.keySource ?? 'effective') === 'effective') ||
        (query.terms ?? []).some((term) => term.kind === 'key' && !term.not),
      test,
      ids: { sql: `SELECT id FROM ${from} WHERE ${scope.sql} AND ${test.sql}`, params: test.params },
    });
  }

  if (query.genres) {
    const ids = knownGenreIds(database, query.genres);
    const column = GENRE_COLUMN[query.genreSource ?? 'effective'];
    const list = ids.length === 0 ? 'NULL' : ids.map(() => '?').join();
    conditions.push({
      kind: 'genre',
      scoped: false,
      test: {
        sql: `EXISTS (SELECT 1 FROM file_genres g WHERE g.genre_id IN (${list}) AND g.file_id = files.id
                      AND g.${column} = 1)`,
        params: ids,
      },
      ids: {
        sql: `SELECT DISTINCT file_id AS id FROM file_genres WHERE genre_id IN (${list}) AND ${column} = 1`,
        params: ids,
      },
    });
  }

  if (query.text !== undefined && query.text.trim() !== '') {
    conditions.push(textCondition(ftsQuery(query.text)));
  }
  if (words.length > 0) conditions.push(textCondition(ftsTerms(words)));

  if (query.below) {
    const test = belowCondition('files.path', query.below);
    conditions.push({
      kind: 'below',
      scoped: true,
      test,
      ids: { sql: `SELECT id FROM files WHERE ${scope.sql} AND ${test.sql}`, params: test.params },
    });
  }
  return { scope, presentOnly, conditions, tests };
}

function textCondition(fts: FtsQuery | null): Condition {
  const kind = 'text';
  if (fts === null) {
    const nothing = { sql: '0', params: [] };
    return { kind, scoped: true, test: nothing, ids: { sql: 'SELECT id FROM files WHERE 0', params: [] } };
  }
  const params = [fts.match];
  const probe = 'EXISTS (SELECT 1 FROM file_text WHERE file_text MATCH ? AND rowid = files.id)';
  return {
    kind,
    scoped: false,
    test: { sql: '+files.id IN (SELECT rowid FROM file_text WHERE file_text MATCH ?)', params },
    ids: { sql: 'SELECT rowid AS id FROM file_text WHERE file_text MATCH ?', params },
    // A longer prefix is put together anew from all its words at each probe: milliseconds.
    ...(fts.short ? { probe: { sql: probe, params } } : {}),
  };
}

/** The table for conditions on facets: left alone, SQLite reads a million rows rather than their index. */
export function filteredFiles(presentOnly: boolean): string {
  return presentOnly ? 'files INDEXED BY files_facets' : 'files';
}

/** Which files are asked for by state. `offline` is a mark on roots: the list of offline ones is short. */
function scopeOf(database: Database, query: SearchQuery): Pick<Conditions, 'scope' | 'presentOnly'> {
  const states = new Set(query.states ?? ['present']);
  const offline = database.all<{ id: number }>('SELECT id FROM roots WHERE offline = 1').map(({ id }) => id);
  const online = offline.length === 0 ? '1' : `root_id NOT IN (${offline.join()})`;
  const parts: string[] = [];
  if (states.has('present') && states.has('missing')) parts.push(online);
  else if (states.has('present'))
    parts.push(offline.length === 0 ? 'missing = 0' : `(missing = 0 AND ${online})`);
  else if (states.has('missing')) parts.push(`(missing = 1 AND ${online})`);
  if (states.has('offline') && offline.length > 0) parts.push(`root_id IN (${offline.join()})`);
  const presentOnly = states.size === 1 && states.has('present');
  // The term stands alone so that the planner recognises the partial indexes.
  const sql = presentOnly
    ? `missing = 0${offline.length === 0 ? '' : ` AND ${online}`}`
    : parts.length === 0
      ? '0'
      : `(${parts.join(' OR ')})`;
  return { scope: { sql, params: [], plain: offline.length === 0 }, presentOnly };
}

/** Conditions on single columns of `files`, all of them in the index `files_facets`. */
function facetTests(query: SearchQuery): Sql[] {
  const tests: Sql[] = [];
  const test = (sql: string, ...params: readonly unknown[]) => tests.push({ sql, params });
  if (query.keys) {
    for (const key of query.keys)
      if (!Number.isInteger(key) || key < 0 || key > 23) throw new RangeError(`No key has index ${key}.`);
    const list = query.keys.length === 0 ? 'NULL' : query.keys.map(() => '?').join();
    test(`${KEY_COLUMN[query.keySource ?? 'effective']} IN (${list})`, ...query.keys);
  }
  for (const task of query.missing ?? []) test(MISSING[task]);
  for (const task of query.differs ?? []) test(DIFFERS[task]);
  for (const task of ['key', 'genre'] as const) bounds(CONFIDENCE[task], query.confidence?.[task]);
  bounds('bpm', query.bpm);
  return tests;

  function bounds(column: string, range: { readonly min?: number; readonly max?: number } | undefined): void {
    for (const [bound, operator] of [
      [range?.min, '>='],
      [range?.max, '<='],
    ] as const) {
      if (bound === undefined) continue;
      if (!Number.isFinite(bound)) throw new RangeError(`A bound must be a number, not ${bound}.`);
      test(`${column} ${operator} ?`, bound);
    }
  }
}

/** All of them. */
export function all(tests: readonly Sql[]): Sql {
  return {
    sql: tests.length === 0 ? '1' : tests.map(({ sql }) => sql).join(' AND '),
    params: tests.flatMap(({ params }) => params),
  };
}
