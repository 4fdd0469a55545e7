import type { SelectionRequest, WritePreview } from '../../../shared/contract/index.ts';
import type { PendingOutcome } from '../../library/pending.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for writing edits into files, and for taking writes back. */
export function writeRoutes({ library, work, selections }: Service) {
  const { catalogue } = library;

  /** Files with edits, of a selection or of all. */
  const waiting = (selection: SelectionRequest | undefined): readonly number[] => {
    const files = catalogue.edits.files();
    if (!selection) return files;
    const chosen = new Set(selections.ids(selection));
    return files.filter((id) => chosen.has(id));
  };

  return os.write.router({
    preview: os.write.preview.handler(async ({ input, signal }) => {
      const ids = waiting(input.selection);
      const page = ids.slice(input.offset, input.offset + input.limit);
      const outcomes = await library.previewPending(page, input.options, signal);
      return { total: ids.length, files: outcomes.map(previewed) };
    }),
    start: os.write.start.handler(({ input }) => work.write(waiting(input.selection), input.options)),
    batches: os.write.batches.handler(({ input }) => [...catalogue.journal.batches(input.limit)]),
    batchFiles: os.write.batchFiles.handler(({ input: { batch, offset, limit } }) =>
      catalogue.journal
        .filesOfBatch(batch, offset, limit)
        .map((file) => ({ ...file, changes: [...file.changes] })),
    ),
    undo: os.write.undo.handler(({ input: { batch, force } }) => work.undo(batch, force ?? false)),
  });
}

function previewed(outcome: PendingOutcome): WritePreview['files'][number] {
  const { fileId: id, path } = outcome;
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.error;
    return { id, path, changes: [], problem: { code, message } };
  }
  return { id, path, changes: [...outcome.changes], problem: null };
}
