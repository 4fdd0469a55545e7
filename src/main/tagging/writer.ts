import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import type { PlanResult, TaggingCalls } from './answers.ts';
import { fileByFile, isClosed, settle } from './isolation.ts';
import type { JournalEntry, JournalOutcome, NewJournalEntry, WriteJournal } from './journal.ts';
import type { FilePreview, FileResult, WriteProgress, WriteReport } from './reports.ts';
import { outcomeOf, previewOf, resultOf, withoutWrite } from './results.ts';
import { lastWrite, undoneBy } from './undo-chain.ts';
import type { Applied } from './write/apply-files.ts';
import type { PlannedWrite, PlanRequest } from './write/plan-file.ts';
import type { HardLinks } from './write/target.ts';

export type { FilePreview, FileResult, WriteProgress, WriteReport } from './reports.ts';
export type { PlanRequest } from './write/plan-file.ts';
export type { Expected, HardLinks } from './write/target.ts';

export interface WriteOptions {
  /** What the batch is called in the journal: the command or the click. */
  readonly label: string;
  /** Goes on with this batch, so that a long write can be asked for in parts. Default: a new one. */
  readonly batchId?: number;
  /** Files keep their modification time. Default: they get a new one, so that other software notices. */
  readonly keepMtime?: boolean;
  /** Files with several names: refused by default, or parted from their other names. */
  readonly hardLinks?: HardLinks;
  /** Several values in an ID3v2.3 frame; default `joined`. */
  readonly multiValue?: 'joined' | 'nul';
  /** Stops between groups of files; a file is never left half written. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WriteProgress) => void;
}

export type UndoTarget =
  | { readonly batch: number }
  | { readonly entry: number }
  /** The newest write of this file that was not undone. */
  | { readonly path: string };

export interface UndoOptions extends Omit<WriteOptions, 'label' | 'multiValue' | 'batchId'> {
  /** Where a file was changed since, write the old values of the fields instead of the old bytes. */
  readonly force?: boolean;
}

/**
 * Makes others close files that are about to be replaced. Returns what is to be called afterwards, with those that
 * were written.
 */
export type HoldFiles = (paths: readonly string[]) => Promise<(written: readonly string[]) => void>;

/** Files per message and per journal transaction: each costs about as much as writing one small file. */
const GROUP = 32;
/** A parser that takes longer over a group hangs. */
const TIMEOUT_MS = 15 * 60_000;

/** What is to be planned, whose result goes where. */
interface Item<T> {
  readonly path: string;
  readonly request: T;
  /** The write that this one undoes. */
  readonly undoes: JournalEntry | null;
}

/**
 * Writes tags: plans in worker processes, records every write in the journal before it happens, has it done, and
 * closes the record. See docs/tag-writing.md.
 */
export class TagWriter {
  readonly #journal: WriteJournal;
  readonly #pool: WorkerPool<TaggingCalls>;
  readonly #hold: HoldFiles;

  constructor(
    journal: WriteJournal,
    host: ProcessHost,
    options: { readonly processes?: number; readonly hold?: HoldFiles } = {},
  ) {
    this.#journal = journal;
    this.#hold = options.hold ?? (async () => () => undefined);
    this.#pool = new WorkerPool<TaggingCalls>(host, {
      module: 'main/tagging/worker',
      timeoutMs: TIMEOUT_MS,
      ...(options.processes === undefined ? {} : { size: options.processes }),
    });
  }

  /** What a write would do, file by file, in order. Nothing is written. */
  async preview(
    requests: readonly PlanRequest[],
    options: Pick<WriteOptions, 'hardLinks' | 'multiValue' | 'signal'> = {},
  ): Promise<readonly FilePreview[]> {
    const previews: FilePreview[][] = [];
    await this.#inGroups(requests, options.signal, async (group, index) => {
      const results = await this.#plan(group, { ...planOptions(options), preview: true });
      previews[index] = group.map(({ path }, i) => previewOf(path, results[i]!));
    });
    return previews.flat();
  }

  /**
   * Writes. A file that fails is reported and left as it was; the others go on.
   * @throws only when the journal can't be written: then no further file is
   */
  async write(requests: readonly PlanRequest[], options: WriteOptions): Promise<WriteReport> {
    const items = requests.map((request) => ({ path: request.path, request, undoes: null }));
    return this.#run(items, options, (group) => this.#plan(group, planOptions(options)));
  }

  /**
   * Puts back what writes changed, byte for byte, newest first. It is a write itself, journaled like any other, so it
   * can be undone too. A file that was changed since is refused, unless forced.
   * @throws CratewiseError `nothing-to-undo`
   */
  async undo(target: UndoTarget, options: UndoOptions = {}): Promise<WriteReport> {
    const entries = this.#toUndo(target);
    if (entries.length === 0)
      throw new CratewiseError(
        'nothing-to-undo',
        'There is no write to undo: none was made, or all are undone.',
      );
    const label = 'batch' in target ? `undo batch ${target.batch}` : 'undo';
    const items = entries.map((entry) => ({ path: entry.path, request: entry, undoes: entry }));
    const hardLinks = options.hardLinks ?? 'refuse';
    return this.#run(items, { ...options, label }, async (group) => {
      const results = await fileByFile(group, (part) => this.#pool.call('planUndo', part, hardLinks));
      if (!options.force) return results;
      return Promise.all(
        results.map(async (result, i) => {
          if (!('error' in result) || result.error.code !== 'changed') return result;
          const edits = group[i]!.changes.map(({ field, before }) => ({ field, values: before }));
          const [forced] = await this.#plan(
            [{ path: group[i]!.path, expected: null, edits }],
            planOptions(options),
          );
          return forced!;
        }),
      );
    });
  }

  /**
   * Settles writes whose process died: each is found done or not done; copies left behind are removed. Those in
   * folders that can't be reached stay open for another start.
   */
  async recover(): Promise<{ readonly done: number; readonly failed: number; readonly unreachable: number }> {
    const count = { done: 0, failed: 0, unreachable: 0 };
    const open = this.#journal.unfinished();
    await this.#inGroups(open, undefined, async (group) => {
      const outcomes = await settle(this.#pool, group);
      for (const { outcome } of outcomes)
        count[outcome === null ? 'unreachable' : outcome.state === 'done' ? 'done' : 'failed'] += 1;
      this.#journal.closeAll(
        outcomes.flatMap(({ entry, outcome }) => (outcome ? this.#closings(entry, outcome, undefined) : [])),
      );
    });
    return count;
  }

  async close(): Promise<void> {
    this.#pool.close();
  }

  #toUndo(target: UndoTarget): readonly JournalEntry[] {
    if ('batch' in target) {
      const entries = this.#journal.entriesOfBatch(target.batch);
      return entries.filter(({ state }) => state === 'done').toReversed();
    }
    const entry =
      'entry' in target
        ? this.#journal.get(target.entry)
        : lastWrite(this.#journal.entriesOfPath(target.path, 100));
    return entry?.state === 'done' ? [entry] : [];
  }

  /** Runs `work` on groups, as many at a time as there are processes, and one more being prepared. */
  async #inGroups<T>(
    list: readonly T[],
    signal: AbortSignal | undefined,
    work: (group: readonly T[], index: number) => Promise<void>,
  ): Promise<void> {
    // Few files are spread over the processes.
    const size = Math.max(1, Math.min(GROUP, Math.ceil(list.length / this.#pool.size)));
    const groups = Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
      list.slice(i * size, (i + 1) * size),
    );
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < groups.length && !signal?.aborted) {
        const index = next++;
        try {
          await work(groups[index]!, index);
        } catch (error) {
          next = groups.length;
          throw error;
        }
      }
    };
    // After an error no group is begun, and those under way are brought to their end before it is told.
    const lanes = await Promise.allSettled(Array.from({ length: this.#pool.size + 1 }, lane));
    for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  }

  #plan(group: readonly PlanRequest[], options: Parameters<TaggingCalls['plan']>[1]): Promise<PlanResult[]> {
    return fileByFile(group, (part) => this.#pool.call('plan', part, options));
  }

  async #run<T>(
    items: readonly Item<T>[],
    options: WriteOptions,
    plan: (group: readonly T[]) => Promise<PlanResult[]>,
  ): Promise<WriteReport> {
    const results: FileResult[][] = [];
    const progress = { done: 0, total: items.length, failed: 0 };
    let batchId: number | null = options.batchId ?? null;
    const batch = (): number => {
      batchId ??= this.#journal.openBatch(options.label);
      return batchId;
    };
    await this.#inGroups(items, options.signal, async (group, index) => {
      const planned = await plan(group.map(({ request }) => request));
      results[index] = await this.#writeGroup(group, planned, batch, options);
      progress.done += group.length;
      progress.failed += results[index].filter(({ state }) => state === 'failed').length;
      options.onProgress?.({ ...progress });
    });
    return { batchId, files: results.flat() };
  }

  async #writeGroup<T>(
    group: readonly Item<T>[],
    planned: readonly PlanResult[],
    batch: () => number,
    options: WriteOptions,
  ): Promise<FileResult[]> {
    const writes = group.flatMap((item, i) => {
      const result = planned[i]!;
      return 'planned' in result && result.planned ? [{ item, plan: result.planned }] : [];
    });
    const fresh = writes.map(({ plan }): NewJournalEntry => ({ ...plan.entry, batchId: batch() }));
    const ids = fresh.length > 0 ? this.#journal.open(fresh) : [];
    const entries = fresh.map(
      (entry, i): JournalEntry => ({
        ...entry,
        id: ids[i]!,
        state: 'open',
        mtimeAfter: null,
        error: null,
      }),
    );
    const applied = await this.#applyAlone(
      writes.map(({ plan }) => plan),
      entries,
      options,
    );
    this.#journal.closeAll(
      applied.flatMap((result, i) =>
        result.isOpen ? [] : this.#closings(entries[i]!, outcomeOf(result), writes[i]!.item.undoes),
      ),
    );
    const byItem = new Map(
      writes.map(({ item, plan }, i) => [item, { plan, id: ids[i]!, result: applied[i]! }]),
    );
    return group.map((item, i) => {
      const write = byItem.get(item);
      return write ? resultOf(item.path, write) : withoutWrite(item.path, planned[i]!);
    });
  }

  /** Applies while nobody else of ours has the files open. */
  async #applyAlone(
    plans: readonly PlannedWrite[],
    entries: readonly JournalEntry[],
    options: WriteOptions,
  ): Promise<readonly (Applied & { readonly isOpen?: boolean })[]> {
    const release = await this.#hold(entries.map(({ path }) => path));
    let written: readonly string[] = [];
    try {
      const applied = await this.#apply(plans, entries, options);
      written = entries.filter((_, i) => !('error' in applied[i]!)).map(({ path }) => path);
      return applied;
    } finally {
      release(written);
    }
  }

  async #apply(
    plans: readonly PlannedWrite[],
    entries: readonly JournalEntry[],
    options: WriteOptions,
  ): Promise<readonly (Applied & { readonly isOpen?: boolean })[]> {
    if (plans.length === 0) return [];
    try {
      return await this.#pool.call('apply', plans, {
        hardLinks: options.hardLinks ?? 'refuse',
        keepMtime: options.keepMtime ?? false,
      });
    } catch (error) {
      // Some of the group may be written. When we are closing, the next start finds out which.
      if (isClosed(error)) throw error;
      const settled = await settle(this.#pool, entries);
      const applied: (Applied & { readonly isOpen?: boolean })[] = [];
      for (const [i, { outcome }] of settled.entries()) {
        if (outcome?.state === 'done') applied.push({ mtimeAfter: outcome.mtimeAfter });
        // One file of several may be what killed the process, or together they took too long: each on its own.
        else if (outcome && plans.length > 1)
          applied.push(...(await this.#apply([plans[i]!], [entries[i]!], options)));
        else applied.push({ error: toErrorShape(error), isOpen: outcome === null });
      }
      return applied;
    }
  }

  /** What to record for a write: its outcome, and that the write which it undoes is undone. */
  #closings(
    entry: JournalEntry,
    outcome: JournalOutcome,
    undoes: JournalEntry | null | undefined,
  ): { readonly id: number; readonly outcome: JournalOutcome }[] {
    const own = { id: entry.id, outcome };
    if (outcome.state !== 'done') return [own];
    // After a crash the journal has to be asked what the write was for.
    const undone =
      undoes === undefined ? undoneBy(entry, this.#journal.entriesOfPath(entry.path, 100)) : undoes;
    return undone ? [own, { id: undone.id, outcome: { state: 'undone' } }] : [own];
  }
}

const planOptions = (options: Pick<WriteOptions, 'hardLinks' | 'multiValue'>) => ({
  hardLinks: options.hardLinks ?? 'refuse',
  multiValue: options.multiValue ?? 'joined',
});
