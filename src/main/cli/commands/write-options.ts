import type { Task } from '../../../shared/prediction.ts';
import type { Library, WriteRequest } from '../../library/library.ts';
import { type PredictionPolicy, predictedEdits } from '../../library/predicted-edits.ts';
import { keyNotation } from '../arguments.ts';
import type { CommandContext } from '../command.ts';
import type { Arguments, OptionSpecs } from '../options.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Below these a prediction is shown and not written unless asked for. Genre asks for more: on music unlike the ten
 * genres that the probe knows, its confidence says too much (docs/decisions/0040-builtin-genre-probe.md).
 */
export const DEFAULT_MIN_CONFIDENCE: Readonly<Record<Task, number>> = { genre: 0.7, key: 0.5 };

/** Options of every command that writes tags. */
export const WRITE_OPTIONS = {
  'dry-run': { type: 'boolean', help: 'show what would change, write nothing' },
  'keep-mtime': { type: 'boolean', help: 'keep the files’ modification time' },
  'hard-links': {
    type: 'string',
    value: '<how>',
    help: 'a file with other names: refuse (default), or break (this name gets its own copy)',
  },
} as const satisfies OptionSpecs;

/** Options of the commands that write predictions. */
export const PREDICTION_OPTIONS = {
  'min-confidence': {
    type: 'string',
    value: '<p>',
    help: `write predictions from this probability (default: genre ${DEFAULT_MIN_CONFIDENCE.genre}, key ${DEFAULT_MIN_CONFIDENCE.key})`,
  },
  overwrite: { type: 'boolean', help: 'also where the field is filled (default: only empty fields)' },
  fields: { type: 'string', value: '<list>', help: 'genre, key or genre,key (default)' },
  ...WRITE_OPTIONS,
} as const satisfies OptionSpecs;

function tasks(args: Arguments): Task[] {
  return (args.text('fields') ?? 'genre,key').split(',').map((name) => {
    const field = name.trim();
    if (field !== 'genre' && field !== 'key')
      throw new UsageError(`--fields takes genre and key; not “${field}”.`);
    return field;
  });
}

/** The conditions that the options state. @throws UsageError */
export function predictionPolicy(context: CommandContext, library: Library): PredictionPolicy {
  const { args } = context;
  const asked = args.number('min-confidence', 0, 1);
  return {
    tasks: tasks(args),
    minConfidence: asked === undefined ? DEFAULT_MIN_CONFIDENCE : { genre: asked, key: asked },
    overwrite: args.flag('overwrite'),
    keyNotation: keyNotation(args, library.settings),
  };
}

/** The edits that predictions ask for, file by file, for everything present at or below `below` (or all). */
export function* predictionRequests(
  library: Library,
  below: readonly string[],
  policy: PredictionPolicy,
): Generator<WriteRequest> {
  for (const page of library.catalogue.searchAll(below.length > 0 ? { below } : {})) {
    for (const { path } of page.rows) {
      const file = library.catalogue.files.details(path);
      if (!file) continue;
      const current = file.predictions.filter((prediction) => prediction.current);
      const { edits } = predictedEdits(file.tags, current, policy);
      if (edits.length > 0) yield { path, edits, onlyEmpty: !policy.overwrite };
    }
  }
}
