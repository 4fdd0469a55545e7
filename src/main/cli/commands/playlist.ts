import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { CratewiseError } from '../../../shared/errors.ts';
import { formatKey, keyFromIndex } from '../../../shared/music/key.ts';
import { displayPath } from '../../../shared/path.ts';
import { parseM3u } from '../../../shared/playlist/m3u.ts';
import { MAX_ITEMS, MAX_NAME } from '../../../shared/playlist/step.ts';
import type { Catalogue, PlaylistStep, SearchQuery } from '../../catalogue/index.ts';
import { arrangePlaylist, namedItems, playlistItems, playlistSource } from '../../library/playlists.ts';
import { absolutePath, keyNotation } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXPORT_OPTIONS, exportFormat, exportTracks } from '../export-file.ts';
import { pathRecord } from '../output.ts';
import { playlistNamed } from '../playlist-name.ts';
import { clock, fitWidth, plural, safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';
import { SORTS, search, searchQuery } from './search.ts';

type Action = (context: CommandContext, name: string, rest: readonly string[]) => Promise<void>;

/** Bytes of a playlist file that is read. */
const MAX_FILE = 50_000_000;

const { limit: _, ...searchOptions } = search.options;

/** Files that the command line names, or that its conditions find. */
function chosenFiles(
  context: CommandContext,
  catalogue: Catalogue,
  query: SearchQuery,
  files: readonly string[],
) {
  if (files.length > 0)
    return files.map((argument) => {
      const file = catalogue.files.byPath(absolutePath(argument));
      if (!file)
        throw new CratewiseError(
          'unknown-file',
          `${safeText(argument)} is not in the library. Run: cratewise scan`,
        );
      return file.id;
    });
  const sort = context.args.choice('sort', SORTS);
  return catalogue.pageIds(query, {
    limit: MAX_ITEMS + 1,
    ...(sort ? { sort } : {}),
    ...(context.args.flag('descending') ? { descending: true } : {}),
  });
}

const asksForNothing = ({ terms, ...query }: SearchQuery) =>
  !terms?.length && Object.keys(query).length === 0;

const ACTIONS: Readonly<Record<string, Action>> = {
  async list({ reader, out }) {
    const { catalogue } = reader();
    for (const { id, name, items, seconds } of catalogue.playlists.list()) {
      out.record({ type: 'playlist', id, name, tracks: items, seconds });
      out.line(
        `${fitWidth(`#${id}`, 5)} ${fitWidth(clock(seconds), 9)} ${fitWidth(plural(items, 'track'), 14)} ${safeText(name)}`,
      );
    }
  },

  async show({ reader, out, args }, name) {
    const library = reader();
    const { catalogue } = library;
    const notation = keyNotation(args, library.settings);
    const playlist = playlistNamed(catalogue, name);
    let place = 0;
    for (const items of playlistItems(catalogue, playlist.id)) {
      for (const { row, path, label } of items) {
        const index = row?.key ?? row?.predictedKey ?? null;
        const key = index === null ? null : formatKey(keyFromIndex(index), notation);
        const state = row?.state ?? 'missing';
        out.record({
          type: 'playlist-track',
          place: ++place,
          ...pathRecord(path),
          state,
          key,
          bpm: row?.bpm ?? null,
        });
        const called = row?.title
          ? `${row.artist ? `${row.artist} - ` : ''}${row.title}`
          : (label ?? basename(displayPath(path)));
        out.line(
          `${fitWidth(String(place), 5)} ${fitWidth(key ?? '–', 4)} ${fitWidth(row?.bpm ? String(Math.round(row.bpm)) : '', 4)} ${safeText(called)}${state === 'present' ? '' : `  (${state}: ${safeText(path)})`}`,
        );
      }
      await out.drained();
    }
    out.line(`${plural(playlist.items, 'track')}, ${clock(playlist.seconds)}.`);
  },

  async create(context, name, files) {
    const { library, args, out } = context;
    if (name.length > MAX_NAME) throw new UsageError(`A name has at most ${MAX_NAME} letters.`);
    const { catalogue, settings } = await library();
    const query = searchQuery(args, [], settings);
    const ids =
      files.length === 0 && asksForNothing(query) ? [] : chosenFiles(context, catalogue, query, files);
    const playlist = catalogue.playlists.create(name, ids);
    out.record({
      type: 'playlist',
      id: playlist.id,
      name,
      tracks: playlist.items,
      seconds: playlist.seconds,
    });
    out.line(`“${safeText(name)}” (#${playlist.id}) has ${plural(playlist.items, 'track')}.`);
  },

  async add(context, name, files) {
    const { catalogue, settings } = await context.library();
    const playlist = playlistNamed(catalogue, name);
    const query = searchQuery(context.args, [], settings);
    if (files.length === 0 && asksForNothing(query))
      throw new UsageError('Which tracks? Name files, or conditions as of “search”.');
    const ids = chosenFiles(context, catalogue, query, files);
    const added = catalogue.playlists.add(playlist.id, ids);
    changed(
      context,
      playlist.name,
      `${plural(added, 'track')} added; ${ids.length - added} were in it already.`,
    );
  },

  async remove(context, name, places) {
    const { catalogue } = await context.library();
    const playlist = playlistNamed(catalogue, name);
    const items = catalogue.playlists.itemIds(playlist.id);
    const chosen = places.map((place) => {
      const item = /^\d+$/.test(place) ? items[Number(place) - 1] : undefined;
      if (item === undefined)
        throw new UsageError(`There is no place ${safeText(place)}; “playlist show” numbers them.`);
      return item;
    });
    if (chosen.length === 0) throw new UsageError('Which places? “playlist show” numbers them.');
    const removed = catalogue.playlists.remove(playlist.id, chosen);
    changed(context, playlist.name, `${plural(removed, 'track')} removed.`);
  },

  async rename(context, name, [to, ...more]) {
    if (to === undefined || to.trim() === '' || more.length > 0) throw new UsageError('Give one new name.');
    const { catalogue } = await context.library();
    const playlist = playlistNamed(catalogue, name);
    catalogue.playlists.rename(playlist.id, to.trim().slice(0, MAX_NAME));
    changed(context, to.trim(), 'Renamed.');
  },

  async delete(context, name) {
    const { catalogue } = await context.library();
    const playlist = playlistNamed(catalogue, name);
    catalogue.playlists.delete(playlist.id);
    changed(context, playlist.name, 'Deleted. “cratewise playlist undo” brings it back.');
  },

  async arrange(context, name) {
    const library = await context.library();
    const playlist = playlistNamed(library.catalogue, name);
    await arrangePlaylist(library, playlist.id, context.signal);
    changed(context, playlist.name, 'In an order in which each track mixes after the one before it.');
  },

  async import(context, file, [as, ...more]) {
    if (more.length > 0)
      throw new UsageError('Name one file, and perhaps what the playlist is to be called.');
    const path = resolve(file);
    const bytes = await readFile(path).catch((error: Error) => {
      throw new CratewiseError('not-readable', `${safeText(path)} can't be read (${error.message}).`, {
        cause: error,
      });
    });
    if (bytes.length > MAX_FILE)
      throw new CratewiseError('not-a-playlist', `${safeText(path)} is too large for a playlist.`);
    const { name, entries } = parseM3u(textOf(bytes));
    if (entries.length === 0)
      throw new CratewiseError(
        'not-a-playlist',
        `${safeText(path)} names no file, so it is no M3U playlist.`,
      );
    const { catalogue } = await context.library();
    const called = (as ?? name ?? basename(path, extname(path))).slice(0, MAX_NAME);
    const items = namedItems(catalogue, entries, dirname(path));
    const playlist = catalogue.transaction(() => {
      const made = catalogue.playlists.create(called);
      catalogue.playlists.addNamed(made.id, items);
      return made;
    });
    const known = items.filter((item) => typeof item === 'number').length;
    context.out.record({ type: 'playlist', id: playlist.id, name: called, tracks: items.length, known });
    context.out.line(
      `“${safeText(called)}” (#${playlist.id}) has ${plural(items.length, 'track')}; ${known} of them are in the library.`,
    );
  },

  async export(context, name) {
    const library = context.reader();
    const playlist = playlistNamed(library.catalogue, name);
    const source = playlistSource(library.catalogue, playlist.id);
    await exportTracks(context, source, exportFormat(context.args, library, playlist.name));
  },

  undo: (context) => turned(context, 'undo'),
  redo: (context) => turned(context, 'redo'),
};

/** Actions that are about no playlist in particular. */
const NAMELESS = new Set(['list', 'undo', 'redo']);

function changed({ out }: CommandContext, name: string, said: string): void {
  out.record({ type: 'playlist-changed', name });
  out.line(`“${safeText(name)}”: ${said}`);
}

async function turned(context: CommandContext, direction: 'undo' | 'redo'): Promise<void> {
  const { catalogue } = await context.library();
  const step = catalogue.playlists.turn(direction);
  if (!step) context.out.line(`Nothing to ${direction}.`);
  else changed(context, step.name, `${direction === 'undo' ? 'Undone' : 'Done again'}: ${stepText(step)}.`);
}

const stepText = ({ kind, items }: PlaylistStep): string =>
  ['add', 'remove', 'move'].includes(kind) ? `${kind} ${plural(items, 'track')}` : kind;

/** Players on Windows wrote `.m3u` in the code page of their system; Latin-1 is the likeliest. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

export const playlist: Command = {
  name: 'playlist',
  synopsis: '<action> [<name>] […]',
  summary: 'Playlists: list, show, create, add, remove, arrange, rename, delete, import, export, undo, redo',
  details:
    '  list                          all playlists\n' +
    '  show <name>                   its tracks, numbered\n' +
    '  create <name> [<file…>]       a new one: of files, of what conditions find, or empty\n' +
    '  add <name> [<file…>]          files, or what conditions find, at its end\n' +
    '  remove <name> <place…>        tracks, by their numbers\n' +
    '  arrange <name>                in an order in which each track mixes after the one before it\n' +
    '  rename <name> <new name>\n' +
    '  delete <name>\n' +
    '  import <file> [<name>]        from an M3U or M3U8 file\n' +
    '  export <name>                 as “export --playlist”\n' +
    '  undo, redo                    the last change of any playlist\n' +
    'A playlist may be named by its number, like #3.',
  options: { ...EXPORT_OPTIONS, ...searchOptions },
  async run(context) {
    const [action = '', name = '', ...rest] = context.args.positionals;
    const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (!run)
      throw new UsageError(`A playlist can be asked to ${Object.keys(ACTIONS).join(', ')}; not “${action}”.`);
    if (NAMELESS.has(action) ? name !== '' : name === '')
      throw new UsageError(
        NAMELESS.has(action) ? `“${action}” takes no name.` : `Which one? “${action}” takes a name.`,
      );
    await run(context, name, rest);
  },
};
