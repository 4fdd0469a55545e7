import type { QueryTerm, RangeOf, StateTerm } from '../../shared/query/terms.ts';
import type { Database } from './database.ts';
import { knownGenreIds } from './genres.ts';
import type { Sql } from './search-conditions.ts';
import { anyCondition, type Scope } from './search-groups.ts';
import { ftsTerm } from './search-text.ts';

/**
 * How a term takes part in a search. `facets`: a test of columns in the index of filters. `lists`: files can be listed
 * by it too, so that it may lead. `tests`: it can only test what another condition finds.
 */
export type TermCondition =
  | { readonly role: 'facets'; readonly test: Sql }
  | {
      readonly role: 'lists';
      readonly kind: 'genre' | 'text' | 'rows';
      readonly test: Sql;
      readonly ids: Sql;
      /** `ids` holds only files of the scope. */
      readonly scoped?: boolean;
    }
  | { readonly role: 'tests'; readonly test: Sql };

/** Below this a prediction counts as unsure; see `isUnsure` of the user interface. */
const UNSURE = 0.5;
const DAY_MS = 86_400_000;

/** Columns as their indexes have them. */
const RANGE_COLUMN: Readonly<Record<RangeOf, string>> = {
  bpm: 'bpm',
  year: 'ifnull(files.year, -1)',
  duration: 'ifnull(files.duration, -1)',
  added: 'files.added_at',
  confidence:
    'min(ifnull(predicted_key_confidence, predicted_genre_confidence), ifnull(predicted_genre_confidence, predicted_key_confidence))',
  keyConfidence: 'predicted_key_confidence',
  genreConfidence: 'predicted_genre_confidence',
};

const FACET_RANGES: ReadonlySet<RangeOf> = new Set(['bpm', 'confidence', 'keyConfidence', 'genreConfidence']);

/** One term as SQL. @throws RangeError for a key or a bound that is none */
export function termCondition(database: Database, term: QueryTerm, scope: Scope): TermCondition {
  const condition = plain(database, term, scope);
  if (!term.not) return condition;
  const { test } = condition;
  // What is unknown does not hold, so its opposite does: a track without tempo is not faster than 120.
  const negated = { sql: `(${test.sql}) IS NOT TRUE`, params: test.params };
  return { role: condition.role === 'facets' ? 'facets' : 'tests', test: negated };
}

function plain(database: Database, term: QueryTerm, scope: Scope): TermCondition {
  switch (term.kind) {
    case 'text': {
      const match = ftsTerm(term);
      if (match === null) return { role: 'tests', test: { sql: '0', params: [] } };
      const ids = 'SELECT rowid AS id FROM file_text WHERE file_text MATCH ?';
      return lists('text', `+files.id IN (${ids})`, ids, [match.match]);
    }
    case 'genre': {
      const known = knownGenreIds(database, term.genres);
      const list = known.length === 0 ? 'NULL' : known.map(() => '?').join();
      const ids = `SELECT DISTINCT file_id AS id FROM file_genres WHERE genre_id IN (${list}) AND effective = 1`;
      return lists(
        'genre',
        `EXISTS (SELECT 1 FROM file_genres g WHERE g.genre_id IN (${list}) AND g.file_id = files.id AND g.effective = 1)`,
        ids,
        known,
      );
    }
    case 'key':
      for (const key of term.keys)
        if (!Number.isInteger(key) || key < 0 || key > 23) throw new RangeError(`No key has index ${key}.`);
      return {
        role: 'facets',
        test: {
          sql: `effective_key IN (${term.keys.length === 0 ? 'NULL' : term.keys.map(() => '?').join()})`,
          params: term.keys,
        },
      };
    case 'range':
      return range(database, term);
    case 'missing':
      if (term.field === 'key') return facets('key_missing = 1');
      if (term.field === 'genre') return facets('genre_missing = 1');
      return tests(missing(term.field));
    case 'differs':
      return facets(
        {
          key: 'tag_key <> predicted_key',
          genre: 'genre_differs = 1',
          any: 'tag_key <> predicted_key OR genre_differs = 1',
        }[term.task],
      );
    case 'is':
      return state(term.state, term.task);
    case 'format':
      return tests(`files.container = ? COLLATE NOCASE OR files.path LIKE '%.' || ? ESCAPE '!'`, [
        term.format,
        term.format.replaceAll(/[!%_]/g, '!$&'),
      ]);
    case 'any':
      return anyCondition(database, term, scope);
  }
}

const lists = (kind: 'genre' | 'text' | 'rows', test: string, ids: string, params: readonly unknown[] = []) =>
  ({ role: 'lists', kind, test: { sql: test, params }, ids: { sql: ids, params } }) as const;
const facets = (sql: string): TermCondition => ({ role: 'facets', test: { sql: `(${sql})`, params: [] } });
const tests = (sql: string, params: readonly unknown[] = []): TermCondition => ({
  role: 'tests',
  test: { sql: `(${sql})`, params },
});

function range(database: Database, term: Extract<QueryTerm, { kind: 'range' }>): TermCondition {
  const column = RANGE_COLUMN[term.of];
  const parts: string[] = [];
  const params: number[] = [];
  const ago = term.of === 'added';
  const bound = (operator: string, value: number | undefined) => {
    if (value === undefined) return;
    if (!Number.isFinite(value)) throw new RangeError(`A bound must be a number, not ${value}.`);
    // “More than 7 days ago” is a time before.
    parts.push(
      `${column} ${ago ? operator.replace(/[<>]/, (sign) => (sign === '<' ? '>' : '<')) : operator} ?`,
    );
    params.push(ago ? database.now() - value * DAY_MS : value);
  };
  bound('>=', term.min);
  bound('<=', term.max);
  bound('>', term.above);
  bound('<', term.below);
  // Unknown stands as -1 in the orders.
  if (term.of === 'year' || term.of === 'duration') parts.push(`${column} >= 0`);
  const test = { sql: `(${parts.join(' AND ') || '1'})`, params };
  return FACET_RANGES.has(term.of) ? { role: 'facets', test } : { role: 'tests', test };
}

/** Standard fields that have no column of their own are looked up in the tags and the edits. */
function missing(field: string): string {
  const column = { title: 'title', artist: 'artist', album: 'album', bpm: 'bpm', date: 'year' }[field];
  if (column !== undefined) return `files.${column} IS NULL`;
  if (!/^[a-zA-Z]+$/.test(field)) throw new RangeError(`There is no field “${field}”.`);
  return `NOT coalesce(
    (SELECT json_array_length(e.value) > 0 FROM edits e WHERE e.file_id = files.id AND e.field = '${field}'),
    (SELECT json_array_length(t.tags, '$.${field}') > 0 FROM file_tags t WHERE t.file_id = files.id), 0)`;
}

const REVIEWED = (task: string | undefined) =>
  `EXISTS (SELECT 1 FROM reviews r WHERE r.track_id = files.track_id${task ? ` AND r.task = '${task}'` : ''})`;

function state(name: StateTerm, task: 'key' | 'genre' | undefined): TermCondition {
  switch (name) {
    case 'edited':
      return lists(
        'rows',
        'EXISTS (SELECT 1 FROM edits e WHERE e.file_id = files.id)',
        'SELECT DISTINCT file_id AS id FROM edits',
      );
    case 'failed':
      return lists(
        'rows',
        'EXISTS (SELECT 1 FROM edit_problems e WHERE e.file_id = files.id)',
        'SELECT file_id AS id FROM edit_problems',
      );
    case 'written':
      return tests(WRITTEN.replaceAll('f.path', 'files.path'));
    case 'problem':
      return lists(
        'rows',
        'files.problem_code IS NOT NULL',
        'SELECT id FROM files WHERE problem_code IS NOT NULL',
      );
    case 'predicted':
      return facets(
        '(key_missing = 1 AND predicted_key IS NOT NULL) OR (genre_missing = 1 AND predicted_genre_id IS NOT NULL)',
      );
    case 'unsure':
      return facets(`predicted_key_confidence < ${UNSURE} OR predicted_genre_confidence < ${UNSURE}`);
    case 'reviewed':
      return tests(REVIEWED(task));
    case 'unreviewed': {
      const predicted = task
        ? `files.predicted_${task} IS NOT NULL`
        : '(files.predicted_key IS NOT NULL OR files.predicted_genre IS NOT NULL)';
      return tests(`${predicted} AND NOT ${REVIEWED(task)}`);
    }
    case 'unheard':
      return tests(
        'NOT EXISTS (SELECT 1 FROM tracks t WHERE t.id = files.track_id AND t.analysed_at IS NOT NULL)',
      );
  }
}

/** Whether the newest write of file `f` is ours and stands; undoing is journaled as a write of its own. */
export const WRITTEN = `coalesce((SELECT w.state = 'done' AND b.label NOT LIKE 'undo%' FROM write_entries w
  JOIN write_batches b ON b.id = w.batch_id WHERE w.path = f.path ORDER BY w.id DESC LIMIT 1), 0)`;
