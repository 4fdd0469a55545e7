import { statSync } from 'node:fs';
import type { CratewiseError } from '../../shared/errors.ts';
import { fromErrorShape } from '../../shared/errors.ts';
import type { FieldChange, FieldEdit, FieldName, TagValues } from '../../shared/tags.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { systemPath } from '../scan/names.ts';
import { lastWrite } from '../tagging/undo-chain.ts';
import { realPath } from '../tagging/write/target.ts';
import type { FileResult, HardLinks, PlanRequest, TagWriter } from '../tagging/writer.ts';

/** Edits that are wanted of one file. */
export interface WriteRequest {
  /** Absolute, in our escaped form. */
  readonly path: string;
  readonly edits: readonly FieldEdit[];
  /**
   * The user names the file and the values: it is edited as it is now. Otherwise the edits follow from what a scan
   * saw, and a file that changed since is refused.
   */
  readonly direct?: boolean;
  /** Only fields that say nothing in the file; the catalogue may know less of it than the writer reads. */
  readonly onlyEmpty?: boolean;
}

/** What became of one file; `previewed` in a dry run. No changes: it says all that already. */
export type WriteOutcome =
  | {
      readonly path: string;
      readonly kind: 'written' | 'unchanged';
      readonly changes: readonly FieldChange[];
      readonly batch: number | null;
    }
  | {
      readonly path: string;
      readonly kind: 'previewed';
      readonly changes: readonly FieldChange[];
      readonly bytesGrown: number;
    }
  | { readonly path: string; readonly kind: 'failed'; readonly error: CratewiseError };

export interface WriteTagsOptions {
  readonly label: string;
  /** Only say what would be written. */
  readonly dryRun?: boolean;
  readonly keepModifiedTime?: boolean;
  readonly hardLinks?: HardLinks;
  readonly multiValue: 'joined' | 'nul';
  readonly signal?: AbortSignal;
  readonly onOutcome?: (outcome: WriteOutcome) => void;
}

export interface UndoTagsOptions {
  /** These files' newest writes. */
  readonly paths?: readonly string[];
  /** All of this batch. Default: the newest batch that still stands. */
  readonly batch?: number;
  /** Where a file was changed since: write the old values instead of the old bytes. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onOutcome?: (outcome: WriteOutcome) => void;
}

/** Files asked for at a time: a library's worth of requests is never in memory at once. */
const PART = 256;

/** Writes tags and keeps the catalogue up to date with what was written. */
export async function writeTags(
  catalogue: Catalogue,
  writer: TagWriter,
  requests: Iterable<WriteRequest>,
  options: WriteTagsOptions,
): Promise<void> {
  const { hardLinks, multiValue, signal, label } = options;
  const shared = { multiValue, ...(hardLinks ? { hardLinks } : {}), ...(signal ? { signal } : {}) };
  let batchId: number | null = null;
  for (const part of parts(requests)) {
    if (signal?.aborted) return;
    const plans = part.map((request) => planRequest(catalogue, request));
    if (options.dryRun) {
      for (const { path, changes, bytesGrown, error } of await writer.preview(plans, shared)) {
        options.onOutcome?.(
          error
            ? { path, kind: 'failed', error: fromErrorShape(error) }
            : { path, kind: 'previewed', changes, bytesGrown },
        );
      }
      continue;
    }
    const report = await writer.write(plans, {
      ...shared,
      label,
      keepMtime: options.keepModifiedTime ?? false,
      ...(batchId === null ? {} : { batchId }),
    });
    batchId = report.batchId;
    record(catalogue, report.files);
    for (const file of report.files) options.onOutcome?.(outcomeOf(file, batchId));
  }
}

/** Puts back what writes changed. Nothing to undo is no error: no outcome is told then. */
export async function undoTags(
  catalogue: Catalogue,
  writer: TagWriter,
  options: UndoTagsOptions,
): Promise<void> {
  const { signal, force, onOutcome } = options;
  const shared = { ...(signal ? { signal } : {}), ...(force ? { force } : {}) };
  const batch = options.batch ?? (options.paths ? undefined : newestBatch(catalogue));
  const targets = options.paths?.map((path) => ({ path: behindLinks(path) })) ?? (batch ? [{ batch }] : []);
  for (const target of targets) {
    if (signal?.aborted) return;
    try {
      const report = await writer.undo(target, shared);
      record(catalogue, report.files);
      for (const file of report.files) onOutcome?.(outcomeOf(file, report.batchId));
    } catch (error) {
      if (!('path' in target)) throw error;
      onOutcome?.({ path: target.path, kind: 'failed', error: error as CratewiseError });
    }
  }
}

function* parts(requests: Iterable<WriteRequest>): Generator<WriteRequest[]> {
  let part: WriteRequest[] = [];
  for (const request of requests) {
    part.push(request);
    if (part.length === PART) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}

function planRequest(catalogue: Catalogue, request: WriteRequest): PlanRequest {
  const { path, edits, direct, onlyEmpty = false } = request;
  const known = direct ? undefined : catalogue.files.byPath(path);
  return { path, edits, onlyEmpty, expected: known ? { size: known.size, mtime: known.mtime } : null };
}

function outcomeOf(file: FileResult, batch: number | null): WriteOutcome {
  const { path, changes } = file;
  if (file.error) return { path, kind: 'failed', error: fromErrorShape(file.error) };
  return { path, kind: file.state === 'written' ? 'written' : 'unchanged', changes, batch };
}

/** The catalogue learns the new stamp and values, so that the next scan finds nothing changed. */
function record(catalogue: Catalogue, files: readonly FileResult[]): void {
  const written = files.filter(({ state }) => state === 'written');
  if (written.length === 0) return;
  catalogue.transaction(() => {
    for (const { path, changes, written: stamp } of written) {
      const known = catalogue.files.byPath(path);
      const stat = statSync(systemPath(path), { bigint: true, throwIfNoEntry: false });
      if (!known || !stat || !stamp) continue;
      catalogue.files.update(known.id, {
        // As we wrote it, not as it is by now: the next scan has to see what another program did since.
        size: stamp.size,
        mtime: stamp.mtime,
        inode: String(stat.ino),
        device: String(stat.dev),
        tags: changed(catalogue.files.details(path)?.tags ?? {}, changes),
      });
    }
  });
}

function changed(tags: TagValues, changes: readonly FieldChange[]): TagValues {
  const next: Partial<Record<FieldName, readonly string[]>> = { ...tags };
  // Where two tags of a file change, the first one is what is read.
  for (const { field, after } of changes.toReversed()) {
    if (after.length > 0) next[field] = after;
    else delete next[field];
  }
  return next;
}

const RECENT_BATCHES = 1000;

/** The newest batch with a write that stands and is not an undo itself. */
function newestBatch({ journal }: Catalogue): number | undefined {
  return journal
    .batches(RECENT_BATCHES)
    .filter(({ done }) => done > 0)
    .find(({ id }) =>
      journal
        .entriesOfBatch(id)
        .some((entry) => lastWrite(journal.entriesOfPath(entry.path, 100))?.id === entry.id),
    )?.id;
}

/** The journal knows files by the path behind symlinks. */
function behindLinks(path: string): string {
  try {
    return realPath(path);
  } catch {
    return path;
  }
}
