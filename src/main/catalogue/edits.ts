import type { FieldName, TagValues } from '../../shared/tags.ts';
import type { Database } from './database.ts';
import { showEdits } from './edit-columns.ts';
import type { EditKind, EditStep, EditStore, TurnCursor } from './edit-types.ts';
import { textColumns } from './normalise.ts';
import { mergeTextIndex } from './text-index.ts';
import type { FileProblem } from './types.ts';

/** Steps that can be undone; older ones are forgotten. */
const KEPT_STEPS = 200;

interface StepRow {
  id: number;
  kind: EditKind;
  field: string | null;
  files: number;
  at: number;
  undone: number;
  batch_id: number | null;
}

const toStep = ({ batch_id, undone, ...row }: StepRow): EditStep => ({
  ...row,
  undone: undone === 1,
  batchId: batch_id,
});

/** What the other stores of this folder need besides. */
export interface EditInternals extends EditStore {
  /** The file's tags were read anew: its columns are to show its edits again. */
  reapply(fileId: number): void;
  problem(fileId: number): FileProblem | null;
}

/** Edits that wait to be written; see `EditStore`. */
export function editStore(database: Database): EditInternals {
  const merge = { merging: false };

  const tagsOf = (ids: readonly number[]): Map<number, TagValues> =>
    new Map(
      database
        .all<{ id: number; tags: string }>(
          'SELECT file_id AS id, tags FROM file_tags WHERE file_id IN (SELECT value FROM json_each(?))',
          JSON.stringify(ids),
        )
        .map(({ id, tags }) => [id, JSON.parse(tags) as TagValues]),
    );

  /** Edits as they stand: file → field → JSON. */
  const pendingOf = (ids: readonly number[]): Map<number, Map<string, string>> => {
    const files = new Map<number, Map<string, string>>();
    for (const { id, field, value } of database.all<{ id: number; field: string; value: string }>(
      'SELECT file_id AS id, field, value FROM edits WHERE file_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    )) {
      const fields = files.get(id) ?? new Map<string, string>();
      fields.set(field, value);
      files.set(id, fields);
    }
    return files;
  };

  /** Puts edits in place (null: none) and shows them. `tags`: what the files say; `pending`: their edits, brought up to date. */
  const put = (
    changes: readonly (readonly [fileId: number, field: string, value: string | null])[],
    tags: ReadonlyMap<number, TagValues>,
    pending: Map<number, Map<string, string>>,
  ): void => {
    const gone = changes.filter(([, , value]) => value === null);
    const set = changes.filter(([, , value]) => value !== null);
    if (gone.length > 0)
      database.run(
        `DELETE FROM edits WHERE (file_id, field) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
        JSON.stringify(gone),
      );
    if (set.length > 0)
      database.run(
        `INSERT INTO edits SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
         ON CONFLICT DO UPDATE SET value = excluded.value`,
        JSON.stringify(set),
      );
    const fields = new Map<number, Set<string>>();
    for (const [fileId, field, value] of changes) {
      const edits = pending.get(fileId) ?? new Map<string, string>();
      pending.set(fileId, edits);
      if (value === null) edits.delete(field);
      else edits.set(field, value);
      const own = fields.get(fileId) ?? new Set();
      fields.set(fileId, own.add(field));
    }
    const ids = [...fields.keys()];
    showEdits(
      database,
      ids.map((fileId) => ({
        fileId,
        fields: fields.get(fileId)!,
        tags: edited(tags.get(fileId), pending.get(fileId)),
      })),
    );
    if (gone.length > 0)
      tidyProblems([
        ...new Set(gone.map(([fileId]) => fileId).filter((fileId) => !pending.get(fileId)?.size)),
      ]);
  };

  /** Forgets why writing failed where nothing is left to write. */
  const tidyProblems = (ids: readonly number[]): void => {
    if (ids.length > 0)
      database.run(
        'DELETE FROM edit_problems WHERE file_id IN (SELECT value FROM json_each(?))',
        JSON.stringify(ids),
      );
  };

  const getStep = (id: number): EditStep | undefined => {
    const row = database.get<StepRow & Record<string, unknown>>('SELECT * FROM edit_steps WHERE id = ?', id);
    return row && toStep(row);
  };

  const store: EditInternals = {
    begin: (kind, field) =>
      database.write(() => {
        database.run('DELETE FROM edit_steps WHERE undone = 1');
        return database.run(
          'INSERT INTO edit_steps (kind, field, at) VALUES (?, ?, ?)',
          kind,
          field,
          database.now(),
        ).id;
      }),

    add: (stepId, changes) =>
      database.write(() => {
        const ids = [...new Set(changes.map(({ fileId }) => fileId))];
        const tags = tagsOf(ids);
        const pending = pendingOf(ids);
        const rows = changes.flatMap(({ fileId, field, values }) => {
          const own = tags.get(fileId);
          if (!own) return [];
          const asked = values === null ? null : JSON.stringify(values);
          const after = asked === JSON.stringify(own[field] ?? []) ? null : asked;
          const before = pending.get(fileId)?.get(field) ?? null;
          return before === after ? [] : [{ fileId, field, before, after }];
        });
        if (rows.length === 0) return 0;
        database.run(
          `INSERT INTO edit_changes
           SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
           ON CONFLICT DO UPDATE SET after = excluded.after`,
          stepId,
          JSON.stringify(rows.map(({ fileId, field, before, after }) => [fileId, field, before, after])),
        );
        put(
          rows.map(({ fileId, field, after }) => [fileId, field, after] as const),
          tags,
          pending,
        );
        const changed = new Set(rows.map(({ fileId }) => fileId)).size;
        database.run('UPDATE edit_steps SET files = files + ? WHERE id = ?', changed, stepId);
        return changed;
      }),

    addReviews: (stepId, changes) =>
      database.write(() => {
        let count = 0;
        for (const { trackId, task, review } of changes) {
          const before = reviewJson(database, trackId, task);
          const after = review && JSON.stringify({ state: review.state, value: review.value });
          if (before === after) continue;
          putReview(database, trackId, task, after);
          database.run(
            `INSERT INTO review_changes VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET after = excluded.after`,
            stepId,
            trackId,
            task,
            before,
            after,
          );
          count++;
        }
        return count;
      }),

    finish: (stepId, batchId = null) =>
      database.write(() => {
        const reviews = database.value<number>(
          'SELECT count(*) FROM review_changes WHERE step_id = ?',
          stepId,
        )!;
        database.run(
          'UPDATE edit_steps SET batch_id = ?, files = max(files, ?) WHERE id = ?',
          batchId,
          reviews,
          stepId,
        );
        const step = getStep(stepId);
        if (!step || step.files === 0) {
          database.run('DELETE FROM edit_steps WHERE id = ?', stepId);
          return null;
        }
        database.run(
          'DELETE FROM edit_steps WHERE id <= (SELECT id FROM edit_steps ORDER BY id DESC LIMIT 1 OFFSET ?)',
          KEPT_STEPS,
        );
        return step;
      }),

    next(direction) {
      const row = database.get<StepRow & Record<string, unknown>>(
        direction === 'undo'
          ? 'SELECT * FROM edit_steps WHERE undone = 0 ORDER BY id DESC LIMIT 1'
          : 'SELECT * FROM edit_steps WHERE undone = 1 ORDER BY id LIMIT 1',
      );
      return row ? toStep(row) : null;
    },

    step: getStep,

    turn: (stepId, direction, after, portion) =>
      database.write(() => {
        const [from, to] = direction === 'undo' ? ['after', 'before'] : ['before', 'after'];
        const start: TurnCursor = after ?? { fileId: 0, field: '' };
        const rows = database.all<{
          fileId: number;
          field: FieldName;
          now: string | null;
          wanted: string | null;
        }>(
          `SELECT file_id AS fileId, field, ${from} AS now, ${to} AS wanted FROM edit_changes
           WHERE step_id = ? AND (file_id, field) > (?, ?) ORDER BY file_id, field LIMIT ?`,
          stepId,
          start.fileId,
          start.field,
          portion,
        );
        const ids = [...new Set(rows.map(({ fileId }) => fileId))];
        const tags = tagsOf(ids);
        const pending = pendingOf(ids);
        put(
          rows
            .filter(
              ({ fileId, field, now }) =>
                tags.has(fileId) && (pending.get(fileId)?.get(field) ?? null) === now,
            )
            .map(({ fileId, field, wanted }) => [fileId, field, wanted] as const),
          tags,
          pending,
        );
        const last = rows.at(-1);
        if (rows.length === portion && last) return { fileId: last.fileId, field: last.field };
        turnReviews(database, stepId, from!, to!);
        database.run('UPDATE edit_steps SET undone = ? WHERE id = ?', direction === 'undo' ? 1 : 0, stepId);
        return null;
      }),

    counts: () =>
      database.get<{ files: number; fields: number; failed: number }>(
        `SELECT count(DISTINCT file_id) AS files, count(*) AS fields,
           (SELECT count(*) FROM edit_problems) AS failed FROM edits`,
      )!,

    files: () =>
      database
        .all<{ id: number }>('SELECT DISTINCT file_id AS id FROM edits ORDER BY file_id')
        .map(({ id }) => id),

    of(fileIds) {
      const rows = database.all<{ fileId: number; path: string; field: FieldName; value: string }>(
        `SELECT e.file_id AS fileId, f.path, e.field, e.value FROM edits e JOIN files f ON f.id = e.file_id
         WHERE e.file_id IN (SELECT value FROM json_each(?)) ORDER BY e.file_id, e.field`,
        JSON.stringify(fileIds),
      );
      const files = new Map<
        number,
        { fileId: number; path: string; edits: Map<FieldName, readonly string[]> }
      >();
      for (const { fileId, path, field, value } of rows) {
        const file = files.get(fileId) ?? { fileId, path, edits: new Map() };
        file.edits.set(field, JSON.parse(value) as string[]);
        files.set(fileId, file);
      }
      return [...files.values()];
    },

    setProblem(fileId, problem) {
      if (problem === null) database.run('DELETE FROM edit_problems WHERE file_id = ?', fileId);
      else
        database.run(
          'INSERT OR REPLACE INTO edit_problems VALUES (?, ?, ?, ?)',
          fileId,
          problem.code,
          problem.message,
          database.now(),
        );
    },

    indexText: (portion) =>
      database.write(() => {
        const due = database.all<{ id: number }>('SELECT file_id AS id FROM text_due LIMIT ?', portion);
        const ids = due.map(({ id }) => id);
        const tags = tagsOf(ids);
        const pending = pendingOf(ids);
        for (const id of ids) {
          const path = database.value<string>('SELECT path FROM files WHERE id = ?', id);
          if (path !== undefined)
            database.run(
              `INSERT OR REPLACE INTO file_text (rowid, title, artist, album, album_artist, genre, comment, path)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
              id,
              ...textColumns(path, edited(tags.get(id), pending.get(id))),
            );
        }
        database.run(
          'DELETE FROM text_due WHERE file_id IN (SELECT value FROM json_each(?))',
          JSON.stringify(ids),
        );
        return due.length;
      }),

    mergeText: (pages) => mergeTextIndex(database, merge, pages),

    problem: (fileId) =>
      database.get<FileProblem & Record<string, unknown>>(
        'SELECT code, message FROM edit_problems WHERE file_id = ?',
        fileId,
      ) ?? null,

    reapply(fileId) {
      const pending = pendingOf([fileId]).get(fileId);
      if (!pending) return;
      const tags = edited(tagsOf([fileId]).get(fileId), pending);
      showEdits(database, [{ fileId, fields: new Set(pending.keys()), tags }]);
    },
  };
  return store;
}

/** Tags with edits in their places. */
function edited(tags: TagValues = {}, pending: ReadonlyMap<string, string> = new Map()): TagValues {
  const edits = [...pending].map(([field, json]) => [field, JSON.parse(json) as string[]]);
  return edits.length === 0 ? tags : { ...tags, ...Object.fromEntries(edits) };
}

function reviewJson(database: Database, trackId: number, task: string): string | null {
  const row = database.get<{ state: string; value: string | null }>(
    'SELECT state, value FROM reviews WHERE track_id = ? AND task = ?',
    trackId,
    task,
  );
  return row ? JSON.stringify({ state: row.state, value: row.value }) : null;
}

function putReview(database: Database, trackId: number, task: string, json: string | null): void {
  if (json === null) {
    database.run('DELETE FROM reviews WHERE track_id = ? AND task = ?', trackId, task);
    return;
  }
  const { state, value } = JSON.parse(json) as { state: string; value: string | null };
  database.run(
    'INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?)',
    trackId,
    task,
    state,
    value,
    database.now(),
  );
}

function turnReviews(database: Database, stepId: number, from: string, to: string): void {
  const rows = database.all<{ trackId: number; task: string; now: string | null; wanted: string | null }>(
    `SELECT track_id AS trackId, task, ${from} AS now, ${to} AS wanted FROM review_changes WHERE step_id = ?`,
    stepId,
  );
  for (const { trackId, task, now, wanted } of rows)
    if (reviewJson(database, trackId, task) === now) putReview(database, trackId, task, wanted);
}
