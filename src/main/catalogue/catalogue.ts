import type { Database } from './database.ts';
import { editStore } from './edits.ts';
import { fileStore } from './files.ts';
import { writeJournal } from './journal.ts';
import { learningStore } from './learning.ts';
import { mapStore } from './maps.ts';
import { playlistStore } from './playlists.ts';
import { predictionStore } from './predictions.ts';
import { problemStore } from './problems.ts';
import { workQueue } from './queue.ts';
import { rootStore } from './roots.ts';
import { searcher } from './search.ts';
import type { Strategy } from './search-plan.ts';
import { settingStore } from './settings.ts';
import type { Catalogue } from './stores.ts';
import { trackStore } from './tracks.ts';

/** The stores on one connection, as one library. `unlock` runs after the connection is closed. */
export function assemble(
  database: Database,
  readOnly: boolean,
  unlock?: () => void,
  strategy?: Strategy,
): Catalogue {
  const predictions = predictionStore(database);
  const edits = editStore(database);
  const search = searcher(database, strategy);
  return Object.freeze({
    file: database.file,
    readOnly,
    roots: rootStore(database),
    files: fileStore(database, predictions, edits),
    edits,
    tracks: trackStore(database),
    predictions,
    queue: workQueue(database, predictions),
    problems: problemStore(database),
    learning: learningStore(database),
    maps: mapStore(database),
    journal: writeJournal(database),
    settings: settingStore(database),
    playlists: playlistStore(database, search.rows),
    ...search,
    transaction: <T>(work: () => T) => database.write(work),
    snapshot: <T>(work: () => T) => database.read(work),
    changes: () => database.value<number>('SELECT total_changes()') ?? 0,
    size: () =>
      database.value<number>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size') ?? 0,
    close() {
      if (!database.sqlite.open) return;
      try {
        // Keeps the planner's statistics fresh as the library grows; cheap by its own limit.
        if (!readOnly) database.sqlite.pragma('optimize');
      } catch {
        // A full disk, say: statistics are a nicety, and closing must succeed whatever happened before.
      } finally {
        database.sqlite.close();
        unlock?.();
      }
    },
  });
}
