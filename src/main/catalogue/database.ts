import type Sqlite from 'better-sqlite3';
import { CatalogueError } from './errors.ts';

type Row = Record<string, unknown>;
type Work<T> = () => T;

/** Statements kept ready; search makes one per shape of query, so the number is bounded. */
const STATEMENTS = 300;

/** The one connection, with transactions that nest, prepared statements by their text, and errors for people. */
export class Database {
  readonly sqlite: Sqlite.Database;
  readonly file: string;
  readonly now: () => number;
  readonly #statements = new Map<string, Sqlite.Statement<unknown[], unknown>>();
  readonly #transaction: Sqlite.Transaction<(work: Work<unknown>) => unknown>;

  constructor(sqlite: Sqlite.Database, file: string, now: () => number) {
    this.sqlite = sqlite;
    this.file = file;
    this.now = now;
    this.#transaction = sqlite.transaction((work: Work<unknown>) => work());
  }

  /** Several changes or none; a call inside another becomes a savepoint. */
  write<T>(work: Work<T>): T {
    return this.#translated(() => this.#transaction.immediate(work) as T);
  }

  /** Several reads of one state of the library. */
  read<T>(work: Work<T>): T {
    return this.#translated(() => this.#transaction.deferred(work) as T);
  }

  /**
   * A transaction that is on the disk when this returns. In WAL mode with `synchronous = NORMAL` a commit is not
   * synced; with FULL the whole log is, this commit and every one before it. The setting can't change inside a
   * transaction, so neither can this run in one. `fullfsync` is what macOS needs to empty the drive's cache.
   */
  writeDurably<T>(work: Work<T>): T {
    if (this.sqlite.inTransaction)
      throw new Error('The journal must not be written inside another transaction: it would not be durable.');
    this.sqlite.pragma('synchronous = FULL');
    if (process.platform === 'darwin') this.sqlite.pragma('fullfsync = ON');
    try {
      return this.write(work);
    } finally {
      this.sqlite.pragma('synchronous = NORMAL');
      if (process.platform === 'darwin') this.sqlite.pragma('fullfsync = OFF');
    }
  }

  get<T = Row>(sql: string, ...params: readonly unknown[]): T | undefined {
    return this.#translated(() => this.#prepare(sql).get(...params) as T | undefined);
  }

  all<T = Row>(sql: string, ...params: readonly unknown[]): T[] {
    return this.#translated(() => this.#prepare(sql).all(...params) as T[]);
  }

  /** The first column of the first row. */
  value<T>(sql: string, ...params: readonly unknown[]): T | undefined {
    const row = this.get<Row>(sql, ...params);
    return row && (Object.values(row)[0] as T);
  }

  run(sql: string, ...params: readonly unknown[]): { changes: number; id: number } {
    return this.#translated(() => {
      const { changes, lastInsertRowid } = this.#prepare(sql).run(...params);
      return { changes, id: Number(lastInsertRowid) };
    });
  }

  /** The next value of a counter. */
  next(counter: string): number {
    return this.value<number>(
      'INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value',
      counter,
    )!;
  }

  #prepare(sql: string): Sqlite.Statement<unknown[], unknown> {
    let statement = this.#statements.get(sql);
    if (statement) return statement;
    statement = this.sqlite.prepare<unknown[], unknown>(sql);
    if (this.#statements.size >= STATEMENTS) {
      const [oldest] = this.#statements.keys();
      this.#statements.delete(oldest!);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  #translated<T>(work: Work<T>): T {
    try {
      return work();
    } catch (thrown) {
      throw translated(thrown, this.file);
    }
  }
}

/** What an error of SQLite means to the user; anything else comes back as it is. */
export function translated(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return thrown;
  const { code } = thrown;
  const problem = (name: ConstructorParameters<typeof CatalogueError>[0], message: string) =>
    new CatalogueError(name, file, message, { cause: thrown });
  if (code === 'SQLITE_NOTADB')
    return problem(
      'not-a-catalogue',
      `${file} is not a Cratewise library. Choose another file with --library.`,
    );
  if (code.startsWith('SQLITE_CORRUPT'))
    return problem(
      'catalogue-damaged',
      `The library ${file} is damaged (${thrown.message}). Put a backup in its place; your music files and their tags are not affected.`,
    );
  if (code === 'SQLITE_FULL')
    return problem('disk-full', `No room left on the disk of the library ${file}. Free some and run again.`);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return problem(
      'catalogue-in-use',
      `The library ${file} is in use by another program. Try again when it is done.`,
    );
  if (
    /^SQLITE_(READONLY|CANTOPEN|PERM|IOERR_(ACCESS|LOCK|SHM))/.test(code) ||
    /^E(ACCES|PERM|ROFS)$/.test(code)
  )
    return problem(
      'catalogue-not-writable',
      `Can't write the library ${file} (${thrown.message}). Check the permissions of its folder, or choose another place with --library.`,
    );
  return thrown;
}
