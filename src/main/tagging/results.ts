import type { ErrorShape } from '../../shared/errors.ts';
import type { PlanResult } from './answers.ts';
import type { JournalOutcome } from './journal.ts';
import type { FilePreview, FileResult } from './reports.ts';
import type { Applied } from './write/apply-files.ts';
import type { PlannedWrite } from './write/plan-file.ts';

/** How the journal records what became of a write. */
export const outcomeOf = (applied: Applied): JournalOutcome =>
  'error' in applied
    ? { state: 'failed', error: applied.error.message }
    : { state: 'done', mtimeAfter: applied.mtimeAfter };

/** A plan as a preview. */
export function previewOf(path: string, result: PlanResult): FilePreview {
  if ('error' in result) return { path, container: null, changes: [], bytesGrown: 0, error: result.error };
  const { planned } = result;
  if (!planned) return { path, container: null, changes: [], bytesGrown: 0, error: null };
  const { changes, sizeAfter, sizeBefore } = planned.entry;
  return { path, container: planned.container, changes, bytesGrown: sizeAfter - sizeBefore, error: null };
}

/** What became of a file that there was something to write to. */
export function resultOf(
  path: string,
  { plan, id, result }: { readonly plan: PlannedWrite; readonly id: number; readonly result: Applied },
): FileResult {
  const { entry } = plan;
  if ('error' in result) return failure(path, result.error, id);
  return {
    path,
    state: 'written',
    changes: entry.changes,
    entryId: id,
    written: { path: entry.path, size: entry.sizeAfter, mtime: result.mtimeAfter },
    error: null,
  };
}

/** What became of a file that was not written: it says all that already, or there was no plan. */
export function withoutWrite(path: string, result: PlanResult): FileResult {
  if ('error' in result) return failure(path, result.error, null);
  return { path, state: 'unchanged', changes: [], entryId: null, written: null, error: null };
}

const failure = (path: string, error: ErrorShape, entryId: number | null): FileResult => ({
  path,
  state: 'failed',
  changes: [],
  entryId,
  written: null,
  error,
});
