import type { Database } from './database.ts';
import { fileState } from './file-rows.ts';
import { planCount, planPage, type Strategy } from './search-plan.ts';
import type { Catalogue } from './stores.ts';
import type { SearchRow } from './types.ts';

interface ResultRow {
  id: number;
  path: string;
  track_id: number | null;
  missing: number;
  offline: number;
  title: string | null;
  artist: string | null;
  album: string | null;
  genre: string | null;
  key_text: string | null;
  tag_key: number | null;
  bpm: number | null;
  year: number | null;
  duration: number | null;
  predicted_key: number | null;
  predicted_key_confidence: number | null;
  predicted_genre: string | null;
  predicted_genre_confidence: number | null;
  problem_code: string | null;
  added_at: number;
  sort_value: string | number;
}

const toRow = (row: ResultRow): SearchRow => ({
  id: row.id,
  path: row.path,
  trackId: row.track_id,
  state: fileState(row),
  title: row.title,
  artist: row.artist,
  album: row.album,
  genre: row.genre,
  keyText: row.key_text,
  key: row.tag_key,
  bpm: row.bpm,
  year: row.year,
  durationSeconds: row.duration,
  predictedKey: row.predicted_key,
  predictedKeyConfidence: row.predicted_key_confidence,
  predictedGenre: row.predicted_genre,
  predictedGenreConfidence: row.predicted_genre_confidence,
  problemCode: row.problem_code,
  addedAt: row.added_at,
});

const PAGE = 1000;

/** Search over the files of a library. `strategy`: tests force one. */
export function searcher(
  database: Database,
  strategy?: Strategy,
): Pick<Catalogue, 'search' | 'count' | 'searchAll'> {
  const search: Catalogue['search'] = (query, request = {}) =>
    database.read(() => {
      const { limit = 100 } = request;
      if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`A page can't have ${limit} rows.`);
      const plan = planPage(database, query, { ...request, limit: limit + 1 }, strategy);
      if (plan === null) return { rows: [], next: null };
      const found = database.all<ResultRow & Record<string, unknown>>(plan.sql, ...plan.params);
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      const next = found.length > limit && last ? JSON.stringify([last.sort_value, last.id]) : null;
      return { rows: rows.map(toRow), next };
    });

  return {
    search,
    count: (query) =>
      database.read(() => {
        const plan = planCount(database, query);
        return plan === null ? 0 : database.value<number>(plan.sql, ...plan.params)!;
      }),
    *searchAll(query, order = {}) {
      let cursor: string | undefined;
      do {
        const page = search(query, { ...order, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
        if (page.rows.length > 0) yield page;
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    },
  };
}
