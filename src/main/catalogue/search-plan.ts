import type { Database } from './database.ts';
import { all, type Condition, conditionsOf, type Sql } from './search-conditions.ts';
import type { SearchPageRequest, SearchQuery, SortField } from './types.ts';

/** The expression of each order, exactly as its index in the migration has it. */
const ORDER: Readonly<Record<SortField, string>> = {
  path: 'path',
  title: "ifnull(title, '') COLLATE NOCASE",
  artist: "ifnull(artist, '') COLLATE NOCASE",
  album: "ifnull(album, '') COLLATE NOCASE",
  bpm: 'ifnull(bpm, -1)',
  year: 'ifnull(year, -1)',
  key: 'ifnull(effective_key, -1)',
  keyConfidence: 'ifnull(predicted_key_confidence, -1)',
  genreConfidence: 'ifnull(predicted_genre_confidence, -1)',
  added: 'added_at',
};

/** The ids of a condition are listed when there are no more than this; else it is tested row by row. */
export const LISTED = 20_000;

const COLUMNS = `f.id, f.path, f.track_id, f.missing, f.title, f.artist, f.album, f.genre, f.key_text, f.tag_key,
  f.bpm, f.year, f.duration, f.predicted_key, f.predicted_key_confidence, f.predicted_genre,
  f.predicted_genre_confidence,
  f.problem_code, f.added_at, (SELECT offline FROM roots WHERE id = f.root_id) AS offline`;

/**
 * SQL for a search, chosen by how many files each condition holds for: where one holds for few, these are looked at
 * and sorted; where all hold for many, the index of the order is walked until the page is full. SQLite's planner
 * can't know either (its statistics say nothing of words, or of how conditions combine), and guesses wrong by
 * seconds at a million files.
 * @param most ids of a condition that may be listed; tests set it
 * @returns null when nothing can match
 */
export function planSearch(
  database: Database,
  query: SearchQuery,
  page: SearchPageRequest | 'count',
  most: number = LISTED,
): Sql | null {
  const { scope, conditions } = conditionsOf(database, query);
  let driver: { condition: Condition; ids: readonly number[] } | undefined;
  if (conditions.length > 0) {
    for (const condition of conditions) {
      const ids = listed(database, condition, most);
      if (ids?.length === 0) return null;
      if (ids && (!driver || ids.length < driver.ids.length)) driver = { condition, ids };
    }
  }
  const tests: Sql[] = [scope];
  if (driver)
    tests.push({
      sql: 'files.id IN (SELECT value FROM json_each(?))',
      params: [JSON.stringify(driver.ids)],
    });
  for (const condition of conditions) if (condition !== driver?.condition) tests.push(condition.test);

  if (page === 'count') {
    const { sql, params } = all(tests);
    return { sql: `SELECT count(*) FROM files WHERE ${sql}`, params };
  }
  return pageOf(tests, page);
}

/** All ids of a condition when they are few, else undefined. */
function listed(database: Database, { ids }: Condition, most: number): readonly number[] | undefined {
  const rows = database.all<{ id: number }>(`${ids.sql} LIMIT ?`, ...ids.params, most + 1);
  return rows.length > most ? undefined : rows.map(({ id }) => id);
}

function pageOf(tests: Sql[], page: SearchPageRequest): Sql {
  const order = ORDER[page.sort ?? 'path'];
  const direction = page.descending ? 'DESC' : 'ASC';
  if (page.cursor !== undefined) {
    if (page.offset) throw new RangeError('A search goes on from a cursor or from an offset, not both.');
    const operator = page.descending ? '<' : '>';
    tests.push({ sql: `(${order}, id) ${operator} (?, ?)`, params: readCursor(page.cursor) });
  }
  const { sql, params } = all(tests);
  const offset = page.offset ?? 0;
  // Which rows: from indexes alone where they hold all that is tested. Then what to show of them.
  return {
    sql: `WITH page AS MATERIALIZED (
        SELECT id, ${order} AS sort_value FROM files WHERE ${sql}
        ORDER BY ${order} ${direction}, id ${direction} LIMIT ? OFFSET ?)
      SELECT ${COLUMNS}, page.sort_value FROM page CROSS JOIN files f ON f.id = page.id`,
    params: [...params, page.limit ?? 100, offset],
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
