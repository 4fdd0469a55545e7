import type { Catalogue } from '../catalogue/index.ts';
import type { TaggedFile } from './datasets/labelled.ts';

/**
 * The present files of a library with what a data set needs of their tags, portion by portion, in the order of their
 * ids: a library that grew keeps the rows that were there.
 */
export function* taggedFiles(
  catalogue: Pick<Catalogue, 'ids' | 'rows' | 'tags'>,
): Generator<readonly TaggedFile[]> {
  const ids = [...catalogue.ids({})].sort((a, b) => a - b);
  for (let at = 0; at < ids.length; at += PORTION) {
    const portion = ids.slice(at, at + PORTION);
    const tags = new Map(
      catalogue
        .tags(portion, ['genre', 'key', 'albumArtist', 'artist', 'album'])
        .map(({ id, tags: own }) => [id, own]),
    );
    yield catalogue.rows(portion).flatMap((row): TaggedFile[] => {
      const own = tags.get(row.id);
      if (!own || row.state !== 'present') return [];
      const group = own.albumArtist?.[0] ?? own.artist?.[0] ?? own.album?.[0] ?? '';
      return [{ path: row.path, genre: own.genre ?? [], key: own.key ?? [], group }];
    });
  }
}

const PORTION = 2000;
