import type { Database } from './database.ts';
import { belowCondition } from './paths.ts';
import type { PredictionInternals } from './predictions.ts';
import type { EnqueueRequest, WorkQueue } from './stores.ts';
import type { FailedItem, WorkItem } from './types.ts';

/** Numbers of `work.state`. */
const STATE = { queued: 0, held: 1, done: 2, failed: 3, setAside: 4 } as const;

const REACHABLE = `SELECT f.path FROM files f JOIN roots r ON r.id = f.root_id
  WHERE f.track_id = w.track_id AND f.missing = 0 AND r.offline = 0 ORDER BY f.id LIMIT 1`;

type Due = Pick<EnqueueRequest, 'predictors' | 'representations'>;

interface ItemRow extends Omit<WorkItem, 'path'> {
  path: string | null;
}

/**
 * Work on tracks. Only the library's one writer uses it: what it holds is released when the next writer opens the
 * library (see `open.ts`), so a killed process loses nothing but the work in hand.
 */
export function workQueue(database: Database, predictions: PredictionInternals): WorkQueue {
  /** SQL for "one of these has not heard track `t`, or was not computed of it", with its parameters. */
  const due = ({ predictors, representations = [] }: Due): { sql: string; params: unknown[] } => {
    const unheard = predictors.map(({ id, version, task }) => {
      const models = database
        .all<{ id: number }>(
          'SELECT id FROM models WHERE task = ? AND predictor = ? AND version = ?',
          task,
          id,
          version,
        )
        .map((model) => model.id);
      const sql =
        models.length === 0
          ? '1'
          : `NOT EXISTS (SELECT 1 FROM predictions p WHERE p.track_id = t.id
               AND p.model_id IN (${models.map(() => '?').join()}))`;
      return { sql, params: models };
    });
    const uncomputed = representations.map(({ id, version }) => ({
      sql: `NOT EXISTS (SELECT 1 FROM embeddings e
              WHERE e.track_id = t.id AND e.representation = ? AND e.version = ?)`,
      params: [id, version],
    }));
    const missing = [...unheard, ...uncomputed];
    if (missing.length === 0) return { sql: '0', params: [] };
    return {
      sql: `(${missing.map(({ sql }) => sql).join(' OR ')})`,
      params: missing.flatMap(({ params }) => params as unknown[]),
    };
  };

  const trackOf = (itemId: number): number => {
    const trackId = database.value<number>('SELECT track_id FROM work WHERE id = ?', itemId);
    if (trackId === undefined) throw new RangeError(`The queue has no item ${itemId}.`);
    return trackId;
  };

  const setState = (itemId: number, state: number, code: string | null, message: string | null): void => {
    database.run(
      'UPDATE work SET state = ?, error_code = ?, error_message = ? WHERE id = ?',
      state,
      code,
      message,
      itemId,
    );
  };

  const setProblem = (trackId: number, code: string | null, message: string | null): void => {
    database.run(
      `UPDATE files SET problem_code = ?, problem_message = ?, problem_at = ?
       WHERE track_id = ? AND missing = 0 AND problem_code IS NOT ?`,
      code,
      message,
      code === null ? null : database.now(),
      trackId,
      code,
    );
  };

  const ofRun = (run: number | undefined) =>
    run === undefined ? { sql: '', params: [] } : { sql: 'AND w.run = ?', params: [run] };

  return {
    enqueue: (request) =>
      database.write(() => {
        const run = database.next('run');
        const { sql: isDue, params } = request.all ? { sql: '1', params: [] } : due(request);
        const below =
          request.below === undefined ? { sql: '1', params: [] } : belowCondition('f.path', request.below);
        const among = request.tracks === undefined ? '' : 'AND t.id IN (SELECT value FROM json_each(?))';
        database.run(
          `INSERT INTO work (track_id, kind, run, priority, queued_at)
           SELECT t.id, ?, ?, ?, ? FROM tracks t
           WHERE t.id IN (SELECT f.track_id FROM files f JOIN roots r ON r.id = f.root_id
                          WHERE f.missing = 0 AND r.offline = 0 AND f.track_id IS NOT NULL AND ${below.sql})
             AND ${isDue} ${among}
             AND NOT EXISTS (SELECT 1 FROM work b WHERE b.track_id = t.id AND b.kind = ?
                             AND b.state IN (${STATE.failed}, ${STATE.setAside}))
           ORDER BY t.id
           ON CONFLICT (track_id, kind) DO UPDATE SET
             run = excluded.run,
             priority = CASE WHEN state = ${STATE.queued} THEN max(priority, excluded.priority)
                        ELSE excluded.priority END,
             attempts = CASE WHEN state = ${STATE.queued} THEN attempts ELSE 0 END,
             deaths = CASE WHEN state = ${STATE.queued} THEN deaths ELSE 0 END,
             queued_at = excluded.queued_at, state = ${STATE.queued}, error_code = NULL, error_message = NULL
           WHERE state IN (${STATE.queued}, ${STATE.done}) OR (? AND state <> ${STATE.held})`,
          request.kind,
          run,
          request.priority ?? 0,
          database.now(),
          ...below.params,
          ...params,
          ...(request.tracks === undefined ? [] : [JSON.stringify(request.tracks)]),
          request.unlessFailed ?? null,
          request.retry ? 1 : 0,
        );
        if (request.adopt !== undefined)
          database.run(
            `UPDATE work SET run = ? WHERE kind = ? AND state = ${STATE.queued} AND priority >= ? AND run <> ?`,
            run,
            request.kind,
            request.adopt,
            run,
          );
        const queued = database.value<number>(
          `SELECT count(*) FROM work WHERE run = ? AND kind = ? AND state = ${STATE.queued}`,
          run,
          request.kind,
        )!;
        return { run, queued };
      }),

    claim: (kind, count, run) =>
      database.write(() => {
        const scope = ofRun(run);
        const items: WorkItem[] = [];
        while (items.length < count) {
          const rows = database.all<ItemRow & Record<string, unknown>>(
            `SELECT w.id, w.track_id AS trackId, w.kind, w.priority, w.attempts + 1 AS attempts,
               (${REACHABLE}) AS path, (SELECT duration FROM tracks WHERE id = w.track_id) AS durationSeconds
             FROM work w WHERE w.kind = ? AND w.state = ${STATE.queued} ${scope.sql}
             ORDER BY w.priority DESC, w.id LIMIT ?`,
            kind,
            ...scope.params,
            count - items.length,
          );
          if (rows.length === 0) break;
          for (const row of rows) {
            const { path } = row;
            if (path === null) {
              // Its files went away meanwhile; it is due again when one comes back.
              database.run('DELETE FROM work WHERE id = ?', row.id);
              continue;
            }
            database.run(
              `UPDATE work SET state = ${STATE.held}, attempts = attempts + 1 WHERE id = ?`,
              row.id,
            );
            items.push({ ...row, path });
          }
        }
        return items;
      }),

    complete: (itemId, result, asked, computed = []) =>
      database.write(() => {
        const trackId = trackOf(itemId);
        predictions.store(trackId, result, asked, computed);
        setProblem(trackId, null, null);
        setState(itemId, STATE.done, null, null);
      }),

    fail: (itemId, { code, message }) =>
      database.write(() => {
        setProblem(trackOf(itemId), code, message);
        setState(itemId, STATE.failed, code, message);
      }),

    workerDied: (itemId, reason, limit = 2) =>
      database.write(() => {
        const trackId = trackOf(itemId);
        const deaths = database.value<number>(
          'UPDATE work SET deaths = deaths + 1 WHERE id = ? RETURNING deaths',
          itemId,
        )!;
        const setAside = deaths >= limit;
        const message = `The analyser stopped ${deaths} times on this file (${reason}).`;
        if (setAside) setProblem(trackId, 'worker-died', message);
        if (setAside) setState(itemId, STATE.setAside, 'worker-died', message);
        else setState(itemId, STATE.queued, null, null);
        return setAside;
      }),

    release(itemId) {
      database.run(
        `UPDATE work SET state = ${STATE.queued}, attempts = attempts - 1
         WHERE id = ? AND state = ${STATE.held}`,
        itemId,
      );
    },

    drop(itemId) {
      database.run('DELETE FROM work WHERE id = ?', itemId);
    },

    cancel: (run) => database.run(`DELETE FROM work WHERE run = ? AND state = ${STATE.queued}`, run).changes,

    cancelAll: (kindPrefix) =>
      database.run(
        `DELETE FROM work WHERE substr(kind, 1, ?) = ? AND state = ${STATE.queued}`,
        kindPrefix.length,
        kindPrefix,
      ).changes,

    hasten(fileIds, priority) {
      const waiting = `state = ${STATE.queued} AND track_id IN (
        SELECT f.track_id FROM files f WHERE f.id IN (SELECT value FROM json_each(?)))`;
      const ids = JSON.stringify(fileIds);
      return database.write(() => {
        database.run(
          `UPDATE work SET priority = ? WHERE priority < ? AND ${waiting}`,
          priority,
          priority,
          ids,
        );
        return database.value<number>(`SELECT count(*) FROM work WHERE ${waiting}`, ids)!;
      });
    },

    countDue(request) {
      const { sql, params } = due(request);
      return database.value<number>(
        `SELECT count(*) FROM tracks t WHERE ${sql} AND EXISTS (
           SELECT 1 FROM files f JOIN roots r ON r.id = f.root_id
           WHERE f.track_id = t.id AND f.missing = 0 AND r.offline = 0)`,
        ...params,
      )!;
    },

    counts(kind, run) {
      const scope = ofRun(run);
      const rows = database.all<{ state: number; n: number }>(
        `SELECT w.state, count(*) AS n FROM work w WHERE w.kind = ? ${scope.sql} GROUP BY w.state`,
        kind,
        ...scope.params,
      );
      const of = (state: number) => rows.find((row) => row.state === state)?.n ?? 0;
      return {
        queued: of(STATE.queued),
        held: of(STATE.held),
        done: of(STATE.done),
        failed: of(STATE.failed),
        setAside: of(STATE.setAside),
      };
    },

    failures(kind, run) {
      const scope = ofRun(run);
      return database.all<FailedItem & Record<string, unknown>>(
        `SELECT w.id, w.track_id AS trackId,
           (SELECT path FROM files f WHERE f.track_id = w.track_id ORDER BY f.missing, f.id LIMIT 1) AS path,
           CASE w.state WHEN ${STATE.failed} THEN 'failed' ELSE 'set-aside' END AS state,
           w.error_code AS code, w.error_message AS message
         FROM work w WHERE w.kind = ? AND w.state IN (${STATE.failed}, ${STATE.setAside}) ${scope.sql}
         ORDER BY w.id`,
        kind,
        ...scope.params,
      );
    },
  };
}
