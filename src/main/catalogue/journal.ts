import type { FieldChange } from '../../shared/tags.ts';
import type { PageRenumbering } from '../tagging/format.ts';
import type {
  JournalBatch,
  JournalEntry,
  JournalOutcome,
  JournalSplice,
  JournalState,
} from '../tagging/journal.ts';
import type { Database } from './database.ts';
import type { PrunableJournal } from './stores.ts';

interface EntryRow {
  id: number;
  batch_id: number;
  path: string;
  temporary_path: string;
  state: JournalState;
  changes: string;
  renumber: string;
  size_before: number;
  mtime_before: string;
  size_after: number;
  audio_hash: string;
  mtime_after: string | null;
  error: string | null;
}

const BATCHES = `SELECT b.id, b.label, b.at,
    count(*) FILTER (WHERE e.state = 'done') AS done,
    count(*) FILTER (WHERE e.state = 'undone') AS undone,
    count(*) FILTER (WHERE e.state = 'failed') AS failed,
    count(*) FILTER (WHERE e.state = 'open') AS open
  FROM (SELECT * FROM write_batches ORDER BY id DESC LIMIT ?) b
  LEFT JOIN write_entries e ON e.batch_id = b.id
  GROUP BY b.id ORDER BY b.id DESC`;

/** The write journal in the catalogue: what `openBatch` and `open` record is on the disk when they return. */
export function writeJournal(database: Database): PrunableJournal {
  const splicesOf = (id: number): JournalSplice[] =>
    database.all<JournalSplice & { before: Buffer; after: Buffer }>(
      'SELECT at AS offset, before, after FROM write_splices WHERE entry_id = ? ORDER BY position',
      id,
    );

  const toEntry = (row: EntryRow): JournalEntry => ({
    id: row.id,
    batchId: row.batch_id,
    path: row.path,
    temporaryPath: row.temporary_path,
    state: row.state,
    changes: JSON.parse(row.changes) as FieldChange[],
    splices: splicesOf(row.id),
    renumber: JSON.parse(row.renumber) as PageRenumbering[],
    sizeBefore: row.size_before,
    mtimeBefore: row.mtime_before,
    sizeAfter: row.size_after,
    audioHash: row.audio_hash,
    mtimeAfter: row.mtime_after,
    error: row.error,
  });

  const entries = (rest: string, ...params: readonly unknown[]): JournalEntry[] =>
    database.read(() =>
      database.all<EntryRow>(`SELECT * FROM write_entries ${rest}`, ...params).map(toEntry),
    );

  const close = (id: number, outcome: JournalOutcome): void => {
    const { changes } = database.run(
      'UPDATE write_entries SET state = ?, mtime_after = coalesce(?, mtime_after), error = ? WHERE id = ?',
      outcome.state,
      outcome.state === 'done' ? outcome.mtimeAfter : null,
      outcome.state === 'failed' ? outcome.error : null,
      id,
    );
    if (changes === 0) throw new RangeError(`The write journal has no entry ${id}.`);
  };

  return {
    openBatch: (label) =>
      database.writeDurably(
        () => database.run('INSERT INTO write_batches (label, at) VALUES (?, ?)', label, database.now()).id,
      ),

    open: (list) =>
      database.writeDurably(() =>
        list.map((entry) => {
          const { id } = database.run(
            `INSERT INTO write_entries (batch_id, path, temporary_path, changes, renumber, size_before,
               mtime_before, size_after, audio_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            entry.batchId,
            entry.path,
            entry.temporaryPath,
            JSON.stringify(entry.changes),
            JSON.stringify(entry.renumber),
            entry.sizeBefore,
            entry.mtimeBefore,
            entry.sizeAfter,
            entry.audioHash,
          );
          entry.splices.forEach(({ offset, before, after }, position) => {
            database.run(
              'INSERT INTO write_splices (entry_id, position, at, before, after) VALUES (?, ?, ?, ?, ?)',
              id,
              position,
              offset,
              before,
              after,
            );
          });
          return id;
        }),
      ),

    close: (id, outcome) => database.write(() => close(id, outcome)),
    closeAll: (outcomes) =>
      database.write(() => {
        for (const { id, outcome } of outcomes) close(id, outcome);
      }),

    get: (id) => entries('WHERE id = ?', id)[0],
    unfinished: () => entries("WHERE state = 'open' ORDER BY id"),
    batches: (limit) => database.all<JournalBatch & Record<string, unknown>>(BATCHES, limit),
    entriesOfBatch: (batchId) => entries('WHERE batch_id = ? ORDER BY id', batchId),
    entriesOfPath: (path, limit) => entries('WHERE path = ? ORDER BY id DESC LIMIT ?', path, limit),

    filesOfBatch: (batchId, offset, limit) =>
      database
        .all<{ path: string; state: JournalState; changes: string; error: string | null }>(
          `SELECT path, state, changes, error FROM write_entries WHERE batch_id = ? ORDER BY id LIMIT ? OFFSET ?`,
          batchId,
          limit,
          offset,
        )
        .map((row) => ({ ...row, changes: JSON.parse(row.changes) as FieldChange[] })),

    prune: (before) =>
      database.writeDurably(() => {
        const { changes } = database.run(
          `DELETE FROM write_entries WHERE state <> 'open'
             AND batch_id IN (SELECT id FROM write_batches WHERE at < ?)`,
          before,
        );
        database.run(
          'DELETE FROM write_batches WHERE at < ? AND NOT EXISTS (SELECT 1 FROM write_entries WHERE batch_id = write_batches.id)',
          before,
        );
        return changes;
      }),
  };
}
