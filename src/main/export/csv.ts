import { type CsvOptions, DEFAULT_COLUMNS, type ExportColumn } from '../../shared/export.ts';
import { formatKey, type KeyNotation, keyFromIndex } from '../../shared/music/key.ts';
import { displayPath, hasEscape } from '../../shared/path.ts';
import type { FieldName } from '../../shared/tags.ts';
import type { ExportEntry } from './m3u.ts';
import type { Notes } from './notes.ts';

/** Tags that rows have to bring along for these columns. */
export function fieldsFor(columns: readonly ExportColumn[]): FieldName[] {
  const fields: Partial<Record<ExportColumn, FieldName>> = {
    albumArtist: 'albumArtist',
    trackNumber: 'trackNumber',
    discNumber: 'discNumber',
    composer: 'composer',
    comment: 'comment',
    grouping: 'grouping',
    rating: 'rating',
  };
  return columns.flatMap((column) => fields[column] ?? []);
}

/**
 * What a spreadsheet takes for the beginning of a formula (OWASP's list, full-width forms too: some fold them).
 * A plain number is none.
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;

/** First line of an RFC 4180 file. */
export function csvHead({ columns = DEFAULT_COLUMNS, bom, delimiter = ',' }: CsvOptions): string {
  return `${bom ? '\ufeff' : ''}${columns.join(delimiter)}\r\n`;
}

/** The line of one track; text is quoted where it has to be, numbers never. */
export function csvEntry(
  entry: ExportEntry,
  { columns = DEFAULT_COLUMNS, delimiter = ',', neutralise = true }: CsvOptions,
  notation: KeyNotation,
  notes: Notes,
): string {
  if (hasEscape(entry.path)) notes.add('not-text', entry.path);
  const cells = columns.map((column) => {
    const value = cellOf(entry, column, notation);
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
    // NUL ends a cell in some readers, half a surrogate pair is no UTF-8.
    const text = value.replaceAll('\0', '').toWellFormed();
    if (!neutralise || !FORMULA.test(text) || NUMBER.test(text)) return quoted(text, delimiter);
    notes.add('apostrophe', text);
    return quoted(`'${text}`, delimiter);
  });
  return `${cells.join(delimiter)}\r\n`;
}

function quoted(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const rounded = (value: number | null, digits: number): number | string =>
  value === null ? '' : Number(value.toFixed(digits));

function cellOf({ path, row }: ExportEntry, column: ExportColumn, notation: KeyNotation): string | number {
  const shown = displayPath(path);
  const cut = Math.max(
    shown.lastIndexOf('/'),
    /^(?:[A-Za-z]:|\\\\)/.test(shown) ? shown.lastIndexOf('\\') : -1,
  );
  if (column === 'path') return shown;
  if (column === 'folder') return shown.slice(0, Math.max(cut, 1));
  if (column === 'file') return shown.slice(cut + 1);
  if (column === 'state') return row?.state ?? 'missing';
  if (row === null) return '';
  const key = row.key ?? row.predictedKey;
  switch (column) {
    case 'title':
      return row.title ?? '';
    case 'artist':
      return row.artist ?? '';
    case 'album':
      return row.album ?? '';
    case 'genre':
      return row.genre ?? '';
    case 'key':
      return row.key === null ? (row.keyText ?? '') : formatKey(keyFromIndex(row.key), notation);
    case 'camelot':
      return key === null ? '' : formatKey(keyFromIndex(key), 'camelot');
    case 'bpm':
      return row.bpm ?? '';
    case 'year':
      return row.year ?? '';
    case 'seconds':
      return rounded(row.durationSeconds, 3);
    case 'predictedKey':
      return row.predictedKey === null ? '' : formatKey(keyFromIndex(row.predictedKey), notation);
    case 'keyConfidence':
      return rounded(row.predictedKeyConfidence, 3);
    case 'predictedGenre':
      return row.predictedGenre ?? '';
    case 'genreConfidence':
      return rounded(row.predictedGenreConfidence, 3);
    case 'added':
      return new Date(row.addedAt).toISOString();
    default:
      return row.values[column]?.join('; ') ?? '';
  }
}
