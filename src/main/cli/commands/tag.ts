import { type FieldEdit, type FieldName, isFieldName, TAG_FIELDS } from '../../../shared/tags.ts';
import { pathArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Arguments } from '../options.ts';
import { plural } from '../text.ts';
import { UsageError } from '../usage-error.ts';
import { writeEdits } from '../work.ts';
import { WRITE_OPTIONS } from './write-options.ts';

function fieldName(name: string): FieldName {
  if (isFieldName(name)) return name;
  throw new UsageError(`There is no field “${name}”. There are: ${TAG_FIELDS.join(', ')}, and custom:NAME.`);
}

/** `--set` and `--clear` as edits; a field that is set several times gets several values, in that order. */
export function directEdits(args: Arguments): FieldEdit[] {
  const values = new Map<FieldName, string[]>();
  for (const assignment of args.texts('set')) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new UsageError(`--set takes field=value; not “${assignment}”.`);
    const field = fieldName(assignment.slice(0, equals));
    const value = assignment.slice(equals + 1);
    if (value === '')
      throw new UsageError(`--set ${field}= has no value. To empty the field: --clear ${field}`);
    values.set(field, [...(values.get(field) ?? []), value]);
  }
  for (const name of args.texts('clear')) {
    const field = fieldName(name);
    if (values.has(field)) throw new UsageError(`${field} can’t be both set and cleared.`);
    values.set(field, []);
  }
  if (values.size === 0) throw new UsageError('Nothing to do: give --set field=value or --clear field.');
  return [...values].map(([field, list]) => ({ field, values: list }));
}

export const tag: Command = {
  name: 'tag',
  synopsis: '<file…> --set field=value … --clear field …',
  summary: 'Edit tags directly, as you type them',
  details: `Fields: ${TAG_FIELDS.join(', ')}, and custom:NAME. Several --set of one field give it several values.`,
  options: {
    set: { type: 'string', multiple: true, value: '<field=value>', help: 'give a field this value' },
    clear: { type: 'string', multiple: true, value: '<field>', help: 'empty a field' },
    ...WRITE_OPTIONS,
  },
  async run(context) {
    const paths = pathArguments(context.args, 'file');
    const edits = directEdits(context.args);
    const library = await context.library();
    const requests = paths.map((path) => ({ path, edits, direct: true }));
    const counts = await writeEdits(context, library, requests, 'tag');
    const written = context.args.flag('dry-run') ? 'would be written' : 'written';
    context.out.record({ type: 'summary', command: 'tag', ...counts });
    context.out.line(
      `${plural(counts.written, 'file')} ${written}, ${counts.unchanged} already so, ${counts.failed} failed.`,
    );
  },
};
