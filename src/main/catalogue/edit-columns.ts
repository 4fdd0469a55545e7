import { TEXT_TERM_FIELDS } from '../../shared/query/terms.ts';
import type { FieldName, TagValues } from '../../shared/tags.ts';
import type { Database } from './database.ts';
import { genreId } from './genres.ts';
import { genresOf, type TagColumns, tagColumns } from './normalise.ts';

/** Fields whose words are in `file_text`. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(TEXT_TERM_FIELDS);

/** Columns of `files` that show a field. */
const COLUMNS: Readonly<Record<string, readonly (readonly [column: string, of: keyof TagColumns])[]>> = {
  title: [['title', 'title']],
  artist: [['artist', 'artist']],
  album: [['album', 'album']],
  genre: [['genre', 'genre']],
  key: [
    ['key_text', 'keyText'],
    ['tag_key', 'key'],
  ],
  bpm: [['bpm', 'bpm']],
  date: [['year', 'year']],
};

/** A file whose fields are to be shown anew. */
export interface Shown {
  readonly fileId: number;
  readonly fields: ReadonlySet<string>;
  /** As edited. */
  readonly tags: TagValues;
}

/**
 * Shows edited fields in the columns and genres that lists and filters read. Set by set: a statement for each file
 * would take three times as long.
 */
export function showEdits(database: Database, files: readonly Shown[]): void {
  for (const [field, columns] of Object.entries(COLUMNS)) {
    // Most often all get the same.
    const known = new Map<string, readonly unknown[]>();
    const columnsOf = (values: readonly string[] = []): readonly unknown[] => {
      const name = values.join('\0');
      const found = known.get(name) ?? columnValues(field, values, columns);
      known.set(name, found);
      return found;
    };
    const rows = files
      .filter(({ fields }) => fields.has(field))
      .map(({ fileId, tags }) => [fileId, ...columnsOf(tags[field as FieldName])]);
    if (rows.length === 0) continue;
    const set = columns.map(([column], i) => `${column} = new.value ->> ${i + 1}`).join(', ');
    database.run(
      `UPDATE files SET ${set} FROM json_each(?) AS new WHERE files.id = new.value ->> 0`,
      JSON.stringify(rows),
    );
  }
  showGenres(
    database,
    files.filter(({ fields }) => fields.has('genre')),
  );
  const due = files.filter(({ fields }) => [...fields].some((field) => TEXT_FIELDS.has(field)));
  if (due.length > 0)
    database.run(
      'INSERT OR IGNORE INTO text_due SELECT value FROM json_each(?)',
      JSON.stringify(due.map(({ fileId }) => fileId)),
    );
}

function columnValues(
  field: string,
  values: readonly string[],
  columns: readonly (readonly [column: string, of: keyof TagColumns])[],
): readonly unknown[] {
  const all = tagColumns({ [field]: values });
  return columns.map(([, of]) => all[of]);
}

/** As `setTaggedGenres` of `genres.ts`, for many files. */
function showGenres(database: Database, files: readonly Shown[]): void {
  if (files.length === 0) return;
  const list = JSON.stringify(files.map(({ fileId }) => fileId));
  const predicted = new Map(
    database
      .all<{ id: number; genre: number | null }>(
        'SELECT id, predicted_genre_id AS genre FROM files WHERE id IN (SELECT value FROM json_each(?))',
        list,
      )
      .map(({ id, genre }) => [id, genre]),
  );
  const ids = new Map<string, number>();
  const idOf = (name: string): number => {
    const known = ids.get(name) ?? genreId(database, name);
    ids.set(name, known);
    return known;
  };
  const genres: number[][] = [];
  const differing: number[] = [];
  for (const { fileId, tags } of files) {
    const guess = predicted.get(fileId) ?? null;
    const tagged = new Set(genresOf(tags).map(idOf));
    for (const id of tagged) genres.push([id, fileId, 1, id === guess ? 1 : 0, 1]);
    if (guess === null || tagged.has(guess)) continue;
    genres.push([guess, fileId, 0, 1, tagged.size === 0 ? 1 : 0]);
    if (tagged.size > 0) differing.push(fileId);
  }
  database.run('DELETE FROM file_genres WHERE file_id IN (SELECT value FROM json_each(?))', list);
  database.run(
    `INSERT INTO file_genres SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
     FROM json_each(?)`,
    JSON.stringify(genres),
  );
  database.run(
    `UPDATE files SET genre_differs = differs
     FROM (SELECT value AS id, value IN (SELECT value FROM json_each(?)) AS differs FROM json_each(?)) AS new
     WHERE files.id = new.id AND genre_differs <> differs`,
    JSON.stringify(differing),
    list,
  );
}
