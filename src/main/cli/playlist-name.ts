import { CratewiseError } from '../../shared/errors.ts';
import type { Catalogue, Playlist } from '../catalogue/index.ts';
import { safeText } from './text.ts';

/** The playlist of this name, or of this number with a `#`. @throws CratewiseError `no-playlist`, `many-playlists` */
export function playlistNamed({ playlists }: Pick<Catalogue, 'playlists'>, name: string): Playlist {
  const all = playlists.list();
  const number = /^#(\d+)$/.exec(name)?.[1];
  const exact = all.filter((one) => one.name === name);
  const alike = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const found =
    number === undefined ? (exact.length > 0 ? exact : alike) : all.filter(({ id }) => id === Number(number));
  const [only, another] = found;
  if (!only)
    throw new CratewiseError(
      'no-playlist',
      `There is no playlist “${safeText(name)}”. cratewise playlist list shows those that are there.`,
    );
  if (another)
    throw new CratewiseError(
      'many-playlists',
      `Several playlists are called “${safeText(name)}”. Name one by its number: ${found.map(({ id }) => `#${id}`).join(', ')}.`,
    );
  return only;
}
