import { pathArguments, TIER_OPTION } from '../arguments.ts';
import type { Command } from '../command.ts';
import { plural } from '../text.ts';
import { analyseFolders } from '../work.ts';

export const analyze: Command = {
  name: 'analyze',
  synopsis: '[<folder or file…>]',
  summary: 'Listen to the tracks that have no prediction yet',
  details: 'Tracks of the library only: “scan” takes folders into it. Without a path, the whole library.',
  options: {
    again: { type: 'boolean', help: 'also what was analysed before' },
    retry: { type: 'boolean', help: 'also what failed before' },
    jobs: { type: 'string', value: '<n>', help: 'analyser processes (default: one per core)' },
    ...TIER_OPTION,
  },
  async run(context) {
    const library = await context.library();
    const below = pathArguments(context.args);
    const { analysed, failed, left } = await analyseFolders(
      context,
      library,
      below.length > 0 ? below : undefined,
    );
    context.out.record({ type: 'summary', command: 'analyze', analysed, failed, left });
    context.out.line(`${plural(analysed, 'track')} analysed, ${failed} failed.`);
  },
};
