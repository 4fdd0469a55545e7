import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { CatalogueError } from './errors.ts';

/** `CRTW`: marks a SQLite file as ours in its header (PRAGMA application_id). */
export const APPLICATION_ID = 0x43525457;

/** One step; `version` is what the catalogue has after it. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * The migrations of a folder, `0001_name.sql` and so on, in order.
 * @throws Error when a number is missing or taken twice
 */
export function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort();
  return names.map((name, index) => {
    const version = Number(name.slice(0, 4));
    if (version !== index + 1) throw new Error(`Migrations must be numbered without gaps: ${name}.`);
    return { version, name, sql: readFileSync(join(folder, name), 'utf8') };
  });
}

/**
 * The version of an open catalogue, 0 for an empty file.
 * @throws CatalogueError when the database belongs to another application or a newer Cratewise
 */
export function checkedVersion(sqlite: Sqlite.Database, file: string, newest: number): number {
  const application = sqlite.pragma('application_id', { simple: true });
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (application !== APPLICATION_ID) {
    const tables = sqlite.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
    if (application === 0 && version === 0 && tables === 0) return 0;
    throw new CatalogueError(
      'not-a-catalogue',
      file,
      `${file} is a database of another application, not a Cratewise library. Choose another file with --library.`,
    );
  }
  if (version > newest)
    throw new CatalogueError(
      'catalogue-too-new',
      file,
      `The library ${file} was made by a newer Cratewise (format ${version}; this one knows ${newest}). Update Cratewise, or choose another library.`,
    );
  return version;
}

/**
 * Applies what is missing, each migration with its version number in one transaction: a kill leaves the catalogue
 * before or after it, never between.
 * @throws CatalogueError `migration-failed`; the failed step is undone
 */
export function migrate(
  sqlite: Sqlite.Database,
  file: string,
  from: number,
  migrations: readonly Migration[],
): void {
  for (const { version, name, sql } of migrations.slice(from)) {
    try {
      sqlite
        .transaction(() => {
          sqlite.exec(sql);
          const broken = sqlite.pragma('foreign_key_check') as unknown[];
          if (broken.length > 0) throw new Error(`${broken.length} broken references`);
          sqlite.pragma(`application_id = ${APPLICATION_ID}`);
          sqlite.pragma(`user_version = ${version}`);
        })
        .exclusive();
    } catch (thrown) {
      throw new CatalogueError(
        'migration-failed',
        file,
        `The library ${file} could not be brought up to date (${name}: ${(thrown as Error).message}). It is as it was before this step.`,
        { cause: thrown },
      );
    }
  }
}

/**
 * A complete copy of the catalogue beside it, on the disk when this returns. SQLite itself writes it: reading the
 * file by other means would miss what is still in the log, and closing such a handle drops SQLite's own locks.
 * @returns path of the copy
 * @throws CatalogueError `migration-failed` when there is no room for it, say
 */
export function backUp(sqlite: Sqlite.Database, file: string, version: number, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const backup = `${file}.v${version}-${stamp}.backup`;
  const unfinished = `${backup}.part`;
  try {
    rmSync(unfinished, { force: true });
    sqlite.prepare('VACUUM INTO ?').run(unfinished);
    const handle = openSync(unfinished, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(unfinished, backup);
  } catch (thrown) {
    rmSync(unfinished, { force: true });
    throw new CatalogueError(
      'migration-failed',
      file,
      `The library ${file} must be brought up to date, but no backup could be made first (${(thrown as Error).message}). Nothing was changed.`,
      { cause: thrown },
    );
  }
  return backup;
}
