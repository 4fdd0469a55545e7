import type { ErrorShape } from '../../shared/errors.ts';
import { toErrorShape } from '../../shared/errors.ts';
import type { JournalEntry, JournalOutcome } from './journal.ts';
import { type Applied, type ApplyOptions, applyFiles } from './write/apply-files.ts';
import {
  type Planned,
  type PlannedWrite,
  type PlanOptions,
  type PlanRequest,
  planFile,
  planUndo,
} from './write/plan-file.ts';
import { recoverFile } from './write/recover-file.ts';
import type { HardLinks } from './write/target.ts';

/** A plan, or why there is none. */
export type PlanResult = { readonly planned: Planned } | { readonly error: ErrorShape };

/**
 * What the tagging worker answers: all work on files is done here, in a process that may die without harm. Each call
 * takes several files, because a message costs as much as a small file.
 */
export interface TaggingCalls {
  plan(requests: readonly PlanRequest[], options: PlanOptions): Promise<PlanResult[]>;
  planUndo(entries: readonly JournalEntry[], hardLinks: HardLinks): Promise<PlanResult[]>;
  apply(plans: readonly PlannedWrite[], options: ApplyOptions): Promise<Applied[]>;
  recover(entries: readonly JournalEntry[]): Promise<(JournalOutcome | null)[]>;
}

function attempt(plan: () => Planned): PlanResult {
  try {
    return { planned: plan() };
  } catch (error) {
    return { error: toErrorShape(error) };
  }
}

export const answers: TaggingCalls = {
  plan: async (requests, options) => requests.map((request) => attempt(() => planFile(request, options))),
  planUndo: async (entries, hardLinks) => entries.map((entry) => attempt(() => planUndo(entry, hardLinks))),
  apply: applyFiles,
  recover: async (entries) => entries.map(recoverFile),
};
