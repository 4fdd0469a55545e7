import type { TracksSource } from '../../../shared/contract/playlist.ts';
import { CratewiseError } from '../../../shared/errors.ts';
import { MAX_ITEMS } from '../../../shared/playlist/step.ts';
import type { PlaylistItem } from '../../catalogue/index.ts';
import { arrangePlaylist, namedItems } from '../../library/playlists.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';
import { countFiles, fileIds } from '../tracks-source.ts';
import { Watched } from '../watched.ts';
import { trackRow } from './rows.ts';

const itemRow = ({ id, row, path, label }: PlaylistItem) => ({ id, row: row && trackRow(row), path, label });

/** Answers for playlists. */
export function playlistRoutes({ library, selections }: Service) {
  const { catalogue } = library;
  const { playlists } = catalogue;
  const revision = new Watched(0);
  /** Does something and tells whoever watches. */
  const changing = <T>(action: () => T): T => {
    const result = action();
    revision.set(revision.value + 1);
    return result;
  };
  const taken = (source: TracksSource): readonly number[] => {
    const count = countFiles(catalogue, selections, source);
    if (count > MAX_ITEMS)
      throw new CratewiseError(
        'playlist-full',
        `A playlist holds ${MAX_ITEMS.toLocaleString('en')} tracks; these are ${count.toLocaleString('en')}.`,
      );
    return fileIds(catalogue, selections, source);
  };
  return os.playlist.router({
    list: os.playlist.list.handler(() => ({
      playlists: [...playlists.list()],
      undo: playlists.next('undo'),
      redo: playlists.next('redo'),
    })),
    watch: os.playlist.watch.handler(({ signal }) => revision.watch(signal)),
    create: os.playlist.create.handler(({ input: { name, tracks } }) =>
      changing(() => playlists.create(name, tracks ? taken(tracks) : [])),
    ),
    rename: os.playlist.rename.handler(({ input: { id, name } }) =>
      changing(() => playlists.rename(id, name)),
    ),
    delete: os.playlist.delete.handler(({ input }) => changing(() => playlists.delete(input.id))),
    items: os.playlist.items.handler(({ input: { id, offset, limit, fields } }) => {
      const { items: total } = existing(playlists.get(id));
      const items = playlists.items(id, { offset, limit, ...(fields ? { fields } : {}) });
      return { items: items.map(itemRow), total };
    }),
    itemIds: os.playlist.itemIds.handler(({ input }) => [...playlists.itemIds(input.id)]),
    add: os.playlist.add.handler(({ input: { id, tracks, before, again } }) =>
      changing(() =>
        playlists.add(id, taken(tracks), {
          ...(before === undefined ? {} : { before }),
          ...(again === undefined ? {} : { again }),
        }),
      ),
    ),
    remove: os.playlist.remove.handler(({ input: { id, items } }) =>
      changing(() => playlists.remove(id, items)),
    ),
    move: os.playlist.move.handler(({ input: { id, items, before } }) =>
      changing(() => playlists.move(id, items, before)),
    ),
    arrange: os.playlist.arrange.handler(async ({ input, signal }) => {
      existing(playlists.get(input.id));
      await arrangePlaylist(library, input.id, signal);
      changing(() => {});
    }),
    import: os.playlist.import.handler(({ input: { id, entries } }) =>
      changing(() => {
        const items = namedItems(catalogue, entries, null);
        playlists.addNamed(id, items);
        return items.filter((item) => typeof item === 'number').length;
      }),
    ),
    undo: os.playlist.undo.handler(() => changing(() => playlists.turn('undo'))),
    redo: os.playlist.redo.handler(() => changing(() => playlists.turn('redo'))),
  });
}

function existing<T>(playlist: T | undefined): T {
  if (playlist === undefined) throw new CratewiseError('no-playlist', 'This playlist is not there any more.');
  return playlist;
}
