import type { QueryTerm } from '../../shared/query/terms.ts';
import type { Database } from './database.ts';
import { all, filteredFiles, type Sql } from './search-conditions.ts';
import { type TermCondition, termCondition } from './search-terms.ts';
import { ftsTerms, isTextual } from './search-text.ts';

/** Which files are in question, as far as lists of ids need it. */
export interface Scope {
  readonly scope: Sql;
  readonly presentOnly: boolean;
}

type AnyTerm = Extract<QueryTerm, { kind: 'any' }>;

/** A group of terms that all hold: a test of a row, and a list of ids where one of them can lead. */
interface GroupSql {
  readonly test: Sql;
  /** Nothing but columns of the index of filters. */
  readonly facets: boolean;
  readonly list?: { readonly ids: Sql; readonly scoped: boolean };
}

/** A list that may lead is counted up to here, to tell which of two is shorter. */
const COUNTED = 20_000;

/**
 * One of several groups of terms holds. Where each group can list its files, all of them together can: the search may
 * be led by it. Else it only tests.
 */
export function anyCondition(database: Database, term: AnyTerm, scope: Scope): TermCondition {
  const groups = term.groups.map((group) => groupSql(database, group, scope));
  const test = either(groups.map((group) => group.test));
  if (groups.every(({ facets }) => facets)) return { role: 'facets', test };
  const lists = groups.map(({ list }) => list);
  if (!lists.every((list) => list !== undefined)) return { role: 'tests', test };
  // A list that leaves out files by their state can't stand beside one that does not: counts would be wrong.
  const scoped = lists.some((list) => list.scoped);
  const ids = lists.map((list) => (scoped && !list.scoped ? withinScope(list.ids, [scope.scope]) : list.ids));
  return {
    role: 'lists',
    kind: 'rows',
    scoped,
    test,
    // UNION leaves each file standing once.
    ids: {
      sql: `SELECT id FROM (${ids.map(({ sql }) => sql).join(' UNION ')})`,
      params: ids.flatMap(({ params }) => params),
    },
  };
}

function groupSql(database: Database, terms: readonly QueryTerm[], scope: Scope): GroupSql {
  const words = terms.filter(isTextual);
  const parts = terms
    .filter((term) => !words.includes(term))
    .map((term) => termCondition(database, term, scope));
  if (words.length > 0) {
    const fts = ftsTerms(words);
    const ids = 'SELECT rowid AS id FROM file_text WHERE file_text MATCH ?';
    parts.push(
      fts === null
        ? { role: 'tests', test: { sql: '0', params: [] } }
        : {
            role: 'lists',
            kind: 'text',
            test: { sql: `+files.id IN (${ids})`, params: [fts.match] },
            ids: { sql: ids, params: [fts.match] },
          },
    );
  }
  const test = all(parts.map((part) => part.test));
  const facets = parts.every(({ role }) => role === 'facets');
  const lead = shortest(database, parts);
  if (lead) {
    const rest = parts.filter((part) => part !== lead).map((part) => part.test);
    const scoped = lead.scoped === true || rest.length > 0;
    return {
      test,
      facets,
      list: { ids: rest.length > 0 ? withinScope(lead.ids, [scope.scope, ...rest]) : lead.ids, scoped },
    };
  }
  if (!parts.some(({ role }) => role === 'facets')) return { test, facets };
  const filtered = all([scope.scope, test]);
  return {
    test,
    facets,
    list: {
      ids: {
        sql: `SELECT files.id AS id FROM ${filteredFiles(scope.presentOnly)} WHERE ${filtered.sql}`,
        params: filtered.params,
      },
      scoped: true,
    },
  };
}

type Lists = Extract<TermCondition, { role: 'lists' }>;

function shortest(database: Database, parts: readonly TermCondition[]): Lists | undefined {
  const lists = parts.filter((part): part is Lists => part.role === 'lists');
  if (lists.length < 2) return lists[0];
  const counted = lists.map((list) => ({
    list,
    count: database.value<number>(
      `SELECT count(*) FROM (${list.ids.sql} LIMIT ?)`,
      ...list.ids.params,
      COUNTED,
    )!,
  }));
  return counted.reduce((least, next) => (next.count < least.count ? next : least)).list;
}

function withinScope(ids: Sql, tests: readonly Sql[]): Sql {
  const where = all(tests);
  return {
    sql: `SELECT files.id AS id FROM (${ids.sql}) AS led CROSS JOIN files ON files.id = led.id WHERE ${where.sql}`,
    params: [...ids.params, ...where.params],
  };
}

/** One of them. */
function either(tests: readonly Sql[]): Sql {
  return {
    sql: tests.length === 0 ? '0' : `(${tests.map(({ sql }) => `(${sql})`).join(' OR ')})`,
    params: tests.flatMap(({ params }) => params),
  };
}
