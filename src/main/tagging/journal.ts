import type { FieldChange } from '../../shared/tags.ts';
import type { PageRenumbering } from './format.ts';

/** One splice with the bytes that it replaces, so that it can be turned round. `offset` is in the old file. */
export interface JournalSplice {
  readonly offset: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** `open`: planned, perhaps under way; `done`: the file is the new one; `undone`: put back; `failed`: the file is as it was. */
export type JournalState = 'open' | 'done' | 'undone' | 'failed';

/** One write of one file, as the journal keeps it: enough to finish, to turn round and to explain it. */
export interface JournalEntry {
  readonly id: number;
  readonly batchId: number;
  /** The file that is replaced (a symlink's target), in our escaped form. */
  readonly path: string;
  /** Full path of the temporary copy beside it, known before it is made: a leftover can be found and removed. */
  readonly temporaryPath: string;
  readonly state: JournalState;
  readonly changes: readonly FieldChange[];
  readonly splices: readonly JournalSplice[];
  readonly renumber: readonly PageRenumbering[];
  readonly sizeBefore: number;
  /** Nanoseconds since 1970, decimal (64 bits do not fit a number). */
  readonly mtimeBefore: string;
  readonly sizeAfter: number;
  /** SHA-256 (hex) over the audio ranges, masked; the same before and after. */
  readonly audioHash: string;
  /** Set when the write is done: what the new file looked like, so that a later change is noticed. */
  readonly mtimeAfter: string | null;
  readonly error: string | null;
}

export type NewJournalEntry = Omit<JournalEntry, 'id' | 'state' | 'mtimeAfter' | 'error'>;

export type JournalOutcome =
  | { readonly state: 'done'; readonly mtimeAfter: string }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'undone' };

/**
 * Where writes are recorded before they happen. `openBatch` and `open` are durable (on disk) when they return.
 * Closing may reach the disk a little later: an entry that is found open after a crash is compared with its file.
 */
export interface WriteJournal {
  /** A new batch: everything that one command or one click writes. */
  openBatch(label: string): number;
  /** Records what is about to be written; one transaction for the whole list. Returns their ids in order. */
  open(entries: readonly NewJournalEntry[]): readonly number[];
  close(id: number, outcome: JournalOutcome): void;
  /** The same for many, in one transaction. */
  closeAll(outcomes: readonly { readonly id: number; readonly outcome: JournalOutcome }[]): void;
  get(id: number): JournalEntry | undefined;
  /** Entries that were never closed: the process died. */
  unfinished(): readonly JournalEntry[];
  /** Batches, newest first, with counts per state. */
  batches(limit: number): readonly JournalBatch[];
  entriesOfBatch(batchId: number): readonly JournalEntry[];
  /** The newest entries of a path, newest first. */
  entriesOfPath(path: string, limit: number): readonly JournalEntry[];
}

export interface JournalBatch {
  readonly id: number;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly done: number;
  readonly undone: number;
  readonly failed: number;
  readonly open: number;
}
