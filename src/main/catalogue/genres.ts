import type { Database } from './database.ts';
import { foldGenre } from './normalise.ts';

/** The id of a genre's name, whatever its spelling; made when it is new. */
export function genreId(database: Database, name: string): number {
  const folded = foldGenre(name);
  return (
    database.value<number>('SELECT id FROM genres WHERE folded = ?', folded) ??
    database.run('INSERT INTO genres (name, folded) VALUES (?, ?)', name, folded).id
  );
}

/** Ids of those names that any file ever had. */
export function knownGenreIds(database: Database, names: readonly string[]): number[] {
  const ids = names.map((name) =>
    database.value<number>('SELECT id FROM genres WHERE folded = ?', foldGenre(name)),
  );
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Replaces the genres of a file as its tags say; `predicted` is its track's current genre. */
export function setTaggedGenres(
  database: Database,
  fileId: number,
  names: readonly string[],
  predicted: number | null,
): void {
  database.run('DELETE FROM file_genres WHERE file_id = ?', fileId);
  for (const id of new Set(names.map((name) => genreId(database, name))))
    database.run('INSERT INTO file_genres VALUES (?, ?, 1, 0, 1)', id, fileId);
  setPredictedGenre(database, fileId, predicted);
}

/** Notes which genre is predicted of a file, and whether that is another than its tags say. */
export function setPredictedGenre(database: Database, fileId: number, predicted: number | null): void {
  database.run('DELETE FROM file_genres WHERE file_id = ? AND tagged = 0', fileId);
  const tagged = database.run(
    'UPDATE file_genres SET predicted = (genre_id IS ?) WHERE file_id = ?',
    predicted,
    fileId,
  ).changes;
  const added =
    predicted === null
      ? 0
      : database.run(
          'INSERT INTO file_genres VALUES (?, ?, 0, 1, ?) ON CONFLICT DO NOTHING',
          predicted,
          fileId,
          tagged === 0 ? 1 : 0,
        ).changes;
  const differs = tagged > 0 && added > 0 ? 1 : 0;
  database.run(
    'UPDATE files SET genre_differs = ? WHERE id = ? AND genre_differs <> ?',
    differs,
    fileId,
    differs,
  );
}
