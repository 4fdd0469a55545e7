import { closeSync } from 'node:fs';
import { FileError } from '../../../shared/errors.ts';
import type { FieldChange, FieldEdit, TagValues } from '../../../shared/tags.ts';
import { growth } from '../bytes/splices.ts';
import { checkedEdits } from '../edits.ts';
import type { FormatOptions, Splice } from '../format.ts';
import { formatOf } from '../formats/index.ts';
import type { JournalEntry, JournalSplice, NewJournalEntry } from '../journal.ts';
import { FileSource } from '../source.ts';
import { audioHash } from './audio-hash.ts';
import { fileError } from './file-errors.ts';
import { reverseRenumbering, reverseSplices } from './reverse.ts';
import { type Expected, type HardLinks, openTarget, type Target } from './target.ts';
import { temporaryPathFor } from './temporary.ts';

/** One file and what is wished for it. */
export interface PlanRequest {
  /** In our escaped form. */
  readonly path: string;
  /** What the file was when its tags were read; `null` to take it as it is. */
  readonly expected: Expected | null;
  readonly edits: readonly FieldEdit[];
  /** Only fields that say nothing are edited, by what is in the file now: nothing that someone entered is replaced. */
  readonly onlyEmpty?: boolean;
}

export interface PlanOptions extends FormatOptions {
  readonly hardLinks: HardLinks;
  /** For a preview: no audio is read, so the entry's `audioHash` stays empty and it can't be applied. */
  readonly preview?: boolean;
}

/** What a write would do to one file. */
export interface PlannedWrite {
  /** All that the journal needs but the batch. */
  readonly entry: Omit<NewJournalEntry, 'batchId'>;
  /** Units that change; `null` for an undo. */
  readonly touched: readonly string[] | null;
  readonly container: string;
}

/** `null`: the file says all that already, nothing is written. */
export type Planned = PlannedWrite | null;

/**
 * Plans the edit of one file. Writes nothing.
 * @throws FileError
 */
export function planFile(request: PlanRequest, options: PlanOptions): Planned {
  try {
    const target = openTarget(request.path, request.expected, options.hardLinks);
    try {
      return planTarget(target, request, options);
    } finally {
      closeSync(target.fd);
    }
  } catch (error) {
    throw fileError(request.path, error);
  }
}

function planTarget(target: Target, request: PlanRequest, options: PlanOptions): Planned {
  const source = new FileSource(target.fd, Number(target.stat.size));
  const format = formatOf(source);
  const asked = checkedEdits(request.edits);
  const edits = request.onlyEmpty ? ofEmptyFields(asked, format.parse(source).values) : asked;
  if (edits.length === 0) return null;
  const plan = format.plan(source, edits, options);
  const renumber = plan.renumber ?? [];
  if (plan.splices.length === 0 && renumber.length === 0) return null;
  const parsed = format.parse(source);
  return {
    entry: {
      ...entryOf(target, plan.changes),
      splices: plan.splices.map((splice) => withBefore(source, splice)),
      renumber,
      sizeAfter: source.size + growth(plan.splices),
      audioHash: options.preview ? '' : audioHash(target.fd, parsed.audio),
    },
    touched: plan.touched,
    container: parsed.container,
  };
}

/** The edits of fields that hold no text in the file. */
function ofEmptyFields(edits: readonly FieldEdit[], values: TagValues): FieldEdit[] {
  const filled = new Set(
    Object.entries(values)
      .filter(([, list]) => list?.some((value) => value.trim() !== ''))
      .map(([field]) => field.toLowerCase()),
  );
  return edits.filter(({ field }) => !filled.has(field.toLowerCase()));
}

const entryOf = ({ path, stat }: Target, changes: readonly FieldChange[]) => ({
  path,
  temporaryPath: temporaryPathFor(path),
  changes,
  sizeBefore: Number(stat.size),
  mtimeBefore: String(stat.mtimeNs),
});

/** A copy of its own: the windows of a source are shared. */
function withBefore(source: FileSource, { offset, length, insert }: Splice): JournalSplice {
  return { offset, before: Uint8Array.from(source.read(offset, length)), after: Uint8Array.from(insert) };
}

/**
 * Plans to put back what a write changed. The file must be the one that was written: same size and time, or else
 * (a copied or moved file) the written bytes in their places and the same audio.
 * @throws FileError `changed` when it was edited since
 */
export function planUndo(entry: JournalEntry, hardLinks: HardLinks): PlannedWrite {
  try {
    const target = openTarget(entry.path, null, hardLinks);
    try {
      const splices = reverseSplices(entry.splices);
      const source = new FileSource(target.fd, Number(target.stat.size));
      if (!isAsWritten(source, entry, splices, String(target.stat.mtimeNs))) throw changedSince(entry.path);
      const { container } = formatOf(source).parse(source);
      const changes = entry.changes.map(({ before, after, ...rest }) => ({
        ...rest,
        before: after,
        after: before,
      }));
      return {
        entry: {
          ...entryOf(target, changes),
          splices,
          renumber: reverseRenumbering(entry.splices, entry.renumber),
          sizeAfter: entry.sizeBefore,
          audioHash: entry.audioHash,
        },
        touched: null,
        container,
      };
    } finally {
      closeSync(target.fd);
    }
  } catch (error) {
    throw fileError(entry.path, error);
  }
}

/** Whether the bytes that a list of splices would replace are in their places. */
export function holdsBefore(source: FileSource, splices: readonly JournalSplice[]): boolean {
  return splices.every(({ offset, before }) => source.read(offset, before.length).equals(before));
}

function isAsWritten(
  source: FileSource,
  entry: JournalEntry,
  reversed: readonly JournalSplice[],
  mtime: string,
): boolean {
  if (source.size !== entry.sizeAfter || !holdsBefore(source, reversed)) return false;
  return (
    mtime === entry.mtimeAfter ||
    audioHash(source.fd, formatOf(source).parse(source).audio) === entry.audioHash
  );
}

function changedSince(path: string): FileError {
  return new FileError(
    'changed',
    path,
    'The file was changed since it was written: by another program, or by a later write of ours that has to be undone first.',
  );
}
