import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { MAX_ITEMS, MAX_NAME, PLAYLIST_STEPS } from '../playlist/step.ts';
import { countSchema, fieldNameSchema, idSchema, momentSchema, pathSchema, problemSchema } from './common.ts';
import { selectionSchema } from './edits.ts';
import { MAX_CHOSEN, MAX_PAGE } from './limits.ts';
import { orderShape, searchQuerySchema, trackRowSchema } from './search.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

export const playlistSchema = z.object({
  id: idSchema,
  name: z.string(),
  items: countSchema,
  seconds: z.number(),
  createdAt: momentSchema,
  changedAt: momentSchema,
});
export type PlaylistRow = z.infer<typeof playlistSchema>;

export const playlistStepSchema = z.object({
  id: idSchema,
  playlistId: idSchema,
  name: z.string(),
  kind: z.enum(PLAYLIST_STEPS),
  items: countSchema,
  at: momentSchema,
});
export type PlaylistStepRow = z.infer<typeof playlistStepSchema>;

/** All playlists, and what would be undone or done again next. */
export const playlistsSchema = z.object({
  playlists: z.array(playlistSchema),
  undo: playlistStepSchema.nullable(),
  redo: playlistStepSchema.nullable(),
});
export type PlaylistsState = z.infer<typeof playlistsSchema>;

export const playlistItemSchema = z.object({
  id: idSchema,
  /** The file that it is now; null where the library has none. */
  row: trackRowSchema.nullable(),
  path: pathSchema,
  /** What a playlist file called it. */
  label: z.string().nullable(),
});
export type PlaylistItemRow = z.infer<typeof playlistItemSchema>;

/**
 * Tracks to take: what a search finds, or what is chosen. `query` beside a selection says in which order everything
 * that was chosen at once stands.
 */
export const tracksSourceSchema = z.strictObject({
  selection: selectionSchema.optional(),
  query: searchQuerySchema.optional(),
  ...orderShape,
});
export type TracksSource = z.infer<typeof tracksSourceSchema>;

const nameSchema = z.string().trim().min(1).max(MAX_NAME);
const itemsSchema = z.array(idSchema).max(MAX_CHOSEN);
const playlist = { id: idSchema };

/** Playlists. Every change can be undone. */
export const playlistContract = {
  list: procedure.output(playlistsSchema),
  /** A number that grows with every change of any playlist: now, then each new one. */
  watch: procedure.output(eventIterator(z.number())),
  create: procedure
    .input(z.strictObject({ name: nameSchema, tracks: tracksSourceSchema.optional() }))
    .output(playlistSchema),
  rename: procedure.input(z.strictObject({ ...playlist, name: nameSchema })).output(z.void()),
  delete: procedure.input(z.strictObject(playlist)).output(z.void()),
  /** A run of items in order. */
  items: procedure
    .input(
      z.strictObject({
        ...playlist,
        fields: z.array(fieldNameSchema).max(40).optional(),
        offset: countSchema.max(MAX_ITEMS).default(0),
        limit: z.int().min(1).max(MAX_PAGE),
      }),
    )
    .output(z.object({ items: z.array(playlistItemSchema), total: countSchema })),
  /** Ids of all items, in order. */
  itemIds: procedure.input(z.strictObject(playlist)).output(z.array(idSchema)),
  /** Adds tracks before an item, or at the end; `again`: also those that are in it. Answers how many were added. */
  add: procedure
    .input(
      z.strictObject({
        ...playlist,
        tracks: tracksSourceSchema,
        before: idSchema.optional(),
        again: z.boolean().optional(),
      }),
    )
    .output(countSchema),
  remove: procedure.input(z.strictObject({ ...playlist, items: itemsSchema })).output(countSchema),
  /** Moves items before another one, or to the end. */
  move: procedure
    .input(z.strictObject({ ...playlist, items: itemsSchema, before: idSchema.optional() }))
    .output(countSchema),
  /** Brings the tracks into an order in which each mixes after the one before it; the first one stays. */
  arrange: procedure.input(z.strictObject(playlist)).output(z.void()),
  /** Adds what lines of a playlist file name; answers how many of them the library knows. */
  import: procedure
    .input(
      z.strictObject({
        ...playlist,
        entries: z.array(z.strictObject({ path: pathSchema, title: z.string().max(500) })).max(500),
      }),
    )
    .output(countSchema),
  undo: procedure.output(playlistStepSchema.nullable()),
  redo: procedure.output(playlistStepSchema.nullable()),
};
