import type { Database } from './database.ts';
import type { RootStore } from './stores.ts';
import type { Root } from './types.ts';

interface RootRow {
  id: number;
  path: string;
  offline: number;
  added_at: number;
  scanned_at: number | null;
}

const toRoot = (row: RootRow): Root => ({
  id: row.id,
  path: row.path,
  offline: row.offline === 1,
  addedAt: row.added_at,
  scannedAt: row.scanned_at,
});

/** Folders of the library. Offline is a mark on the root alone: marking a million files takes no time. */
export function rootStore(database: Database): RootStore {
  const byPath = (path: string) => {
    const row = database.get<RootRow>('SELECT * FROM roots WHERE path = ?', path);
    return row && toRoot(row);
  };
  return {
    add(path) {
      database.run(
        'INSERT INTO roots (path, added_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
        path,
        database.now(),
      );
      return byPath(path)!;
    },
    list: () => database.all<RootRow>('SELECT * FROM roots ORDER BY path').map(toRoot),
    get(id) {
      const row = database.get<RootRow>('SELECT * FROM roots WHERE id = ?', id);
      return row && toRoot(row);
    },
    byPath,
    setOffline(id, offline) {
      database.run('UPDATE roots SET offline = ? WHERE id = ?', offline ? 1 : 0, id);
    },
    remove(id) {
      database.write(() => {
        database.run('DELETE FROM files WHERE root_id = ?', id);
        database.run('DELETE FROM roots WHERE id = ?', id);
      });
    },
  };
}
