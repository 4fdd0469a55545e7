import type { FieldChange } from '../../shared/tags.ts';
import type { Database } from './database.ts';
import type { LearningStore, ReviewedTrack, TaggedFile, TrackDistribution } from './learning-types.ts';
import { floatsFromBlob } from './vectors.ts';

type Row<T> = T & Record<string, unknown>;

/** Rows fetched at a time. Vectors are some kilobytes each. */
const PAGE = 500;

/** How a write is called that puts predictions into tags, see `cli/commands`. */
const PREDICTION_BATCHES = ['autotag', 'write'];

/** `catalogue.predictor-tiers`, see `predictions.ts`. */
const TIERS = 'catalogue.predictor-tiers';

/** Reads in bulk for learning and similarity. */
export function learningStore(database: Database): LearningStore {
  /** Pages by an increasing key, so that nothing is held open between two steps. */
  function* paged<T>(sql: string, key: (row: T) => number, ...params: readonly unknown[]): Generator<T> {
    let last = params.at(-1) as number;
    const fixed = params.slice(0, -1);
    for (;;) {
      const rows = database.all<Row<T>>(sql, ...fixed, last, PAGE);
      yield* rows;
      if (rows.length < PAGE) return;
      last = key(rows.at(-1)!);
    }
  }

  return {
    *taggedFiles() {
      // By id of the file: tracks come as their files do, gathered by the caller.
      yield* paged<TaggedFile & { id: number }>(
        `SELECT id, track_id AS trackId, path, title, artist, album, genre, tag_key AS key,
           duration AS durationSeconds
         FROM files WHERE missing = 0 AND track_id IS NOT NULL AND id > ? ORDER BY id LIMIT ?`,
        (row) => row.id,
        0,
      );
    },

    reviews: (task) =>
      database.all<Row<ReviewedTrack>>(
        'SELECT track_id AS trackId, state, value FROM reviews WHERE task = ? ORDER BY track_id',
        task,
      ),

    writtenByUs(task, path) {
      const rows = database.all<{ changes: string; label: string }>(
        `SELECT e.changes, b.label FROM write_entries e JOIN write_batches b ON b.id = e.batch_id
         WHERE e.path = ? AND e.state = 'done' ORDER BY e.id DESC`,
        path,
      );
      const newest = rows.find(({ changes }) =>
        (JSON.parse(changes) as FieldChange[]).some(({ field }) => field === task),
      );
      return newest !== undefined && PREDICTION_BATCHES.includes(newest.label);
    },

    *vectors(representation, version, afterTrack = 0) {
      const rows = paged<{ trackId: number; vector: Buffer }>(
        `SELECT track_id AS trackId, vector FROM embeddings
         WHERE representation = ? AND version = ? AND dimension > 0 AND track_id > ? ORDER BY track_id LIMIT ?`,
        (row) => row.trackId,
        representation,
        version,
        afterTrack,
      );
      for (const { trackId, vector } of rows) yield { trackId, vector: floatsFromBlob(vector) };
    },

    *everyNthVector(representation, version, nth) {
      const rows = paged<{ trackId: number; vector: Buffer }>(
        `SELECT track_id AS trackId, vector FROM embeddings
         WHERE representation = ? AND version = ? AND dimension > 0 AND track_id % ? = 0 AND track_id > ?
         ORDER BY track_id LIMIT ?`,
        (row) => row.trackId,
        representation,
        version,
        nth,
        0,
      );
      for (const { trackId, vector } of rows) yield { trackId, vector: floatsFromBlob(vector) };
    },

    vectorCounts: () =>
      database.all<{ representation: string; version: string; dimension: number; tracks: number }>(
        `SELECT representation, version, dimension, count(*) AS tracks FROM embeddings WHERE dimension > 0
         GROUP BY representation, version, dimension ORDER BY representation, version`,
      ),

    predictors: (task) =>
      database.all<{ predictor: string; version: string; tier: string | null; tracks: number }>(
        `SELECT m.predictor, m.version, count(*) AS tracks,
           (SELECT json_extract(value, '$."' || m.predictor || '"') FROM settings WHERE name = ?) AS tier
         FROM predictions p JOIN models m ON m.id = p.model_id
         WHERE m.task = ? AND p.probabilities IS NOT NULL
         GROUP BY m.predictor, m.version ORDER BY m.predictor, m.version`,
        TIERS,
        task,
      ),

    *distributions(task, predictor) {
      const rows = paged<{ trackId: number; labels: string; probabilities: Buffer }>(
        `SELECT p.track_id AS trackId, m.labels, p.probabilities
         FROM predictions p JOIN models m ON m.id = p.model_id
         WHERE m.task = ? AND m.predictor = ? AND p.probabilities IS NOT NULL AND p.track_id > ?
         ORDER BY p.track_id LIMIT ?`,
        (row) => row.trackId,
        task,
        predictor,
        0,
      );
      for (const { trackId, labels, probabilities } of rows) {
        yield {
          trackId,
          labels: JSON.parse(labels) as string[],
          probabilities: Array.from(floatsFromBlob(probabilities)),
        } satisfies TrackDistribution;
      }
    },
  };
}
