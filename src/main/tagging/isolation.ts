import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { PlanResult, TaggingCalls } from './answers.ts';
import type { JournalEntry, JournalOutcome } from './journal.ts';

/** Whether the writer was closed while a call was under way. */
export const isClosed = (error: unknown): boolean =>
  error instanceof CratewiseError && error.code === 'closed';

/**
 * Plans a group in one call; if the process dies over it, file by file, so that only the file that kills it fails.
 * Never throws.
 */
export async function fileByFile<T>(
  group: readonly T[],
  call: (part: readonly T[]) => Promise<PlanResult[]>,
): Promise<PlanResult[]> {
  try {
    return await call(group);
  } catch (error) {
    if (isClosed(error) || group.length === 1) return group.map(() => ({ error: toErrorShape(error) }));
    const results: PlanResult[] = [];
    for (const one of group) results.push(...(await fileByFile([one], call)));
    return results;
  }
}

/**
 * What became of writes that were interrupted; `null` where that can't be known now.
 * @throws CratewiseError `closed` only
 */
export async function settle(
  pool: WorkerPool<TaggingCalls>,
  entries: readonly JournalEntry[],
): Promise<{ readonly entry: JournalEntry; readonly outcome: JournalOutcome | null }[]> {
  try {
    const outcomes = await pool.call('recover', entries);
    return entries.map((entry, i) => ({ entry, outcome: outcomes[i]! }));
  } catch (error) {
    if (isClosed(error)) throw error;
    if (entries.length === 1)
      return [{ entry: entries[0]!, outcome: { state: 'failed', error: toErrorShape(error).message } }];
    const each = [];
    for (const entry of entries) each.push(...(await settle(pool, [entry])));
    return each;
  }
}
