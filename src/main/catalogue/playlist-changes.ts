import type { Database } from './database.ts';

/** A row of `playlist_items`, without its playlist. */
export type ItemRow = readonly [
  id: number,
  position: number,
  trackId: number | null,
  fileId: number | null,
  path: string,
  label: string | null,
];

/** What is to be changed of a playlist; its opposite is of the same kind. */
export interface Change {
  readonly name?: string;
  /** Null: not deleted. */
  readonly deletedAt?: number | null;
  readonly drop?: readonly number[];
  readonly put?: readonly ItemRow[];
  /** New positions of items. */
  readonly places?: readonly (readonly [id: number, position: number])[];
}

/** Changes a playlist; returns what turns it back. */
export function applyChange(database: Database, playlistId: number, change: Change): Change {
  const { drop = [], put = [], places = [] } = change;
  const inverse: {
    name?: string;
    deletedAt?: number | null;
    drop: number[];
    put: ItemRow[];
    places: [number, number][];
  } = { drop: put.map(([id]) => id), put: [], places: [] };
  const now = database.get<{ name: string; deletedAt: number | null }>(
    'SELECT name, deleted_at AS deletedAt FROM playlists WHERE id = ?',
    playlistId,
  )!;
  if (change.name !== undefined) {
    inverse.name = now.name;
    database.run('UPDATE playlists SET name = ? WHERE id = ?', change.name, playlistId);
  }
  if (change.deletedAt !== undefined) {
    inverse.deletedAt = now.deletedAt;
    database.run('UPDATE playlists SET deleted_at = ? WHERE id = ?', change.deletedAt, playlistId);
  }
  if (drop.length > 0) {
    const list = JSON.stringify(drop);
    inverse.put = database
      .all<{ row: string }>(
        `SELECT json_array(id, position, track_id, file_id, path, label) AS row FROM playlist_items
         WHERE playlist_id = ? AND id IN (SELECT value FROM json_each(?))`,
        playlistId,
        list,
      )
      .map(({ row }) => JSON.parse(row) as ItemRow);
    database.run(
      'DELETE FROM playlist_items WHERE playlist_id = ? AND id IN (SELECT value FROM json_each(?))',
      playlistId,
      list,
    );
  }
  if (put.length > 0)
    database.run(
      `INSERT INTO playlist_items SELECT value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
       FROM json_each(?)`,
      playlistId,
      JSON.stringify(put),
    );
  if (places.length > 0) {
    const list = JSON.stringify(places);
    inverse.places = database
      .all<{ id: number; position: number }>(
        `SELECT id, position FROM playlist_items
         WHERE playlist_id = ? AND id IN (SELECT value ->> 0 FROM json_each(?))`,
        playlistId,
        list,
      )
      .map(({ id, position }) => [id, position]);
    database.run(
      `UPDATE playlist_items SET position = new.value ->> 1 FROM json_each(?) AS new
       WHERE playlist_items.id = new.value ->> 0 AND playlist_id = ?`,
      list,
      playlistId,
    );
  }
  database.run('UPDATE playlists SET changed_at = ? WHERE id = ?', database.now(), playlistId);
  return inverse;
}
