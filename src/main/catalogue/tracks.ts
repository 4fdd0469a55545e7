import type { AnalysisResult } from '../../shared/analysis.ts';
import type { Database } from './database.ts';
import type { TrackStore } from './stores.ts';
import type { AudioIdentity, Track } from './types.ts';

interface TrackRow {
  id: number;
  audio_hash: Buffer;
  duration: number | null;
  sample_rate: number | null;
  channels: number | null;
  created_at: number;
  analysed_at: number | null;
  silent_reason: string | null;
  windows: string | null;
}

const toTrack = (row: TrackRow): Track => ({
  id: row.id,
  audioHash: row.audio_hash.toString('hex'),
  durationSeconds: row.duration,
  sampleRate: row.sample_rate,
  channels: row.channels,
  createdAt: row.created_at,
  analysedAt: row.analysed_at,
  silentReason: row.silent_reason,
  windows: row.windows === null ? [] : (JSON.parse(row.windows) as AnalysisResult['windows']),
});

function hashBytes(hash: string): Buffer {
  if (!/^(?:[0-9a-f]{2})+$/i.test(hash))
    throw new TypeError(`An audio hash must be hex digits, not "${hash}".`);
  return Buffer.from(hash, 'hex');
}

/** The id of the track with this audio, made when it is new; what is known of its sound is filled in. */
export function trackFor(database: Database, audio: AudioIdentity): number {
  return database.value<number>(
    `INSERT INTO tracks (audio_hash, duration, sample_rate, channels, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (audio_hash) DO UPDATE SET
       duration = coalesce(excluded.duration, duration),
       sample_rate = coalesce(excluded.sample_rate, sample_rate),
       channels = coalesce(excluded.channels, channels)
     RETURNING id`,
    hashBytes(audio.hash),
    audio.durationSeconds,
    audio.sampleRate,
    audio.channels,
    database.now(),
  )!;
}

/** Recordings. They stay when their files go: a file that comes back finds its predictions and reviews. */
export function trackStore(database: Database): TrackStore {
  return {
    get(id) {
      const row = database.get<TrackRow>('SELECT * FROM tracks WHERE id = ?', id);
      return row && toTrack(row);
    },
    byAudioHash(hash) {
      const row = database.get<TrackRow>('SELECT * FROM tracks WHERE audio_hash = ?', hashBytes(hash));
      return row && toTrack(row);
    },
    count: () => database.value<number>('SELECT count(*) FROM tracks')!,
    ofFiles: (fileIds) =>
      database
        .all<{ id: number }>(
          `SELECT DISTINCT track_id AS id FROM files
           WHERE id IN (SELECT value FROM json_each(?)) AND track_id IS NOT NULL ORDER BY track_id`,
          JSON.stringify(fileIds),
        )
        .map(({ id }) => id),
    countUnheard: () =>
      database.value<number>(
        `SELECT count(*) FROM tracks WHERE analysed_at IS NULL
           AND EXISTS (SELECT 1 FROM files WHERE files.track_id = tracks.id AND missing = 0)`,
      ) ?? 0,
  };
}
