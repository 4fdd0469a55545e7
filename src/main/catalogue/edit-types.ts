import type { Task } from '../../shared/prediction.ts';
import type { FieldName } from '../../shared/tags.ts';
import type { FileProblem, Review } from './types.ts';

/** What a step of the history did. `write`: edits went into files, `batchId` says in which batch. */
export type EditKind = 'set' | 'fill' | 'replace' | 'revert' | 'review' | 'write';

/** A file shall have this edit of a field; null: none. */
export interface PendingChange {
  readonly fileId: number;
  readonly field: FieldName;
  readonly values: readonly string[] | null;
}

/** A track shall have this review of a task; null: none. */
export interface ReviewChange {
  readonly trackId: number;
  readonly task: Task;
  readonly review: Pick<Review, 'state' | 'value'> | null;
}

/** One thing that the user did and can undo. */
export interface EditStep {
  readonly id: number;
  readonly kind: EditKind;
  readonly field: string | null;
  /** Files (of a review: tracks) that it changed. */
  readonly files: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly undone: boolean;
  readonly batchId: number | null;
}

export interface EditCounts {
  /** Files with edits that are not written. */
  readonly files: number;
  readonly fields: number;
  /** Files whose edits could not be written the last time. */
  readonly failed: number;
}

/** One file's edits: field → values, an empty list clears the field. */
export interface EditedFile {
  readonly fileId: number;
  readonly path: string;
  readonly edits: ReadonlyMap<FieldName, readonly string[]>;
}

/** Where a long undo or redo goes on. */
export interface TurnCursor {
  readonly fileId: number;
  readonly field: string;
}

/**
 * Edits that wait to be written, and the history of what the user did. Each method is one transaction; long work is
 * cut into portions by the caller, so that nobody waits for it: a step holds what was added so far, always.
 */
export interface EditStore {
  /** Begins a step; what was undone can't be redone any more. */
  begin(kind: EditKind, field: FieldName | null): number;
  /** Adds changes to a step. One that says what the file says already becomes no edit. Returns files changed. */
  add(stepId: number, changes: readonly PendingChange[]): number;
  addReviews(stepId: number, changes: readonly ReviewChange[]): number;
  /** Ends a step; one without changes is dropped and null returned. Older ones beyond a limit are forgotten. */
  finish(stepId: number, batchId?: number | null): EditStep | null;
  /** The step that undo would turn back, and the one that redo would do again. */
  next(direction: 'undo' | 'redo'): EditStep | null;
  step(id: number): EditStep | undefined;
  /**
   * Turns back (or does again) a portion of a step; null when it is done. A field that something else has edited
   * since is left as it is.
   */
  turn(
    stepId: number,
    direction: 'undo' | 'redo',
    after: TurnCursor | null,
    portion: number,
  ): TurnCursor | null;
  counts(): EditCounts;
  /** Ids of edited files, in order. */
  files(): readonly number[];
  /** These files' edits, as far as they have any, in order of id. */
  of(fileIds: readonly number[]): readonly EditedFile[];
  /** Notes why a file's edits could not be written; null: forget it. */
  setProblem(fileId: number, problem: FileProblem | null): void;
  /** Brings the text index up to date for some files; returns how many. Call it until it returns 0. */
  indexText(portion: number): number;
  /**
   * Merges the index of words, of which many changes leave many parts, so that searching it stays quick: some pages
   * of 4 kB a call. Returns whether there is more to do.
   */
  mergeText(pages: number): boolean;
}
