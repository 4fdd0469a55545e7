import type { FieldName, TagValues } from '../../shared/tags.ts';
import type { Database } from './database.ts';
import { fileState } from './file-rows.ts';
import { conditionsOf, KEY_COLUMN } from './search-conditions.ts';
import { COLUMNS, planCount, planHits, planIds, planPage, type Strategy } from './search-plan.ts';
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
  edited: string;
  edit_problem: string | null;
  written: number;
  sort_value?: string | number;
}

const toRow = (row: ResultRow, values: TagValues): SearchRow => ({
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
  edited: row.edited === '[]' ? [] : (JSON.parse(row.edited) as FieldName[]),
  editProblem: row.edit_problem,
  written: row.written === 1,
  values,
});

const PAGE = 1000;

/** Search over the files of a library. `strategy`: tests force one. */
export function searcher(
  database: Database,
  strategy?: Strategy,
): Pick<Catalogue, 'search' | 'count' | 'keyCounts' | 'searchAll' | 'ids' | 'pageIds' | 'rows' | 'tags'> {
  const pageLimit = (limit: number): number => {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`A page can't have ${limit} rows.`);
    return limit;
  };

  /** Tags of files as edited. */
  const tagsOf = (ids: readonly number[], fields?: readonly FieldName[]) => {
    const list = JSON.stringify(ids);
    const tags = new Map(
      database
        .all<{ id: number; tags: string }>(
          'SELECT file_id AS id, tags FROM file_tags WHERE file_id IN (SELECT value FROM json_each(?))',
          list,
        )
        .map((row) => [row.id, JSON.parse(row.tags) as Record<string, readonly string[]>]),
    );
    for (const { id, field, value } of database.all<{ id: number; field: string; value: string }>(
      'SELECT file_id AS id, field, value FROM edits WHERE file_id IN (SELECT value FROM json_each(?))',
      list,
    ))
      tags.set(id, { ...tags.get(id), [field]: JSON.parse(value) as string[] });
    if (!fields) return tags;
    const some = (own: Record<string, readonly string[]>) =>
      Object.fromEntries(
        fields.flatMap((field) => (own[field]?.length ? [[field, own[field]] as const] : [])),
      );
    return new Map([...tags].map(([id, own]) => [id, some(own)]));
  };

  const withValues = (rows: readonly ResultRow[], fields: readonly FieldName[] = []): SearchRow[] => {
    if (fields.length === 0) return rows.map((row) => toRow(row, {}));
    const tags = tagsOf(
      rows.map(({ id }) => id),
      fields,
    );
    return rows.map((row) => toRow(row, tags.get(row.id) ?? {}));
  };

  const search: Catalogue['search'] = (query, request = {}) =>
    database.read(() => {
      const { limit = 100 } = request;
      pageLimit(limit);
      const plan = planPage(database, query, { ...request, limit: limit + 1 }, strategy);
      if (plan === null) return { rows: [], next: null };
      const found = database.all<ResultRow & Record<string, unknown>>(plan.sql, ...plan.params);
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      const more = found.length > limit && last && !request.thenBy?.length;
      const next = more ? JSON.stringify([last.sort_value, last.id]) : null;
      return { rows: withValues(rows, request.fields), next };
    });

  return {
    search,
    count: (query) =>
      database.read(() => {
        const plan = planCount(database, query);
        return plan === null ? 0 : database.value<number>(plan.sql, ...plan.params)!;
      }),
    keyCounts: (query) =>
      database.read(() => {
        const counts = new Array<number>(24).fill(0);
        const plan = planHits(database, conditionsOf(database, query));
        if (plan === null) return counts;
        for (const { key, count } of database.all<{ key: number | null; count: number }>(
          `SELECT ${KEY_COLUMN[query.keySource ?? 'effective']} AS key, count(*) AS count FROM ${plan.sql} GROUP BY 1`,
          ...plan.params,
        ))
          if (key !== null) counts[key] = count;
        return counts;
      }),
    ids: (query) =>
      database.read(() => {
        const plan = planIds(database, query);
        return plan === null
          ? []
          : database.all<{ id: number }>(plan.sql, ...plan.params).map(({ id }) => id);
      }),
    pageIds: (query, request) =>
      database.read(() => {
        const limit = pageLimit(request.limit ?? 100);
        const plan = planPage(database, query, { ...request, limit }, strategy, true);
        return plan === null
          ? []
          : database.all<{ id: number }>(plan.sql, ...plan.params).map(({ id }) => id);
      }),
    tags: (ids, fields) => database.read(() => [...tagsOf(ids, fields)].map(([id, tags]) => ({ id, tags }))),
    rows: (ids, fields) =>
      database.read(() => {
        const found = database.all<ResultRow & Record<string, unknown>>(
          `SELECT ${COLUMNS} FROM json_each(?) AS wanted CROSS JOIN files f ON f.id = wanted.value
           ORDER BY wanted.key`,
          JSON.stringify(ids),
        );
        return withValues(found, fields);
      }),
    *searchAll(query, order = {}) {
      if (order.thenBy?.length) {
        for (let offset = 0; ; offset += PAGE) {
          const page = search(query, { ...order, limit: PAGE, offset });
          if (page.rows.length > 0) yield page;
          if (page.rows.length < PAGE) return;
        }
      }
      let cursor: string | undefined;
      do {
        const page = search(query, { ...order, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
        if (page.rows.length > 0) yield page;
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    },
  };
}
