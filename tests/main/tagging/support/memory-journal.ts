import type { JournalEntry, JournalOutcome, WriteJournal } from '../../../../src/main/tagging/journal.ts';

/** A journal that forgets everything when the test ends. */
export function memoryJournal(): WriteJournal & { readonly all: JournalEntry[] } {
  const all: JournalEntry[] = [];
  const labels: string[] = [];
  const close = (id: number, outcome: JournalOutcome): void => {
    const index = all.findIndex((entry) => entry.id === id);
    if (index < 0) throw new RangeError(`No entry ${id}`);
    all[index] = {
      ...all[index]!,
      state: outcome.state,
      mtimeAfter: outcome.state === 'done' ? outcome.mtimeAfter : all[index]!.mtimeAfter,
      error: outcome.state === 'failed' ? outcome.error : null,
    };
  };
  return {
    all,
    openBatch: (label) => labels.push(label),
    open: (entries) =>
      entries.map((entry) => {
        const id = all.length + 1;
        all.push({ ...entry, id, state: 'open', mtimeAfter: null, error: null });
        return id;
      }),
    close,
    closeAll: (outcomes) => {
      for (const { id, outcome } of outcomes) close(id, outcome);
    },
    get: (id) => all.find((entry) => entry.id === id),
    unfinished: () => all.filter((entry) => entry.state === 'open'),
    batches: () => [],
    entriesOfBatch: (batchId) => all.filter((entry) => entry.batchId === batchId),
    entriesOfPath: (path, limit) =>
      all
        .filter((entry) => entry.path === path)
        .toReversed()
        .slice(0, limit),
  };
}
