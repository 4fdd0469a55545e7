import Sqlite from 'better-sqlite3';

/**
 * Takes the right to change a library: an exclusive lock on `<file>-lock`, held by SQLite on an otherwise empty
 * database until it is released or the process ends, however it ends. A lock of the operating system needs no
 * clean-up after a kill and can't mistake a reused process id for its holder. Kept beside the library, not on it, so
 * that others can still read.
 * @param waitMs how long to wait, with all of this process, for somebody to let go of it
 * @returns what releases it; undefined when another process holds it
 * @throws as SQLite does when the lock's file can't be made
 */
export function takeLock(file: string, waitMs = 300): (() => void) | undefined {
  // A process that has just been killed is gone within moments; waiting a little spares its successor an error.
  const sqlite = new Sqlite(`${file}-lock`, { timeout: waitMs });
  try {
    // Nothing is ever written: without this SQLite would still lay a journal beside it.
    sqlite.pragma('journal_mode = MEMORY');
    sqlite.exec('BEGIN EXCLUSIVE');
    return () => sqlite.close();
  } catch (thrown) {
    sqlite.close();
    if (thrown instanceof Sqlite.SqliteError && thrown.code.startsWith('SQLITE_BUSY')) return undefined;
    throw thrown;
  }
}
