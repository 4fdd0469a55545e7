import type { Database } from './database.ts';
import type { MappedFile, MapStore, StoredMap, VectorSet } from './map-types.ts';
import { floatsFromBlob, floatsToBlob } from './vectors.ts';

type Row<T> = T & Record<string, unknown>;
type MapRow = Omit<StoredMap, 'tracks' | 'places' | 'made'> & {
  madeTracks: number;
  madeSum: number;
  tracks: Buffer;
  places: Buffer;
};

/** Maps, one a representation; their points as two blobs, since they are only ever read together. */
export function mapStore(database: Database): MapStore {
  return {
    get(representation) {
      const row = database.get<Row<MapRow>>(
        `SELECT representation, version, method, seed, laid, made_at AS madeAt, made_tracks AS madeTracks, made_sum AS madeSum,
           tracks, places
         FROM maps WHERE representation = ?`,
        representation,
      );
      if (!row) return undefined;
      const tracks = idsFromBlob(row.tracks);
      const places = floatsFromBlob(row.places);
      const { madeTracks, madeSum, ...rest } = row;
      // A map that was cut short is none: it is made again.
      if (places.length !== 2 * tracks.length) return undefined;
      return { ...rest, made: { tracks: madeTracks, sum: madeSum }, tracks, places };
    },

    put: ({ representation, version, method, seed, laid, made, madeAt, tracks, places }) =>
      void database.run(
        `INSERT INTO maps
           (representation, version, method, seed, laid, made_tracks, made_sum, made_at, tracks, places)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET version = excluded.version, method = excluded.method, seed = excluded.seed,
           laid = excluded.laid, made_tracks = excluded.made_tracks, made_sum = excluded.made_sum,
           made_at = excluded.made_at, tracks = excluded.tracks, places = excluded.places`,
        representation,
        version,
        method,
        seed,
        laid,
        made.tracks,
        made.sum,
        madeAt,
        idsToBlob(tracks),
        floatsToBlob(places),
      ),

    vectorSet: (representation, version) =>
      database.get<Row<VectorSet>>(
        `SELECT count(*) AS tracks, ifnull(sum(track_id), 0) AS sum FROM embeddings
         WHERE representation = ? AND version = ? AND dimension > 0`,
        representation,
        version,
      )!,

    files: (after, limit) =>
      database.all<Row<MappedFile>>(
        `SELECT id, track_id AS trackId, genre, predicted_genre AS predictedGenre,
           predicted_genre_confidence AS predictedGenreConfidence, effective_key AS key,
           predicted_key_confidence AS predictedKeyConfidence
         FROM files WHERE missing = 0 AND track_id IS NOT NULL AND id > ? ORDER BY id LIMIT ?`,
        after,
        limit,
      ),
  };
}

/** 32-bit numbers, little endian. */
function idsToBlob(ids: Uint32Array): Buffer {
  const blob = Buffer.alloc(ids.length * 4);
  for (let at = 0; at < ids.length; at++) blob.writeUInt32LE(ids[at]!, at * 4);
  return blob;
}

function idsFromBlob(blob: Buffer): Uint32Array {
  const ids = new Uint32Array(Math.floor(blob.length / 4));
  for (let at = 0; at < ids.length; at++) ids[at] = blob.readUInt32LE(at * 4);
  return ids;
}
