import { readFileSync, statSync } from 'node:fs';
import { systemPath } from '../../scan/names.ts';
import { DatasetError } from './dataset.ts';

/** Lists larger than this are no lists of anyone's music. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * A table with a header line: tab-separated, or comma-separated with quotes as RFC 4180 has them.
 * @returns rows by column name, lower case
 * @throws DatasetError where it can't be read, is not UTF-8, or lacks a column
 */
export function readTable(
  file: string,
  needed: readonly string[],
): { rows: ReadonlyMap<string, string>[]; columns: readonly string[] } {
  const text = readText(file);
  const [header, ...lines] = /^[^\n]*\t/.test(text) ? readTabs(text) : parseCsv(text);
  const columns = (header ?? []).map((name) => name.trim().toLowerCase());
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new DatasetError(`${file} has no column ${missing.join(', ')} in its first line.`);
  }
  const rows = lines
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => new Map(columns.map((name, at) => [name, (cells[at] ?? '').trim()])));
  return { rows, columns };
}

function readText(file: string): string {
  try {
    if (statSync(systemPath(file)).size > MAX_BYTES)
      throw new DatasetError(`${file} is too large for a list.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(systemPath(file)));
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`${file} can't be read as text.`, { cause });
  }
}

function readTabs(text: string): string[][] {
  return text.split(/\r?\n/).map((line) => line.split('\t'));
}

/**
 * Comma-separated values by RFC 4180: cells in double quotes may hold commas, line breaks and doubled quotes.
 * @throws DatasetError where a quote is never closed
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at++;
      rows.push([...cells, cell]);
      cells = [];
      cell = '';
    } else cell += character;
  }
  if (quoted) throw new DatasetError('A quote in the list is never closed.');
  if (cell !== '' || cells.length > 0) rows.push([...cells, cell]);
  return rows;
}
