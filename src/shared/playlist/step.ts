/** What can be done to a playlist. */
export const PLAYLIST_STEPS = ['create', 'rename', 'delete', 'add', 'remove', 'move', 'order'] as const;
export type PlaylistStepKind = (typeof PLAYLIST_STEPS)[number];

/** Tracks of one playlist at most. */
export const MAX_ITEMS = 100_000;

/** Letters of a name at most. */
export const MAX_NAME = 200;
