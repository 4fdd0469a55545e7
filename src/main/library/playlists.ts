import { isAbsolute, posix, resolve, win32 } from 'node:path';
import type { M3uEntry } from '../../shared/playlist/m3u.ts';
import type { Catalogue, PlaylistItem, SearchRow, UnknownItem } from '../catalogue/index.ts';
import type { EntrySource } from '../export/export.ts';
import { mixTrack } from '../similar/mix-track.ts';
import { checkOrderable } from '../similar/order.ts';
import type { Library } from './library.ts';

/** Items that are read at a time. */
const PORTION = 500;

/** All items of a playlist, in portions. */
export function* playlistItems(
  catalogue: Catalogue,
  id: number,
  fields: Parameters<EntrySource>[0] = [],
): Generator<readonly PlaylistItem[]> {
  for (let offset = 0; ; offset += PORTION) {
    const items = catalogue.playlists.items(id, { offset, limit: PORTION, fields });
    if (items.length > 0) yield items;
    if (items.length < PORTION) return;
  }
}

/** The tracks of a playlist, to be written into a file. */
export function playlistSource(catalogue: Catalogue, id: number): EntrySource {
  return function* (fields) {
    for (const items of playlistItems(catalogue, id, fields)) yield items;
  };
}

/**
 * Brings a playlist into an order in which each track mixes after the one before it; the first stays.
 * @throws CratewiseError `too-many`
 */
export async function arrangePlaylist(
  library: Pick<Library, 'catalogue' | 'settings' | 'orderForSet'>,
  id: number,
  signal?: AbortSignal,
): Promise<void> {
  const { catalogue, settings } = library;
  // Before all of a long one is read.
  checkOrderable(catalogue.playlists.get(id)?.items ?? 0);
  const items = [...playlistItems(catalogue, id)].flat();
  if (items.length < 3) return;
  const unknown = { trackId: null, key: null, bpm: null };
  const track = (row: SearchRow) => ({ ...mixTrack(row), trackId: row.trackId });
  const order = await library.orderForSet(
    { tracks: items.map(({ row }) => (row ? track(row) : unknown)), rule: settings.keyRule },
    signal,
  );
  // What was added meanwhile stays, behind.
  catalogue.playlists.reorder(
    id,
    order.map((place) => items[place]!.id),
  );
}

/**
 * What the lines of a playlist file are in the library: files by id, others by their path.
 * @param folder where the file lies; null where that is not known, as in a browser: relative paths are then looked for
 *   below the folders of the library
 */
export function namedItems(
  catalogue: Catalogue,
  entries: readonly Pick<M3uEntry, 'path' | 'title'>[],
  folder: string | null,
): (number | UnknownItem)[] {
  const roots = catalogue.roots.list().map(({ path }) => path);
  return entries.map(({ path, title }) => {
    const places = candidates(path, folder, roots);
    for (const place of places) {
      const file = catalogue.files.byPath(place);
      if (file) return file.id;
    }
    return { path: places[0] ?? path, label: title === '' ? null : title };
  });
}

/** Where a line may point, likeliest first. */
function candidates(path: string, folder: string | null, roots: readonly string[]): string[] {
  const windows = /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
  if (windows) return [win32.normalize(path)];
  if (path.startsWith('/')) return [posix.normalize(path)];
  if (folder !== null && isAbsolute(folder)) {
    const own = resolve(folder, path);
    return [own, resolve(folder, path.replaceAll('\\', '/'))];
  }
  // Upwards out of an unknown folder: what is left of it may lie below a root.
  const inner = path.replaceAll('\\', '/').replace(/^(?:\.{1,2}\/)+/, '');
  const below = roots.map((root) =>
    /^[A-Za-z]:|^\\\\/.test(root) ? win32.join(root, inner) : posix.join(root, inner),
  );
  const lastPart = (root: string) => root.split(/[\\/]/).filter(Boolean).at(-1);
  const named = roots.flatMap((root) =>
    inner.startsWith(`${lastPart(root)}/`) ? [posix.join(root.replaceAll('\\', '/'), '..', inner)] : [],
  );
  return [...below, ...named];
}
