import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CatalogueError, openCatalogue } from '../../../src/main/catalogue/index.ts';
import { APPLICATION_ID, type Migration, readMigrations } from '../../../src/main/catalogue/migrate.ts';
import { openWith } from '../../../src/main/catalogue/open.ts';
import { migrationsFolder } from '../../../src/main/host/places.ts';
import { scanned, temporaryFolder } from './support.ts';

const landed = readMigrations(migrationsFolder);
const next = (sql: string): readonly Migration[] => [
  ...landed,
  { version: landed.length + 1, name: 'next.sql', sql },
];

/** The code of the error that opening ends with. */
function problem(open: () => unknown): string {
  try {
    open();
  } catch (thrown) {
    if (thrown instanceof CatalogueError) {
      expect(thrown.message).toContain(basename(thrown.file));
      return thrown.code;
    }
    throw thrown;
  }
  return 'none';
}

describe('openCatalogue', () => {
  it('makes a library with its folders, and finds it again', () => {
    const file = join(temporaryFolder(), 'a', 'b', 'library.db');
    const first = openCatalogue(file);
    first.settings.set('keyNotation', 'camelot');
    first.close();
    const second = openCatalogue(file);
    expect(second.settings.get('keyNotation')).toBe('camelot');
    second.close();
    const sqlite = new Sqlite(file, { readonly: true });
    expect(sqlite.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(sqlite.pragma('user_version', { simple: true })).toBe(landed.length);
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    sqlite.close();
  });

  it('takes over an empty file and one that was abandoned before its first migration', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'empty.db'), '');
    const abandoned = new Sqlite(join(folder, 'abandoned.db'));
    abandoned.pragma('journal_mode = WAL');
    abandoned.close();
    for (const name of ['empty.db', 'abandoned.db']) {
      const catalogue = openCatalogue(join(folder, name));
      expect(catalogue.roots.list()).toEqual([]);
      catalogue.close();
    }
  });

  it.each([
    ['a short text', 'hello'],
    ['a long text', 'My shopping list\n'.repeat(1000)],
    ['random bytes', Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 7919 + (i >> 3)) & 255))],
  ])('refuses %s and leaves it alone', (_, content) => {
    const file = join(temporaryFolder(), 'library.db');
    writeFileSync(file, content);
    expect(problem(() => openCatalogue(file))).toBe('not-a-catalogue');
    expect(readFileSync(file)).toEqual(Buffer.from(content));
  });

  it("refuses another application's database and leaves it alone", () => {
    const folder = temporaryFolder();
    const file = join(folder, 'places.sqlite');
    const other = new Sqlite(file);
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    const before = readFileSync(file);
    expect(problem(() => openCatalogue(file))).toBe('not-a-catalogue');
    expect(readFileSync(file)).toEqual(before);

    // With tables or not: a mark of another application counts.
    const marked = new Sqlite(join(folder, 'marked.db'));
    marked.pragma('application_id = 252006673');
    marked.close();
    expect(problem(() => openCatalogue(join(folder, 'marked.db')))).toBe('not-a-catalogue');
  });

  it('refuses a folder', () => {
    expect(problem(() => openCatalogue(temporaryFolder()))).toBe('not-a-catalogue');
  });

  it('refuses a library of a newer version', () => {
    const file = join(temporaryFolder(), 'library.db');
    openWith(file, {}, next('CREATE TABLE news (a)')).close();
    const before = readFileSync(file);
    expect(problem(() => openCatalogue(file))).toBe('catalogue-too-new');
    expect(problem(() => openCatalogue(file, { access: 'read' }))).toBe('catalogue-too-new');
    expect(readFileSync(file)).toEqual(before);
  });

  it('says so when there is none and none is to be made', () => {
    const file = join(temporaryFolder(), 'library.db');
    expect(problem(() => openCatalogue(file, { access: 'read' }))).toBe('no-catalogue');
    expect(problem(() => openCatalogue(file, { create: false }))).toBe('no-catalogue');
    expect(existsSync(file)).toBe(false);
  });

  it('reports a damaged library', () => {
    const file = join(temporaryFolder(), 'library.db');
    openCatalogue(file).close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096);
    writeFileSync(file, bytes);
    expect(problem(() => openCatalogue(file).roots.add('/music'))).toBe('catalogue-damaged');
  });

  it.skipIf(process.platform === 'win32')('says so when the folder may not be written', () => {
    const folder = join(temporaryFolder(), 'locked');
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    chmodSync(join(folder, '..'), 0o755);
    const file = join(folder, 'library.db');
    // Root may write anywhere: a child without its rights tries. It can't change its user id before it has loaded
    // everything, so it is started by this user and drops the rights itself.
    const index = JSON.stringify(join(import.meta.dirname, '../../../src/main/catalogue/index.ts'));
    const code = `import { openCatalogue } from ${index};
      if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }
      try { openCatalogue(${JSON.stringify(file)}); } catch (error) { process.stdout.write(error.code); }`;
    const child = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code], {
      encoding: 'utf8',
    });
    expect(child.stdout).toBe('catalogue-not-writable');
    chmodSync(folder, 0o755);
  });
});

describe('one writer', () => {
  it('refuses a second writer, by any name of the file, and lets readers in', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'library.db');
    symlinkSync(file, join(folder, 'other-name.db'));
    const writer = openCatalogue(file);
    writer.roots.add('/music');
    expect(problem(() => openCatalogue(file))).toBe('catalogue-in-use');
    expect(problem(() => openCatalogue(join(folder, 'other-name.db')))).toBe('catalogue-in-use');
    expect(() => openCatalogue(file)).toThrow(`process ${process.pid}`);

    const reader = openCatalogue(file, { access: 'read' });
    expect(reader.roots.list()).toHaveLength(1);
    writer.roots.add('/more');
    expect(reader.roots.list()).toHaveLength(2);
    expect(problem(() => reader.roots.add('/x'))).toBe('catalogue-not-writable');
    reader.close();
    writer.close();
    openCatalogue(file).close();
  });

  it('is free again after its holder was killed, and has lost nothing that was finished', async () => {
    const file = join(temporaryFolder(), 'library.db');
    const index = JSON.stringify(join(import.meta.dirname, '../../../src/main/catalogue/index.ts'));
    const code = `import { openCatalogue } from ${index};
      const catalogue = openCatalogue(${JSON.stringify(file)});
      for (let i = 0; ; i++) {
        catalogue.transaction(() => { catalogue.settings.set('a', i); catalogue.settings.set('b', i); });
        if (i === 100) process.stdout.write('going');
      }`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code]);
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    expect(problem(() => openCatalogue(file))).toBe('catalogue-in-use');
    child.kill('SIGKILL');
    await new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const catalogue = openCatalogue(file);
    expect(catalogue.settings.get('a')).toBeGreaterThanOrEqual(100);
    expect(catalogue.settings.get('a')).toBe(catalogue.settings.get('b'));
    catalogue.close();
  });
});

describe('migrations', () => {
  it('backs an existing library up before it changes, and keeps what it held', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'library.db');
    const old = openCatalogue(file);
    const root = old.roots.add('/music');
    old.files.upsert([scanned('/music/a.mp3', root.id, { title: ['Aa'] })], 1);
    old.close();

    const steps: { from: number; to: number; backup: string }[] = [];
    const migrated = openWith(
      file,
      { onMigration: (step) => steps.push(step) },
      next("ALTER TABLE roots ADD COLUMN note TEXT DEFAULT 'new'"),
    );
    expect(migrated.search({ text: 'aa' }).rows).toHaveLength(1);
    migrated.close();

    expect(steps).toMatchObject([{ from: landed.length, to: landed.length + 1 }]);
    const backups = readdirSync(folder).filter((name) => name.includes('backup'));
    expect(backups).toEqual([basename(steps[0]!.backup)]);
    const backup = openCatalogue(steps[0]!.backup);
    expect(backup.search({ text: 'aa' }).rows).toMatchObject([{ path: '/music/a.mp3', title: 'Aa' }]);
    backup.close();
  });

  it('makes no backup of a new library', () => {
    const folder = temporaryFolder();
    openWith(join(folder, 'library.db'), {}, next('CREATE TABLE news (a)')).close();
    expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
  });

  it.each([
    ['wrong SQL', 'CREATE TABLE news (a); DROP TABLE nothing_of_the_kind;'],
    ['broken references', 'CREATE TABLE news (a); DELETE FROM roots;'],
  ])('undoes a step with %s, and the version before still opens', (_, sql) => {
    const file = join(temporaryFolder(), 'library.db');
    const old = openCatalogue(file);
    old.files.upsert([scanned('/music/a.mp3', old.roots.add('/music').id)], 1);
    old.close();
    expect(problem(() => openWith(file, {}, next(sql)))).toBe('migration-failed');
    const again = openCatalogue(file);
    expect(again.files.counts().present).toBe(1);
    again.close();
    const sqlite = new Sqlite(file);
    expect(sqlite.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'news'").pluck().get()).toBe(0);
    sqlite.close();
  });

  it('is whole or not at all when killed in the middle', async () => {
    const file = join(temporaryFolder(), 'library.db');
    openCatalogue(file).close();
    const open = JSON.stringify(join(import.meta.dirname, '../../../src/main/catalogue/open.ts'));
    // Big enough to spill from the cache to the log before its commit, and endless: the kill finds it at work.
    const sql = `CREATE TABLE news (a);
      INSERT INTO news WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT zeroblob(500) FROM n;`;
    const code = `import { openWith } from ${open};
      const migrations = ${JSON.stringify(next(sql))};
      openWith(${JSON.stringify(file)}, { onMigration: () => process.stdout.write('migrating') }, migrations);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code]);
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill('SIGKILL');
    await new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const catalogue = openCatalogue(file);
    expect(catalogue.roots.add('/music').id).toBe(1);
    catalogue.close();
    const sqlite = new Sqlite(file);
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(sqlite.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'news'").pluck().get()).toBe(0);
    sqlite.close();
  });

  it('must be numbered without gaps', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '0001_a.sql'), '');
    writeFileSync(join(folder, '0003_b.sql'), '');
    expect(() => readMigrations(folder)).toThrow('without gaps');
  });
});
