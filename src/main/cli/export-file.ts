import { DEFAULT_COLUMNS, EXPORT_COLUMNS, type ExportColumn, type ExportNote } from '../../shared/export.ts';
import { type EntrySource, type ExportFormat, exportOf } from '../export/export.ts';
import { writeTextFile } from '../export/write-file.ts';
import { absolutePath, keyNotation } from './arguments.ts';
import type { CommandContext, LibraryReader } from './command.ts';
import type { Arguments, OptionSpecs } from './options.ts';
import { plural, safeText } from './text.ts';
import { UsageError } from './usage-error.ts';

const DELIMITERS: Readonly<Record<string, ',' | ';' | '\t'>> = { comma: ',', semicolon: ';', tab: '\t' };

/** The options of what writes a file of tracks. */
export const EXPORT_OPTIONS = {
  format: {
    type: 'string',
    value: '<format>',
    help: 'm3u8 or csv (default: by the name of --out, else m3u8)',
  },
  out: { type: 'string', short: 'o', value: '<file>', help: 'write there (default: to stdout)' },
  overwrite: { type: 'boolean', help: 'put it in the place of a file that is there' },
  'relative-to': {
    type: 'string',
    value: '<folder>',
    help: 'm3u8: paths relative to this folder (default: absolute paths)',
  },
  crlf: { type: 'boolean', help: 'm3u8: end lines as old players on Windows want it' },
  columns: {
    type: 'string',
    value: '<names>',
    help: `csv: with commas, of ${EXPORT_COLUMNS.join(', ')} (default: ${DEFAULT_COLUMNS.join(',')})`,
  },
  delimiter: { type: 'string', value: '<name>', help: 'csv: comma (default), semicolon or tab' },
  bom: { type: 'boolean', help: 'csv: begin with a byte order mark, by which Excel knows UTF-8' },
  'raw-cells': {
    type: 'boolean',
    help: 'csv: text that a spreadsheet would take for a formula as it is (default: an apostrophe in front)',
  },
} as const satisfies OptionSpecs;

/** How the file is to be written. @throws UsageError */
export function exportFormat(args: Arguments, library: LibraryReader, name?: string): ExportFormat {
  const out = args.text('out');
  const format =
    args.choice('format', ['m3u8', 'csv']) ?? (out?.toLowerCase().endsWith('.csv') ? 'csv' : 'm3u8');
  const wrong = (
    format === 'csv' ? ['relative-to', 'crlf'] : ['columns', 'delimiter', 'bom', 'raw-cells']
  ).find((option) => args.text(option) !== undefined || args.flag(option));
  if (wrong) throw new UsageError(`--${wrong} does not go with --format ${format}.`);
  if (format === 'm3u8') {
    const folder = args.text('relative-to');
    return {
      format,
      crlf: args.flag('crlf'),
      ...(folder === undefined ? {} : { relativeTo: absolutePath(folder) }),
      ...(name === undefined ? {} : { name }),
    };
  }
  const delimiter = args.choice('delimiter', Object.keys(DELIMITERS));
  const columns = args.text('columns');
  return {
    format,
    notation: keyNotation(args, library.settings),
    bom: args.flag('bom'),
    neutralise: !args.flag('raw-cells'),
    ...(delimiter === undefined ? {} : { delimiter: DELIMITERS[delimiter] }),
    ...(columns === undefined ? {} : { columns: columns.split(',').map(column) }),
  };
}

function column(name: string): ExportColumn {
  const found = EXPORT_COLUMNS.find((one) => one === name.trim());
  if (!found) throw new UsageError(`There is no column “${name}”. There are: ${EXPORT_COLUMNS.join(', ')}.`);
  return found;
}

/** Writes tracks into a file or to stdout, and says on stderr what a reader of it should know. */
export async function exportTracks(
  { args, out, signal }: CommandContext,
  source: EntrySource,
  format: ExportFormat,
): Promise<void> {
  const file = args.text('out');
  if (file === undefined && out.json) throw new UsageError('With --json, name a file: --out <file>.');
  const exported = exportOf(source, format);
  if (file === undefined) {
    for await (const piece of exported.text) {
      if (signal.aborted) break;
      out.text(piece);
      await out.drained();
    }
  } else await writeTextFile(file, exported.text, { overwrite: args.flag('overwrite'), signal });
  const notes = exported.notes();
  for (const note of notes) out.note(noteText(note));
  if (file === undefined) return;
  out.line(`${plural(exported.written, 'track')} written to ${safeText(file)}.`);
  out.record({ type: 'exported', file, format: format.format, tracks: exported.written, notes });
}

function noteText({ code, count, examples }: ExportNote): string {
  const which = `${examples.map(safeText).join(', ')}${count > examples.length ? ', …' : ''}`;
  switch (code) {
    case 'gone':
      return `${plural(count, 'track')} left out: the files are not there (${which}).`;
    case 'address':
      return `${plural(count, 'name')} that no line of text can hold written as file:// addresses, which some players do not read (${which}).`;
    case 'absolute':
      return `${plural(count, 'path')} written in full: not on the drive of --relative-to (${which}).`;
    case 'apostrophe':
      return `${plural(count, 'cell')} that a spreadsheet would take for a formula got an apostrophe in front; --raw-cells leaves them alone (${which}).`;
    case 'not-text':
      return `${plural(count, 'name')} with bytes that are no text: these stand as \ufffd (${which}).`;
  }
}
