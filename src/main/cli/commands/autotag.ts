import type { Library } from '../../library/library.ts';
import { keyNotation, pathArguments, TIER_OPTION, tierOption } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { offerStandardTier } from '../offer.ts';
import { plural } from '../text.ts';
import { TRACK_HEADER, trackLine, trackRecord } from '../tracks.ts';
import { analyseFolders, type FoldersAnalysed, scanFolders, writeEdits } from '../work.ts';
import { PREDICTION_OPTIONS, predictionPolicy, predictionRequests } from './write-options.ts';

/** Prints the tracks that were analysed before; those that were due came as they were done. @returns how many files */
async function printKnown(
  context: CommandContext,
  library: Library,
  folders: readonly string[],
  { heard, printed }: FoldersAnalysed,
): Promise<number> {
  const notation = keyNotation(context.args, library.settings);
  let known = 0;
  for (const page of library.catalogue.searchAll({ below: folders })) {
    for (const { path } of page.rows) {
      const file = library.catalogue.files.details(path);
      if (!file?.track?.analysedAt || printed.has(path)) continue;
      context.out.record(trackRecord(file, notation));
      context.out.line(trackLine(file, notation));
      if (file.trackId === null || !heard.has(file.trackId)) known++;
    }
    await context.out.drained();
  }
  return known;
}

export const autotag: Command = {
  name: 'autotag',
  synopsis: '<folder…>',
  summary: 'Scan, listen, show genre and key of every track; with --write, write them',
  details:
    'Nothing is written without --write, and then only into empty fields unless --overwrite is given. Every write ' +
    'can be taken back with “cratewise undo”. What was analysed before is not analysed again.',
  options: {
    write: { type: 'boolean', help: 'write predictions into the tags' },
    ...PREDICTION_OPTIONS,
    hidden: { type: 'boolean', help: 'hidden files and folders too' },
    retry: { type: 'boolean', help: 'listen again to what failed before' },
    again: { type: 'boolean', help: 'listen again to everything' },
    jobs: { type: 'string', value: '<n>', help: 'analyser processes (default: one per core)' },
    ...TIER_OPTION,
  },
  async run(context) {
    const { args, out, signal } = context;
    const folders = pathArguments(args, 'folder');
    args.integer('jobs', 1, 256);
    tierOption(args);
    const library = await context.library();
    const policy = predictionPolicy(context, library);
    const scanned = await scanFolders(context, library, folders);
    if (signal.aborted) return;
    out.line(TRACK_HEADER);
    const analysed = await analyseFolders(context, library, folders);
    const known = args.flag('again') ? 0 : await printKnown(context, library, folders, analysed);
    const writing = (args.flag('write') || args.flag('dry-run')) && !signal.aborted;
    const counts = writing
      ? await writeEdits(context, library, predictionRequests(library, folders, policy), 'autotag')
      : undefined;
    out.record({
      type: 'summary',
      command: 'autotag',
      files: scanned.seen,
      analysed: analysed.analysed,
      known,
      failed: out.failures.length,
      ...(counts ? { written: counts.written, unchanged: counts.unchanged } : {}),
    });
    const wrote = counts
      ? `, ${counts.written} written${args.flag('dry-run') ? ' (dry run: nothing was written)' : ''}`
      : '';
    out.line(
      `${plural(scanned.seen, 'file')}: ${analysed.analysed} analysed now, ${known} before, ${out.failures.length} failed${wrote}.`,
    );
    await offerStandardTier(out);
  },
};
