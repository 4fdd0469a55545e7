import type { Library } from '../../library/library.ts';
import { pathArguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { pathRecord } from '../output.ts';
import { plural, safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';
import { printChange } from '../work.ts';

const LISTED = 50;

function list({ out }: CommandContext, library: Library): void {
  const batches = library.catalogue.journal.batches(LISTED);
  for (const batch of batches) {
    out.record({ type: 'batch', ...batch });
    const counts = [`${batch.done} written`, `${batch.undone} undone`, `${batch.failed} failed`];
    if (batch.open > 0) counts.push(`${batch.open} not finished`);
    out.line(
      `${String(batch.id).padStart(5)}  ${new Date(batch.at).toLocaleString()}  ${safeText(batch.label)}: ${counts.join(', ')}`,
    );
  }
  if (batches.length === 0) out.line('Nothing was written yet.');
}

export const undo: Command = {
  name: 'undo',
  synopsis: '[<file…>]',
  summary: 'Put back what a write changed: the last batch, a batch, or files',
  details:
    'Restores the tags byte for byte. A file that was changed since by something else is left alone and reported, ' +
    'unless --force is given.',
  options: {
    batch: { type: 'string', value: '<n>', help: 'this batch (see --list); default the last one' },
    list: { type: 'boolean', help: 'list the batches' },
    force: {
      type: 'boolean',
      help: 'where a file was changed since, write the old values instead of the old bytes',
    },
  },
  async run(context) {
    const { args, out, signal } = context;
    const paths = pathArguments(args);
    const batch = args.integer('batch', 1, Number.MAX_SAFE_INTEGER);
    if (batch !== undefined && paths.length > 0)
      throw new UsageError('Undo either a batch or the newest write of files, not both.');
    const library = await context.library();
    if (args.flag('list')) {
      list(context, library);
      return;
    }
    let undone = 0;
    await library.undo({
      ...(paths.length > 0 ? { paths } : {}),
      ...(batch ? { batch } : {}),
      force: args.flag('force'),
      signal,
      onOutcome: (outcome) => {
        if (outcome.kind === 'failed') {
          out.failure(outcome.path, outcome.error);
          return;
        }
        // Forced, and the file says the old values already.
        if (outcome.kind !== 'written') return;
        undone++;
        for (const change of outcome.changes) printChange(context, outcome.path, change, true);
        out.record({ type: 'written', ...pathRecord(outcome.path), outcome: 'undone', batch: outcome.batch });
      },
    });
    out.record({ type: 'summary', command: 'undo', undone, failed: out.failures.length });
    out.line(
      undone === 0 && out.failures.length === 0 ? 'Nothing to undo.' : `${plural(undone, 'file')} put back.`,
    );
  },
};
