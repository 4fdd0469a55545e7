import { posix, win32 } from 'node:path';
import type { M3uOptions } from '../../shared/export.ts';
import { hasEscape } from '../../shared/path.ts';
import { fileAddress } from '../../shared/playlist/m3u.ts';
import type { SearchRow } from '../catalogue/index.ts';
import type { Notes } from './notes.ts';

/** A track of a playlist file. `row` is null where the library knows nothing but the path. */
export interface ExportEntry {
  readonly path: string;
  readonly row: SearchRow | null;
}

/** What ends a line for one program or another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point.
const LINE_ENDS = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

const isWindows = (path: string): boolean => /^(?:[A-Za-z]:|\\\\)/.test(path);

/**
 * The text of an M3U8 file, in pieces: `#EXTM3U`, and for each track its `#EXTINF` and its path. UTF-8 without a byte
 * order mark, which players take for a name.
 */
export function* m3uHead({ name, crlf }: M3uOptions): Generator<string> {
  const end = crlf ? '\r\n' : '\n';
  yield `#EXTM3U${end}`;
  if (name !== undefined && name !== '') yield `#PLAYLIST:${oneLine(name)}${end}`;
}

/** The lines of one track. */
export function m3uEntry({ path, row }: ExportEntry, options: M3uOptions, notes: Notes): string {
  const end = options.crlf ? '\r\n' : '\n';
  if (row === null || row.state !== 'present') {
    notes.add('gone', path);
    return '';
  }
  const seconds = row.durationSeconds === null ? -1 : Math.round(row.durationSeconds);
  return `#EXTINF:${seconds},${called(path, row)}${end}${pathLine(path, options.relativeTo, notes)}${end}`;
}

function called(path: string, { artist, title }: SearchRow): string {
  const name = oneLine(title ?? '') || oneLine(fileName(path).replace(/\.[^.]+$/, ''));
  const by = oneLine(artist ?? '');
  return by === '' ? name : `${by} - ${name}`;
}

/** A text that stays on its line. */
function oneLine(text: string): string {
  return text
    .replaceAll(CONTROLS, ' ')
    .replaceAll(/[\uef80-\uefff]/g, '\ufffd')
    .toWellFormed()
    .trim();
}

const fileName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), isWindows(path) ? path.lastIndexOf('\\') : -1) + 1);

function pathLine(path: string, relativeTo: string | undefined, notes: Notes): string {
  // A line is text, and programs trim it.
  if (hasEscape(path) || LINE_ENDS.test(path) || path !== path.trim()) {
    notes.add('address', path);
    return fileAddress(path);
  }
  if (relativeTo === undefined) return path;
  const style = isWindows(path) ? win32 : posix;
  const relative = style.relative(relativeTo, path);
  if (style.isAbsolute(relative) || relative === '') {
    notes.add('absolute', path);
    return path;
  }
  // `#` begins a comment, a space would be trimmed, `x:` looks like an address.
  return /^[#\s]|^[A-Za-z][A-Za-z0-9+.-]*:/.test(relative) ? `.${style.sep}${relative}` : relative;
}
