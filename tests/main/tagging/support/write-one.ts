import type { JournalEntry } from '../../../../src/main/tagging/journal.ts';
import {
  type Applied,
  type ApplyOptions,
  applyFiles,
} from '../../../../src/main/tagging/write/apply-files.ts';
import {
  type PlannedWrite,
  type PlanOptions,
  planFile,
} from '../../../../src/main/tagging/write/plan-file.ts';
import type { FieldEdit } from '../../../../src/shared/tags.ts';

export const PLAN: PlanOptions = { multiValue: 'joined', hardLinks: 'refuse' };
export const APPLY: ApplyOptions = { hardLinks: 'refuse', keepMtime: false };

/** A plan that must come to something. */
export function plannedFor(
  path: string,
  edits: readonly FieldEdit[],
  options: PlanOptions = PLAN,
): PlannedWrite {
  const planned = planFile({ path, expected: null, edits }, options);
  if (!planned) throw new Error(`Nothing to write for ${path}`);
  return planned;
}

/** Plans and writes one file in this process. */
export async function writeOne(
  path: string,
  edits: readonly FieldEdit[],
  options: ApplyOptions = APPLY,
): Promise<{ readonly plan: PlannedWrite; readonly applied: Applied }> {
  const plan = plannedFor(path, edits, { ...PLAN, hardLinks: options.hardLinks });
  const [applied] = await applyFiles([plan], options);
  return { plan, applied: applied! };
}

/** The journal's entry of a write that was done. */
export function entryOf({ entry }: PlannedWrite, applied: Applied): JournalEntry {
  if ('error' in applied) throw new Error(applied.error.message);
  return { ...entry, id: 1, batchId: 1, state: 'done', mtimeAfter: applied.mtimeAfter, error: null };
}
