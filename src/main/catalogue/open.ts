import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { migrationsFolder } from '../host/places.ts';
import { assemble } from './catalogue.ts';
import { Database, translated } from './database.ts';
import { CatalogueError } from './errors.ts';
import { takeLock } from './lock.ts';
import { backUp, checkedVersion, type Migration, migrate, readMigrations } from './migrate.ts';
import type { Strategy } from './search-plan.ts';
import type { Catalogue, OpenOptions } from './stores.ts';

/** Who writes just now; a second process reads it for its message. */
const HOLDER = 'catalogue.holder';

/**
 * Opens a library, makes it where there is none, brings an older one up to date (after a backup).
 * @param file path of the database, or `:memory:`
 * @throws CatalogueError with the reason and what to do
 */
export function openCatalogue(file: string, options: OpenOptions = {}): Catalogue {
  return openWith(file, options, readMigrations(migrationsFolder));
}

/**
 * As `openCatalogue`, for tests: with these migrations, to play older and newer versions, and with one of the
 * ways of searching, so that a small library takes those of a large one (see `planPage`).
 */
export function openWith(
  file: string,
  options: OpenOptions,
  migrations: readonly Migration[],
  strategy?: Strategy,
): Catalogue {
  const memory = file === ':memory:';
  const write = memory || options.access !== 'read';
  const path = memory ? file : placeFor(file, options.create ?? write);
  let unlock: (() => void) | undefined;
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = connect(path);
    // Before the lock: a file that is not ours gets no lock file beside it.
    checkedVersion(sqlite, path, migrations.length);
    if (write && !memory) unlock = lockOrExplain(path);
    const now = options.now ?? Date.now;
    prepare(sqlite, path, options, migrations, now, memory || unlock !== undefined);
    const database = new Database(sqlite, path, now);
    if (write) takeOver(database);
    else sqlite.pragma('query_only = ON');
    return assemble(database, !write, unlock, strategy);
  } catch (thrown) {
    sqlite?.close();
    unlock?.();
    throw translated(thrown, path);
  }
}

/** The real path of the library, so that two names of one file share one lock. */
function placeFor(file: string, create: boolean): string {
  const path = resolve(file);
  if (existsSync(path)) {
    if (!statSync(path).isFile())
      throw new CatalogueError('not-a-catalogue', path, `${path} is not a file. Name the library's file.`);
    return realpathSync(path);
  }
  if (!create)
    throw new CatalogueError(
      'no-catalogue',
      path,
      `There is no library at ${path} yet. Make one by scanning a folder: cratewise scan <folder>.`,
    );
  try {
    mkdirSync(dirname(path), { recursive: true });
    return join(realpathSync(dirname(path)), basename(path));
  } catch (thrown) {
    throw new CatalogueError(
      'catalogue-not-writable',
      path,
      `The folder of the library can't be made (${(thrown as Error).message}). Choose another place with --library.`,
      { cause: thrown },
    );
  }
}

function lockOrExplain(path: string): () => void {
  const unlock = takeLock(path);
  if (unlock) return unlock;
  throw new CatalogueError(
    'catalogue-in-use',
    path,
    `The library ${path} is being changed by another Cratewise${holder(path)}. Wait until it is done, or stop it.`,
  );
}

/** ` (process 123)`; empty when it can't be found out. */
function holder(path: string): string {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(path, { fileMustExist: true, timeout: 1000 });
    const text = sqlite.prepare('SELECT value FROM settings WHERE name = ?').pluck().get(HOLDER) as string;
    const { pid, host } = JSON.parse(text) as { pid: number; host: string };
    return host === hostname() ? ` (process ${pid})` : ` (process ${pid} on ${host})`;
  } catch {
    return '';
  } finally {
    sqlite?.close();
  }
}

function connect(path: string): Sqlite.Database {
  const sqlite = new Sqlite(path, { timeout: 10_000 });
  try {
    // The first read: a file that is no database shows itself here, before anything is written to it.
    sqlite.pragma('schema_version');
    return sqlite;
  } catch (thrown) {
    sqlite.close();
    throw thrown;
  }
}

function prepare(
  sqlite: Sqlite.Database,
  path: string,
  options: OpenOptions,
  migrations: readonly Migration[],
  now: () => number,
  locked: boolean,
): void {
  const version = checkedVersion(sqlite, path, migrations.length);
  if (sqlite.pragma('journal_mode', { simple: true }) !== 'wal') sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = NORMAL');
  // Bounds of memory and disk that do not depend on the size of the library.
  sqlite.pragma(`cache_size = -${(options.cacheMegabytes ?? 64) * 1024}`);
  sqlite.pragma('journal_size_limit = 67108864');
  // Many small transactions touch the same pages: checkpointing each page once per 32 MB of log saves most writes.
  sqlite.pragma('wal_autocheckpoint = 8000');
  if (version < migrations.length) {
    const unlock = locked ? undefined : lockOrExplain(path);
    try {
      // Another process may have done it between our look and our lock.
      const from = checkedVersion(sqlite, path, migrations.length);
      sqlite.pragma('foreign_keys = OFF');
      if (from > 0 && from < migrations.length) {
        const backup = backUp(sqlite, path, from, now());
        options.onMigration?.({ from, to: migrations.length, backup });
      }
      migrate(sqlite, path, from, migrations);
    } finally {
      unlock?.();
    }
  }
  sqlite.pragma('foreign_keys = ON');
}

/** We are the only writer: nobody else holds work, whatever the queue says. */
function takeOver(database: Database): void {
  database.write(() => {
    database.run('UPDATE work SET state = 0 WHERE state = 1');
    database.run(
      'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      HOLDER,
      JSON.stringify({ pid: process.pid, host: hostname() }),
    );
  });
}
