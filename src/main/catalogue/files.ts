import type { TagValues } from '../../shared/tags.ts';
import type { Database } from './database.ts';
import type { EditInternals } from './edits.ts';
import { type FileRow, KNOWN_COLUMNS, type KnownRow, toFileDetails, toKnownFile } from './file-rows.ts';
import { setTaggedGenres } from './genres.ts';
import { genresOf, tagColumns, textColumns } from './normalise.ts';
import { belowCondition, rangeBelow } from './paths.ts';
import type { PredictionInternals } from './predictions.ts';
import type { FileStore } from './stores.ts';
import { trackFor, trackStore } from './tracks.ts';
import type { FileStamp, ScannedFile } from './types.ts';

const STAMP = 'size = ?, mtime_ns = ?, inode = ?, device = ?';

/** 64 unsigned bits as SQLite's signed ones; `CAST(… AS TEXT)` and `unsigned` are the way back. */
const bits = (decimal: string): bigint => BigInt.asIntN(64, BigInt(decimal));

const stampValues = ({ size, mtime, inode, device }: FileStamp): unknown[] => [
  size,
  bits(mtime),
  bits(inode),
  bits(device),
];

const TAGS = `title = ?, artist = ?, album = ?, genre = ?, key_text = ?, tag_key = ?, bpm = ?, year = ?`;

const tagValues = (tags: TagValues): unknown[] => {
  const { title, artist, album, genre, keyText, key, bpm, year } = tagColumns(tags);
  return [title, artist, album, genre, keyText, key, bpm, year];
};

const UPSERT = `INSERT INTO files (path, root_id, track_id, size, mtime_ns, inode, device, container, missing,
    seen_scan, added_at, problem_code, problem_message, problem_at, title, artist, album, genre, key_text, tag_key,
    bpm, year, duration, predicted_key, predicted_key_confidence, predicted_genre, predicted_genre_id,
    predicted_genre_confidence)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (path) DO UPDATE SET
    root_id = excluded.root_id, track_id = excluded.track_id, size = excluded.size, mtime_ns = excluded.mtime_ns,
    inode = excluded.inode, device = excluded.device, container = excluded.container, missing = 0,
    seen_scan = excluded.seen_scan, problem_code = excluded.problem_code,
    problem_message = excluded.problem_message, problem_at = excluded.problem_at, title = excluded.title,
    artist = excluded.artist, album = excluded.album, genre = excluded.genre, key_text = excluded.key_text,
    tag_key = excluded.tag_key, bpm = excluded.bpm, year = excluded.year, duration = excluded.duration,
    predicted_key = excluded.predicted_key, predicted_key_confidence = excluded.predicted_key_confidence,
    predicted_genre = excluded.predicted_genre, predicted_genre_id = excluded.predicted_genre_id,
    predicted_genre_confidence = excluded.predicted_genre_confidence
  RETURNING id`;

const NO_TRACK = {
  duration: null,
  key: null,
  keyConfidence: null,
  genre: null,
  genreId: null,
  genreConfidence: null,
};

/** Files: what a scan finds and compares. Each belongs to a root, and to a track once its audio was read. */
export function fileStore(
  database: Database,
  predictions: PredictionInternals,
  edits: EditInternals,
): FileStore {
  const tracks = trackStore(database);

  const indexTags = (id: number, path: string, tags: TagValues, predictedGenre: number | null): void => {
    database.run('INSERT OR REPLACE INTO file_tags VALUES (?, ?)', id, JSON.stringify(tags));
    database.run(
      `INSERT OR REPLACE INTO file_text (rowid, title, artist, album, album_artist, genre, comment, path)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      ...textColumns(path, tags),
    );
    setTaggedGenres(database, id, genresOf(tags), predictedGenre);
    edits.reapply(id);
  };

  const upsertOne = (file: ScannedFile, scanId: number): number => {
    const trackId = file.audio === null ? null : trackFor(database, file.audio);
    const track =
      trackId === null
        ? NO_TRACK
        : database.get<typeof NO_TRACK & Record<string, number | null>>(
            `SELECT duration, predicted_key AS key, predicted_key_confidence AS keyConfidence,
               predicted_genre AS genre, predicted_genre_id AS genreId, predicted_genre_confidence AS genreConfidence
             FROM tracks WHERE id = ?`,
            trackId,
          )!;
    const now = database.now();
    const id = database.value<number>(
      UPSERT,
      file.path,
      file.rootId,
      trackId,
      ...stampValues(file),
      file.container,
      scanId,
      now,
      file.problem?.code ?? null,
      file.problem?.message ?? null,
      file.problem ? now : null,
      ...tagValues(file.tags),
      track.duration,
      track.key,
      track.keyConfidence,
      track.genre,
      track.genreId,
      track.genreConfidence,
    )!;
    indexTags(id, file.path, file.tags, track.genreId);
    return id;
  };

  const tagsOf = (id: number): TagValues =>
    JSON.parse(
      database.value<string>('SELECT tags FROM file_tags WHERE file_id = ?', id) ?? '{}',
    ) as TagValues;

  const known = (rest: string, ...params: readonly unknown[]) =>
    database.all<KnownRow>(`SELECT ${KNOWN_COLUMNS} FROM files ${rest}`, ...params).map(toKnownFile);

  const existing = (id: number): { path: string; predicted_genre_id: number | null } => {
    const row = database.get<{ path: string; predicted_genre_id: number | null }>(
      'SELECT path, predicted_genre_id FROM files WHERE id = ?',
      id,
    );
    if (!row) throw new RangeError(`The library has no file ${id}.`);
    return row;
  };

  return {
    beginScan: () => database.next('scan'),

    upsert: (files, scanId) => database.write(() => files.map((file) => upsertOne(file, scanId))),

    markSeen: (ids, scanId) =>
      database.write(() => {
        const list = JSON.stringify(ids);
        // `missing` stands in every partial index: it is set only where it changes, `seen_scan` is in none.
        database.run(
          'UPDATE files SET seen_scan = ? WHERE id IN (SELECT value FROM json_each(?))',
          scanId,
          list,
        );
        database.run(
          'UPDATE files SET missing = 0 WHERE id IN (SELECT value FROM json_each(?)) AND missing = 1',
          list,
        );
      }),

    markMissing(ids) {
      database.run(
        'UPDATE files SET missing = 1 WHERE id IN (SELECT value FROM json_each(?)) AND missing = 0',
        JSON.stringify(ids),
      );
    },

    finishScan: (rootId, scanId, { below, except = [] } = {}) =>
      database.write(() => {
        const inside = below === undefined ? { sql: '1', params: [] } : belowCondition('path', [below]);
        const outside = belowCondition('path', except);
        const { changes } = database.run(
          `UPDATE files SET missing = 1 WHERE root_id = ? AND missing = 0 AND seen_scan < ?
             AND ${inside.sql} AND NOT ${outside.sql}`,
          rootId,
          scanId,
          ...inside.params,
          ...outside.params,
        );
        if (below === undefined)
          database.run('UPDATE roots SET scanned_at = ? WHERE id = ?', database.now(), rootId);
        return changes;
      }),

    move: (id, to, scanId) =>
      database.write(() => {
        const { path, predicted_genre_id } = existing(id);
        database.run('DELETE FROM files WHERE path = ? AND id <> ?', to.path, id);
        // A write is undone at the path where its file is now. Open ones are settled where they were begun.
        database.run("UPDATE write_entries SET path = ? WHERE path = ? AND state <> 'open'", to.path, path);
        database.run(
          `UPDATE files SET path = ?, root_id = ?, ${STAMP}, seen_scan = ?, missing = 0 WHERE id = ?`,
          to.path,
          to.rootId,
          ...stampValues(to),
          scanId,
          id,
        );
        indexTags(id, to.path, tagsOf(id), predicted_genre_id);
      }),

    update: (id, change) =>
      database.write(() => {
        const { path, predicted_genre_id } = existing(id);
        database.run(
          `UPDATE files SET ${STAMP}, ${TAGS} WHERE id = ?`,
          ...stampValues(change),
          ...tagValues(change.tags),
          id,
        );
        indexTags(id, path, change.tags, predicted_genre_id);
      }),

    setProblem(id, problem) {
      database.run(
        'UPDATE files SET problem_code = ?, problem_message = ?, problem_at = ? WHERE id = ?',
        problem?.code ?? null,
        problem?.message ?? null,
        problem ? database.now() : null,
        id,
      );
    },

    *known(rootId, { below, pageSize = 1000 } = {}) {
      const root = database.value<string>('SELECT path FROM roots WHERE id = ?', rootId);
      if (root === undefined) return;
      const range = rangeBelow(below ?? root);
      // The file that is `below` itself, if it is one; folders have no row.
      yield* known('WHERE path = ? AND root_id = ?', range.self, rootId);
      let after = range.from;
      for (;;) {
        const page = known(
          'WHERE path > ? AND path < ? AND +root_id = ? ORDER BY path LIMIT ?',
          after,
          range.to,
          rootId,
          pageSize,
        );
        yield* page;
        if (page.length < pageSize) return;
        after = page.at(-1)!.path;
      }
    },

    byPath: (path) => known('WHERE path = ?', path)[0],
    get: (id) => known('WHERE id = ?', id)[0],
    byStamp: (stamp) =>
      known(
        'WHERE size = ? AND mtime_ns = ? AND inode = ? AND device = ? ORDER BY id',
        ...stampValues(stamp),
      ),
    ofTrack: (trackId) => known('WHERE track_id = ? ORDER BY id', trackId),

    details: (path) =>
      database.read(() => {
        const row = database.get<FileRow>(
          `SELECT ${KNOWN_COLUMNS}, container, problem_message, problem_at, added_at,
             (SELECT offline FROM roots WHERE id = root_id) AS offline
           FROM files WHERE path = ?`,
          path,
        );
        if (!row) return undefined;
        const { track_id: trackId } = row;
        return {
          ...toFileDetails(row),
          tags: tagsOf(row.id),
          edits: Object.fromEntries(edits.of([row.id])[0]?.edits ?? []),
          editProblem: edits.problem(row.id),
          track: trackId === null ? null : (tracks.get(trackId) ?? null),
          predictions: trackId === null ? [] : predictions.ofTrack(trackId),
          reviews: trackId === null ? [] : predictions.reviewsOfTrack(trackId),
        };
      }),

    counts: () =>
      database.get<{ present: number; missing: number; offline: number; withProblem: number }>(
        `SELECT coalesce(sum(n) FILTER (WHERE NOT missing AND NOT offline), 0) AS present,
           coalesce(sum(n) FILTER (WHERE missing AND NOT offline), 0) AS missing,
           coalesce(sum(n) FILTER (WHERE offline), 0) AS offline,
           (SELECT count(*) FROM files WHERE problem_code IS NOT NULL) AS withProblem
         FROM (SELECT root_id, missing, count(*) AS n FROM files GROUP BY root_id, missing) AS f
           CROSS JOIN roots r ON r.id = f.root_id`,
      )!,
  };
}
