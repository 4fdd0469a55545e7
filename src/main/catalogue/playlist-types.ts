import type { PlaylistStepKind } from '../../shared/playlist/step.ts';
import type { FieldName } from '../../shared/tags.ts';
import type { SearchRow } from './types.ts';

export interface Playlist {
  readonly id: number;
  readonly name: string;
  /** How many tracks it has. */
  readonly items: number;
  /** How long they are together, as far as that is known. */
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** A place in a playlist. */
export interface PlaylistItem {
  readonly id: number;
  /** The file that it is now; null where the library has none. */
  readonly row: SearchRow | null;
  /** Where it is, or was. */
  readonly path: string;
  /** What a playlist file called it; null for what came from the library. */
  readonly label: string | null;
}

/** Something that was done to a playlist and can be undone. */
export interface PlaylistStep {
  readonly id: number;
  readonly playlistId: number;
  /** What the playlist is called. */
  readonly name: string;
  readonly kind: PlaylistStepKind;
  /** Tracks that it was about; 0 where it was about the playlist itself. */
  readonly items: number;
  readonly at: number;
}

/** A track that is to be added without being in the library: it may come later. */
export interface UnknownItem {
  readonly path: string;
  readonly label: string | null;
}

/**
 * Playlists, kept with the library. Each change is a step that can be undone and done again, also after a restart;
 * the newest hundred are kept.
 */
export interface PlaylistStore {
  list(): readonly Playlist[];
  /** Undefined for one that is not there, or was deleted. */
  get(id: number): Playlist | undefined;
  /** Makes one with these files. @throws CratewiseError `playlist-full` */
  create(name: string, fileIds?: readonly number[]): Playlist;
  /** @throws CratewiseError `no-playlist`, as all that follow */
  rename(id: number, name: string): void;
  delete(id: number): void;
  /**
   * Adds files before an item, or at the end.
   * @param again also those that are in it already
   * @returns how many were added
   * @throws CratewiseError `playlist-full`
   */
  add(
    id: number,
    fileIds: readonly number[],
    options?: { readonly before?: number; readonly again?: boolean },
  ): number;
  /** Adds what a playlist file names, in its order: files of the library by id, others by path. */
  addNamed(id: number, items: readonly (number | UnknownItem)[]): number;
  remove(id: number, itemIds: readonly number[]): number;
  /** Moves items, in the order in which they stand, before another one or to the end. */
  move(id: number, itemIds: readonly number[], before?: number): number;
  /** Brings all items into this order; those that are not named keep theirs, behind. */
  reorder(id: number, itemIds: readonly number[]): void;
  /** A run of items in order. */
  items(
    id: number,
    page: { readonly offset: number; readonly limit: number; readonly fields?: readonly FieldName[] },
  ): readonly PlaylistItem[];
  /** Ids of all items, in order. */
  itemIds(id: number): readonly number[];
  /** What would be undone or done again next; null for nothing. */
  next(direction: 'undo' | 'redo'): PlaylistStep | null;
  /** Undoes the newest step, or does the one again that was undone last. Returns it; null for nothing. */
  turn(direction: 'undo' | 'redo'): PlaylistStep | null;
}
