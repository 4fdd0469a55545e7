import type { Database } from './database.ts';
import {
  all,
  type Condition,
  type Conditions,
  conditionsOf,
  filteredFiles,
  type Sql,
} from './search-conditions.ts';
import { WRITTEN } from './search-terms.ts';
import type { SearchPageRequest, SearchQuery, SortField, SortKey } from './types.ts';

interface Order {
  /** The expression of the order, exactly as its index has it. */
  readonly by: string;
  /** A partial index over present files. */
  readonly index: string;
}

const ORDER: Readonly<Record<SortField, Order>> = {
  path: { by: 'files.path', index: 'files_order_path' },
  title: { by: "ifnull(files.title, '') COLLATE NOCASE", index: 'files_order_title' },
  artist: { by: "ifnull(files.artist, '') COLLATE NOCASE", index: 'files_order_artist' },
  album: { by: "ifnull(files.album, '') COLLATE NOCASE", index: 'files_order_album' },
  bpm: { by: 'ifnull(files.bpm, -1)', index: 'files_order_bpm' },
  year: { by: 'ifnull(files.year, -1)', index: 'files_order_year' },
  key: {
    by: `CASE WHEN files.effective_key IS NULL THEN -1
      WHEN files.effective_key < 12 THEN (files.effective_key * 7 + 7) % 12 * 2 + 1
      ELSE ((files.effective_key - 9) * 7 + 7) % 12 * 2 END`,
    index: 'files_order_key',
  },
  genre: { by: "ifnull(files.genre, '') COLLATE NOCASE", index: 'files_order_genre' },
  duration: { by: 'ifnull(files.duration, -1)', index: 'files_order_duration' },
  keyConfidence: { by: 'ifnull(files.predicted_key_confidence, -1)', index: 'files_order_key_confidence' },
  genreConfidence: {
    by: 'ifnull(files.predicted_genre_confidence, -1)',
    index: 'files_order_genre_confidence',
  },
  added: { by: 'files.added_at', index: 'files_order_added' },
};

/** How a search goes about it: `auto` outside tests. `probe`: walk, with probes where there are any. */
export type Strategy = 'auto' | 'walk' | 'probe' | 'drive';

/** A condition's files are counted up to here; beyond, it is called frequent and no more is known. */
const COUNTED = 200_000;

/**
 * Facets that the index of filters does not lead to are listed rather than counted: their ids may cost a walk through
 * all of it, which need not be made twice. Longer lists are dropped and the facets taken for frequent.
 */
const LISTED = 20_000;

/** The same for text. Beyond, the way is a walk, which the first few rows show to be short or long. */
const COUNTED_TEXT = 50_000;

/**
 * Microseconds, as measured at a million files: an entry met in the index of the order; its row read besides, where
 * the order is not that in which files were added; its genres looked up; a row looked up by id and sorted; a hit put on
 * the list for `test`; one `probe`.
 */
const COST = { walked: 0.4, fetched: 3, genre: 0.8, driven: 2, listed: 0.13, probed: 27 } as const;

/** What a list shows of file `f`. */
export const COLUMNS = `f.id, f.path, f.track_id, f.missing, f.title, f.artist, f.album, f.genre, f.key_text, f.tag_key,
  f.bpm, f.year, f.duration, f.predicted_key, f.predicted_key_confidence, f.predicted_genre,
  f.predicted_genre_confidence, f.problem_code, f.added_at,
  (SELECT offline FROM roots WHERE id = f.root_id) AS offline,
  (SELECT json_group_array(field) FROM edits e WHERE e.file_id = f.id) AS edited,
  (SELECT message FROM edit_problems e WHERE e.file_id = f.id) AS edit_problem,
  ${WRITTEN} AS written`;

/** A condition with the number of files for which it holds; estimated where they were too many to count. */
interface Counted {
  readonly condition: Condition;
  readonly count: number;
  /** There are not more. */
  readonly atMost: number;
  /** All ids, or a query of them. */
  readonly ids: Sql;
}

/**
 * SQL for one page of a search. There are two ways to it: *drive* by the rarest condition (look at each of its files,
 * test the others, sort), or *walk* along the index of the order, testing all, until the page is full. Which is
 * quicker depends on how many files each condition holds for; SQLite's planner can't know (its statistics say
 * nothing of words, of genres in another table, or of offsets) and guesses wrong by seconds at a million files. So
 * the conditions are counted first, which their indexes make cheap, and the way is forced.
 * @returns null when nothing can match
 */
export function planPage(
  database: Database,
  query: SearchQuery,
  page: SearchPageRequest & { readonly limit: number },
  strategy: Strategy = 'auto',
  idsOnly = false,
): Sql | null {
  const asked = conditionsOf(database, query);
  const counted = asked.conditions.map((condition) => countOf(database, condition));
  if (counted.some(({ count }) => count === 0)) return null;
  const rarest = rarestOf(counted);
  const { by, index } = ORDER[page.sort ?? 'path'];
  const direction = page.descending ? 'DESC' : 'ASC';
  const steps = walkLength(database, counted, page);
  const drive =
    rarest !== undefined &&
    (strategy === 'auto'
      ? rarest.atMost * COST.driven < steps * stepCost(asked, page.sort ?? 'path')
      : strategy === 'drive');
  const from = drive
    ? {
        // In order of id the rows are read as they lie in the file: twice as quick. (LIMIT keeps the ORDER BY alive.)
        sql: `(${rarest.ids.sql} ORDER BY 1 LIMIT -1) AS hits CROSS JOIN files ON files.id = hits.id`,
        params: rarest.ids.params,
      }
    : { sql: asked.presentOnly ? `files INDEXED BY ${index}` : 'files', params: [] };
  const tests = drive
    ? testsBut(asked, rarest.condition)
    : [asked.scope, ...asked.tests, ...counted.map((each) => testWalking(each, steps, strategy))];
  const cursor = afterCursor(page, by);
  if (cursor) tests.push(cursor);
  const where = all(tests);
  return {
    // First which rows, then what to show of them: skipped rows are not read. A materialised list is read in the
    // order in which it was made.
    sql: `WITH page AS MATERIALIZED (
        SELECT files.id, ${by} AS sort_value FROM ${from.sql} WHERE ${where.sql}
        ORDER BY ${orderBy(by, direction, page.thenBy)} LIMIT ? OFFSET ?)
      SELECT ${idsOnly ? 'page.id' : `${COLUMNS}, page.sort_value FROM page CROSS JOIN files f ON f.id = page.id`}${idsOnly ? ' FROM page' : ''}`,
    params: [...from.params, ...where.params, page.limit, page.offset ?? 0],
  };
}

/** SQL for the number of files that a query finds; null when nothing can match. */
export function planCount(database: Database, query: SearchQuery): Sql | null {
  const asked = conditionsOf(database, query);
  const { conditions, presentOnly, scope } = asked;
  const [only] = conditions;
  if (
    conditions.length === 1 &&
    asked.tests.length === 0 &&
    only &&
    only.kind !== 'facets' &&
    presentOnly &&
    scope.plain
  ) {
    // No need to look at every hit whether it is present: those that are not are few.
    return {
      sql: `SELECT (SELECT count(*) FROM (${only.ids.sql})) -
        (SELECT count(*) FROM files WHERE ${only.scoped ? '0' : 'missing = 1'} AND ${only.test.sql})`,
      params: [...only.ids.params, ...only.test.params],
    };
  }
  const found = planHits(database, asked);
  return found && { sql: `SELECT count(*) FROM ${found.sql}`, params: found.params };
}

/** SQL for the ids of all files that a query finds, in no order; null when nothing can match. */
export function planIds(database: Database, query: SearchQuery): Sql | null {
  const found = planHits(database, conditionsOf(database, query));
  return found && { sql: `SELECT files.id FROM ${found.sql}`, params: found.params };
}

/** `FROM` and `WHERE` for everything that is asked for. */
export function planHits(database: Database, asked: Conditions): Sql | null {
  const { conditions, presentOnly, scope } = asked;
  const counted = conditions.map((condition) => countOf(database, condition));
  if (counted.some(({ count }) => count === 0)) return null;
  const rarest = rarestOf(counted);
  if (!rarest) {
    const tests = all([scope, ...asked.tests]);
    return { sql: `files WHERE ${tests.sql}`, params: tests.params };
  }
  if (rarest.condition.kind === 'facets' && rarest.ids === rarest.condition.ids) {
    const tests = all(testsBut(asked, undefined));
    return { sql: `${filteredFiles(presentOnly)} WHERE ${tests.sql}`, params: tests.params };
  }
  const tests = all(testsBut(asked, rarest.condition));
  return {
    sql: `(${rarest.ids.sql}) AS hits CROSS JOIN files ON files.id = hits.id WHERE ${tests.sql}`,
    params: [...rarest.ids.params, ...tests.params],
  };
}

/** Ids are given in order and files are seldom removed for good: the last one is their number, nearly, at no cost. */
const numberOfFiles = (database: Database): number =>
  Math.max(1, database.value<number>('SELECT max(id) FROM files') ?? 0);

function countOf(database: Database, condition: Condition): Counted {
  const { ids, kind, direct } = condition;
  /** Somewhere between the limit and all: in the middle of that, as orders of magnitude go. */
  const estimated = (count: number, limit: number): Pick<Counted, 'count' | 'atMost'> => {
    if (count < limit) return { count, atMost: count };
    const files = numberOfFiles(database);
    return { count: Math.max(limit, Math.sqrt(limit * files)), atMost: Math.max(limit, files) };
  };
  if (kind === 'facets' && !direct) {
    const found = database.all<{ id: number }>(`${ids.sql} LIMIT ?`, ...ids.params, LISTED);
    if (found.length === LISTED) return { condition, ...estimated(LISTED, LISTED), ids };
    const list = JSON.stringify(found.map(({ id }) => id));
    return {
      condition,
      count: found.length,
      atMost: found.length,
      ids: { sql: 'SELECT value AS id FROM json_each(?)', params: [list] },
    };
  }
  const limit = kind === 'text' ? COUNTED_TEXT : COUNTED;
  const count = database.value<number>(`SELECT count(*) FROM (${ids.sql} LIMIT ?)`, ...ids.params, limit)!;
  return { condition, ...estimated(count, limit), ids };
}

function rarestOf(counted: readonly Counted[]): Counted | undefined {
  return counted.reduce<Counted | undefined>(
    (rarest, next) => (rarest && rarest.count <= next.count ? rarest : next),
    undefined,
  );
}

/** How many rows a walk will meet until the page is full, were the conditions independent of each other. */
function walkLength(
  database: Database,
  counted: readonly Counted[],
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
): number {
  const files = numberOfFiles(database);
  const share = counted.reduce((product, { count }) => product * Math.min(1, count / files), 1);
  return Math.min(files, (offset + limit) / share);
}

/** Microseconds for a row that a walk meets: words and genres are tested by its id alone. */
function stepCost({ conditions, tests, scope }: Conditions, sort: SortField): number {
  const reads =
    tests.length > 0 || !scope.plain || conditions.some(({ kind }) => kind !== 'text' && kind !== 'genre');
  const genres = conditions.filter(({ kind }) => kind === 'genre').length;
  // Files are added in the order of their paths, nearly: their rows lie together.
  return COST.walked + (reads && sort !== 'path' ? COST.fetched : 0) + genres * COST.genre;
}

function testWalking({ condition, count }: Counted, steps: number, strategy: Strategy): Sql {
  const { probe, test } = condition;
  const probeIsCheaper =
    strategy === 'auto' ? steps * COST.probed < count * COST.listed : strategy === 'probe';
  return probe && probeIsCheaper ? probe : test;
}

/** What a row must pass: its state, and every condition but the one that chose it. */
function testsBut({ scope, conditions, tests }: Conditions, done: Condition | undefined): Sql[] {
  return [
    scope,
    ...tests,
    ...conditions.filter((condition) => condition !== done).map((condition) => condition.test),
  ];
}

/** Rows that are alike by one order go by the next; by id at last, so that pages do not overlap. */
function orderBy(by: string, direction: string, thenBy: readonly SortKey[] = []): string {
  const rest = thenBy.map(({ sort, descending }) => `${ORDER[sort].by} ${descending ? 'DESC' : 'ASC'}`);
  return [`${by} ${direction}`, ...rest, `files.id ${direction}`].join(', ');
}

/** Only what comes after the page before, in a form in which an index on an expression is entered in the middle. */
function afterCursor(
  { cursor, offset, descending, thenBy = [] }: SearchPageRequest,
  by: string,
): Sql | undefined {
  if (cursor === undefined) return undefined;
  if (thenBy.length > 0) throw new RangeError('A search in several orders goes on by offset.');
  if (offset) throw new RangeError('A search goes on from a cursor or from an offset, not both.');
  const [value, id] = readCursor(cursor);
  const than = descending ? '<' : '>';
  return {
    sql: `${by} ${than}= ? AND (${by} ${than} ? OR files.id ${than} ?)`,
    params: [value, value, id],
  };
}

function readCursor(cursor: string): [string | number, number] {
  try {
    const [value, id] = JSON.parse(cursor) as [unknown, unknown];
    if ((typeof value === 'string' || typeof value === 'number') && typeof id === 'number')
      return [value, id];
  } catch {
    // Falls through to the error below.
  }
  throw new RangeError('This is not a cursor of a search.');
}
