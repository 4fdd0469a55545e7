import type { AnalysisResult } from '../../shared/analysis.ts';
import { KEY_LABELS } from '../../shared/music/key.ts';
import {
  type Embedding,
  type EmbeddingOrigin,
  type Prediction,
  rank,
  type Task,
} from '../../shared/prediction.ts';
import { type Tier, tierRank } from '../../shared/tier.ts';
import type { Database } from './database.ts';
import { genreId, setPredictedGenre } from './genres.ts';
import { keyOfTag } from './normalise.ts';
import type { PredictionStore } from './stores.ts';
import type { PredictorVersion, RepresentationVersion, Review, StoredPrediction } from './types.ts';
import { floatsFromBlob, floatsToBlob } from './vectors.ts';

/** What the other stores of this folder need besides. */
export interface PredictionInternals extends PredictionStore {
  store(
    trackId: number,
    result: AnalysisResult,
    asked: readonly PredictorVersion[],
    computed: readonly RepresentationVersion[],
  ): void;
}

interface PredictionRow {
  task: Task;
  predictor: string;
  version: string;
  labels: string;
  probabilities: Buffer;
  made_at: number;
}

interface EmbeddingRow {
  version: string;
  vector: Buffer;
  precision: EmbeddingOrigin['precision'] | null;
  provider: string | null;
}

const OF_TRACK = `SELECT m.task, m.predictor, m.version, m.labels, p.probabilities, p.made_at
  FROM predictions p JOIN models m ON m.id = p.model_id
  WHERE p.track_id = ? AND p.probabilities IS NOT NULL
  ORDER BY m.task, p.made_at DESC, m.id DESC`;

const PAGE = 1000;

/** A 32-bit float carries 7 digits: 0.9 must come back as 0.9, or bounds given in decimals miss it. */
const decimal = (float32: number): number => Math.round(float32 * 1e6) / 1e6;

const preference = (task: Task): string => `predictions.prefer.${task}`;

/** What the catalogue notes for itself of the tiers of predictors: a JSON object, id → tier. */
const TIERS = 'catalogue.predictor-tiers';

/** Predictions with their provenance, the user's word on them, embeddings. */
export function predictionStore(database: Database): PredictionInternals {
  const preferred = (task: Task): readonly string[] =>
    JSON.parse(
      database.value<string>('SELECT value FROM settings WHERE name = ?', preference(task)) ?? '[]',
    ) as string[];

  const knownTiers = (): Readonly<Record<string, Tier>> =>
    JSON.parse(database.value<string>('SELECT value FROM settings WHERE name = ?', TIERS) ?? '{}') as Record<
      string,
      Tier
    >;

  const set = (name: string, value: unknown): void => {
    database.run(
      'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value),
    );
  };

  const ofTrack = (trackId: number): StoredPrediction[] => {
    const found = database.all<PredictionRow>(OF_TRACK, trackId).map((row) => {
      const labels = JSON.parse(row.labels) as string[];
      const probabilities = Array.from(floatsFromBlob(row.probabilities), decimal);
      const { label, confidence, runnerUp, margin } = rank({ labels, probabilities });
      return {
        trackId,
        task: row.task,
        predictor: row.predictor,
        version: row.version,
        labels,
        probabilities,
        label,
        confidence,
        runnerUp,
        margin: decimal(margin),
        at: row.made_at,
      };
    });
    const tiers = knownTiers();
    const current = new Set(
      (['genre', 'key'] as const).map((task) => best(found, task, preferred(task), tiers)),
    );
    return found.map((prediction) => ({ ...prediction, current: current.has(prediction) }));
  };

  /** Writes the current predictions where search finds them: at the track and at each of its files. */
  const refreshCurrent = (trackId: number): void => {
    const current = ofTrack(trackId).filter((prediction) => prediction.current);
    const key = current.find((prediction) => prediction.task === 'key');
    const genre = current.find((prediction) => prediction.task === 'genre');
    const predictedGenreId = genre ? genreId(database, genre.label) : null;
    const values = [
      key ? keyOfLabel(key.label) : null,
      key?.confidence ?? null,
      genre?.label ?? null,
      predictedGenreId,
      genre?.confidence ?? null,
    ];
    const columns = `predicted_key = ?, predicted_key_confidence = ?, predicted_genre = ?, predicted_genre_id = ?,
      predicted_genre_confidence = ?`;
    database.run(`UPDATE tracks SET ${columns} WHERE id = ?`, ...values, trackId);
    database.run(
      `UPDATE files SET ${columns}, duration = (SELECT duration FROM tracks WHERE id = track_id)
       WHERE track_id = ?`,
      ...values,
      trackId,
    );
    for (const { id } of database.all<{ id: number }>('SELECT id FROM files WHERE track_id = ?', trackId))
      setPredictedGenre(database, id, predictedGenreId);
  };

  const refreshAll = (): void => {
    let last = 0;
    for (;;) {
      const page = database.all<{ id: number }>(
        'SELECT id FROM tracks WHERE id > ? AND analysed_at IS NOT NULL ORDER BY id LIMIT ?',
        last,
        PAGE,
      );
      if (page.length === 0) return;
      for (const { id } of page) refreshCurrent(id);
      last = page.at(-1)!.id;
    }
  };

  const put = (trackId: number, made: PredictorVersion, prediction: Prediction | undefined): void => {
    database.run(
      `DELETE FROM predictions WHERE track_id = ?
         AND model_id IN (SELECT id FROM models WHERE task = ? AND predictor = ?)`,
      trackId,
      made.task,
      made.id,
    );
    const identity = [made.task, made.id, made.version, JSON.stringify(prediction?.labels ?? [])];
    const model =
      database.value<number>(
        'SELECT id FROM models WHERE task = ? AND predictor = ? AND version = ? AND labels = ?',
        ...identity,
      ) ??
      database.run('INSERT INTO models (task, predictor, version, labels) VALUES (?, ?, ?, ?)', ...identity)
        .id;
    database.run(
      'INSERT INTO predictions VALUES (?, ?, ?, ?)',
      trackId,
      model,
      prediction ? floatsToBlob(prediction.probabilities) : null,
      database.now(),
    );
  };

  const putVector = (
    trackId: number,
    { id, version }: RepresentationVersion,
    embedding: Embedding | undefined,
  ): void => {
    database.run(
      `INSERT INTO embeddings (track_id, representation, version, dimension, vector, made_at, precision, provider)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (track_id, representation) DO UPDATE SET version = excluded.version,
         dimension = excluded.dimension, vector = excluded.vector, made_at = excluded.made_at,
         precision = excluded.precision, provider = excluded.provider`,
      trackId,
      id,
      version,
      embedding?.vector.length ?? 0,
      floatsToBlob(embedding?.vector ?? []),
      database.now(),
      embedding?.origin?.precision ?? null,
      embedding?.origin?.provider ?? null,
    );
  };

  const store: PredictionInternals['store'] = (trackId, result, asked, computed) =>
    database.write(() => {
      database.run(
        'UPDATE tracks SET analysed_at = ?, duration = CASE WHEN ? > 0 THEN ? ELSE duration END WHERE id = ?',
        database.now(),
        result.durationSeconds,
        result.durationSeconds,
        trackId,
      );
      // Who was asked for vectors only can't say that there is nothing to predict.
      if (asked.length > 0 || computed.length === 0) {
        database.run(
          'UPDATE tracks SET silent_reason = ?, windows = ? WHERE id = ?',
          result.silentReason ?? null,
          JSON.stringify(result.windows),
          trackId,
        );
      }
      for (const embedding of result.embeddings) {
        const { representation: id, version } = embedding;
        putVector(trackId, { id, version }, embedding);
      }
      const vectors = new Set(result.embeddings.map(({ representation }) => representation));
      for (const asked of computed) if (!vectors.has(asked.id)) putVector(trackId, asked, undefined);
      for (const prediction of result.predictions) {
        checkDistribution(prediction);
        const { predictor, version, task } = prediction;
        put(trackId, { id: predictor, version, task }, prediction);
      }
      const spoke = new Set(result.predictions.map(({ task, predictor }) => `${task}\n${predictor}`));
      for (const made of asked) if (!spoke.has(`${made.task}\n${made.id}`)) put(trackId, made, undefined);
      refreshCurrent(trackId);
    });

  return {
    store,
    ofTrack,
    current: (trackId, task) =>
      ofTrack(trackId).find((prediction) => prediction.current && prediction.task === task),

    prefer: (task, predictorIds) =>
      database.write(() => {
        if (JSON.stringify(predictorIds) === JSON.stringify(preferred(task))) return;
        set(preference(task), predictorIds);
        refreshAll();
      }),

    noteTiers: (tiers) =>
      database.write(() => {
        const known = knownTiers();
        const changed = Object.entries(tiers).filter(([id, tier]) => known[id] !== tier);
        if (changed.length === 0) return;
        set(TIERS, { ...known, ...tiers });
        // A predictor that has said nothing yet can't change what is believed.
        const spoke = changed.some(
          ([id]) => database.value('SELECT 1 FROM models WHERE predictor = ?', id) !== undefined,
        );
        if (spoke) refreshAll();
      }),

    add: (predictions) =>
      database.write(() => {
        for (const { trackId, ...prediction } of predictions) {
          checkDistribution(prediction);
          const { predictor, version, task } = prediction;
          put(trackId, { id: predictor, version, task }, prediction);
          refreshCurrent(trackId);
        }
      }),

    forget: (task, predictor, limit) =>
      database.write(() => {
        const rows = database.all<{ track: number; model: number }>(
          `SELECT p.track_id AS track, p.model_id AS model FROM predictions p JOIN models m ON m.id = p.model_id
           WHERE m.task = ? AND m.predictor = ? LIMIT ?`,
          task,
          predictor,
          limit,
        );
        for (const { track, model } of rows) {
          database.run('DELETE FROM predictions WHERE track_id = ? AND model_id = ?', track, model);
          refreshCurrent(track);
        }
        return rows.length;
      }),

    review(trackId, task, review) {
      if (review === null) database.run('DELETE FROM reviews WHERE track_id = ? AND task = ?', trackId, task);
      else
        database.run(
          'INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?)',
          trackId,
          task,
          review.state,
          review.value,
          database.now(),
        );
    },

    reviewsOfTrack: (trackId) =>
      database.all<Review & Record<string, unknown>>(
        `SELECT track_id AS trackId, task, state, value, reviewed_at AS at FROM reviews WHERE track_id = ?
         ORDER BY task`,
        trackId,
      ),

    embedding(trackId, representation): Embedding | undefined {
      const row = database.get<EmbeddingRow & Record<string, unknown>>(
        'SELECT version, vector, precision, provider FROM embeddings WHERE track_id = ? AND representation = ?',
        trackId,
        representation,
      );
      if (!row || row.vector.length === 0) return undefined;
      const { version, precision, provider } = row;
      const embedding = { representation, version, vector: floatsFromBlob(row.vector) };
      return precision && provider ? { ...embedding, origin: { precision, provider } } : embedding;
    },

    genres: () =>
      database.all<{ genre: string; tagged: number; predicted: number }>(
        `SELECT g.name AS genre, sum(fg.tagged) AS tagged, sum(fg.predicted) AS predicted
         FROM file_genres fg JOIN genres g ON g.id = fg.genre_id
         GROUP BY g.id ORDER BY tagged + predicted DESC, g.name`,
      ),
  };
}

/** The prediction to believe: by the user's order of predictors, then by tier, then the newest (`found` is in order). */
function best<T extends { task: Task; predictor: string }>(
  found: readonly T[],
  task: Task,
  preferred: readonly string[],
  tiers: Readonly<Record<string, Tier>>,
): T | undefined {
  const place = ({ predictor }: T): number => {
    const named = preferred.indexOf(predictor);
    return named >= 0 ? named : preferred.length + tierRank(tiers[predictor]);
  };
  let best: T | undefined;
  for (const prediction of found) {
    if (prediction.task === task && (!best || place(prediction) < place(best))) best = prediction;
  }
  return best;
}

function keyOfLabel(label: string): number | null {
  const index = KEY_LABELS.indexOf(label);
  return index >= 0 ? index : keyOfTag(label);
}

function checkDistribution({ predictor, labels, probabilities }: Prediction): void {
  if (labels.length === 0 || labels.length !== probabilities.length || !probabilities.every(Number.isFinite))
    throw new TypeError(
      `Predictor ${predictor} gave ${probabilities.length} probabilities for ${labels.length} labels, or none that are numbers.`,
    );
}
