import { pathArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { plural } from '../text.ts';
import { writeEdits } from '../work.ts';
import { PREDICTION_OPTIONS, predictionPolicy, predictionRequests } from './write-options.ts';

export const write: Command = {
  name: 'write',
  synopsis: '[<file or folder…>]',
  summary: 'Write predictions into the tags of analysed tracks',
  details:
    'Only into empty fields, and only predictions at or above --min-confidence, unless --overwrite is given. ' +
    'Without a path, the whole library. “cratewise undo” takes the last batch back.',
  options: PREDICTION_OPTIONS,
  async run(context) {
    const library = await context.library();
    const policy = predictionPolicy(context, library);
    const requests = predictionRequests(library, pathArguments(context.args), policy);
    const counts = await writeEdits(context, library, requests, 'write');
    const written = context.args.flag('dry-run') ? 'would be written' : 'written';
    context.out.record({ type: 'summary', command: 'write', ...counts });
    context.out.line(`${plural(counts.written, 'file')} ${written}, ${counts.failed} failed.`);
  },
};
