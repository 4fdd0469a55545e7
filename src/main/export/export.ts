import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CsvOptions, DEFAULT_COLUMNS, type ExportNote, type M3uOptions } from '../../shared/export.ts';
import type { KeyNotation } from '../../shared/music/key.ts';
import { csvEntry, csvHead, fieldsFor } from './csv.ts';
import { type ExportEntry, m3uEntry, m3uHead } from './m3u.ts';
import { Notes } from './notes.ts';

/** What a file is to be. */
export type ExportFormat =
  | ({ readonly format: 'm3u8' } & M3uOptions)
  | ({ readonly format: 'csv' } & CsvOptions & {
        /** How keys are written. */
        readonly notation: KeyNotation;
      });

/** An export under way: its text, piece by piece, and what there is to say about it once all was read. */
export interface Export {
  readonly text: AsyncGenerator<string, void, void>;
  /** Tracks so far; those that were left out do not count. */
  readonly written: number;
  notes(): ExportNote[];
}

/** Where tracks come from: in portions, so that memory does not grow with them. */
export type EntrySource = (fields: ReturnType<typeof fieldsFor>) => Iterable<readonly ExportEntry[]>;

/** The text of tracks in a format. Between two portions others get their turn: a million rows take a while. */
export function exportOf(source: EntrySource, format: ExportFormat): Export {
  const notes = new Notes();
  let written = 0;
  async function* text(): AsyncGenerator<string, void, void> {
    const csv = format.format === 'csv';
    yield csv ? csvHead(format) : [...m3uHead(format)].join('');
    for (const portion of source(csv ? fieldsFor(format.columns ?? DEFAULT_COLUMNS) : [])) {
      let lines = '';
      for (const entry of portion) {
        const line = csv ? csvEntry(entry, format, format.notation, notes) : m3uEntry(entry, format, notes);
        if (line !== '') written++;
        lines += line;
      }
      yield lines;
      await nextTurn();
    }
  }
  return {
    text: text(),
    get written() {
      return written;
    },
    notes: () => notes.all(),
  };
}
