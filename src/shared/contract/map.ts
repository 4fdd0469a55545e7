import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { countSchema, idSchema, momentSchema, problemSchema } from './common.ts';
import { MAX_MAP_PAGE } from './limits.ts';
import { searchQuerySchema } from './search.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

const representationSchema = z.string().min(1).max(100);

/** What a map can be drawn of. */
export const mapSourceSchema = z.object({
  representation: representationSchema,
  tier: z.string(),
  /** Tracks that have it. */
  tracks: countSchema,
});
export type MapSourceShown = z.infer<typeof mapSourceSchema>;

/** How far a map is. */
export const mapSituationSchema = z.object({
  /** Another number, other places: see `points`. */
  revision: countSchema,
  running: z
    .object({
      representation: representationSchema,
      /** All anew, or only what has come since. */
      how: z.enum(['whole', 'place']),
      stage: z.enum(['reading', 'neighbours', 'layout', 'placing']),
      /** Of the stage. */
      share: z.number().min(0).max(1),
      startedAt: momentSchema,
    })
    .nullable(),
  /** Why the last one could not be made. */
  problem: problemSchema.nullable(),
});
export type MapSituation = z.infer<typeof mapSituationSchema>;

export const openedMapSchema = z.object({
  sources: z.array(mapSourceSchema),
  /** The one that is shown; null where no track was listened to yet. */
  representation: representationSchema.nullable(),
  /** Tracks of the library, listened to or not. */
  libraryTracks: countSchema,
  shown: z
    .object({
      revision: countSchema,
      tracks: countSchema,
      method: z.enum(['umap', 'pca']),
      /** Only to look at until the real one is there. */
      coarse: z.boolean(),
    })
    .nullable(),
  /** Tracks have come or gone since. */
  stale: z.boolean(),
});
export type OpenedMap = z.infer<typeof openedMapSchema>;

/** Numbers, little endian, in base64. */
const packedSchema = z.base64();

/** Files on the map, in order of id, each thing about them in a list of its own. */
export const mapPointsSchema = z.object({
  /** 32-bit. */
  ids: packedSchema,
  /** x and y, 32-bit floats. */
  places: packedSchema,
  /** Place in `names`, 16-bit; 65535 for none. As tagged, else as predicted. */
  genres: packedSchema,
  names: z.array(z.string()),
  /** Key index, 8-bit; 255 for none. As tagged, else as predicted. */
  keys: packedSchema,
  /** Confidence of the predictions in 254ths, 8-bit; 255 for none. */
  genreConfidence: packedSchema,
  keyConfidence: packedSchema,
  /** The `after` of the next page; null behind the last one. */
  next: idSchema.nullable(),
});
export type MapPoints = z.infer<typeof mapPointsSchema>;

/** Tracks in two dimensions. */
export const mapContract = {
  /**
   * The map by a representation (default: the most telling one), as it is now. Where there is none yet, or tracks have
   * come, it begins to be made; `watch` tells the rest.
   */
  open: procedure
    .input(z.strictObject({ representation: representationSchema.optional() }))
    .output(openedMapSchema),
  watch: procedure.output(eventIterator(mapSituationSchema)),
  /** Lays it out from the beginning. */
  redo: procedure.input(z.strictObject({ representation: representationSchema })).output(z.void()),
  /** Ends what is being made. */
  stop: procedure.output(z.void()),
  /** Page by page. Refused with `map-changed` when `revision` is not the one that is shown. */
  points: procedure
    .input(
      z.strictObject({
        revision: countSchema,
        after: countSchema,
        limit: z.int().min(1).max(MAX_MAP_PAGE),
      }),
    )
    .output(mapPointsSchema),
  /** Which files a query finds: bit `id % 8` of byte `id / 8`. */
  found: procedure.input(searchQuerySchema).output(z.object({ bits: packedSchema, count: countSchema })),
};
