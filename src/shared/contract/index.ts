import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, keyNotationSchema, pathSchema, problemSchema } from './common.ts';
import { trackDetailsSchema } from './details.ts';
import {
  genreCountSchema,
  keyCountsSchema,
  searchPageSchema,
  searchQuerySchema,
  searchResultSchema,
} from './search.ts';
import { statusSchema, workStateSchema } from './status.ts';

export type { LibraryKeyNotation } from './common.ts';
export type { PredictionDetails, TrackDetails } from './details.ts';
export { MAX_PAGE, type SearchRequest, type SortBy, type TrackRow } from './search.ts';
export type { LibraryStatus, WorkKind, WorkState } from './status.ts';

/** `REFUSED`: what was asked can't be done; the message says why, for the user to act on. */
const procedure = oc.errors({ REFUSED: { data: problemSchema } });

const settingsSchema = z.strictObject({ keyNotation: keyNotationSchema });

/**
 * Everything that a user interface can ask of a library, and nothing else: the same over a MessagePort in Electron,
 * a WebSocket in `cratewise serve`, and in process in tests. The answering end validates what comes and what goes.
 */
export const contract = {
  /** The library as a whole. */
  status: procedure.output(statusSchema),
  tracks: {
    /** One page of what a query finds, by row number, and how much there is in all. */
    search: procedure.input(searchPageSchema).output(searchResultSchema),
    /** How many files a query finds in each key; the query's own `keys` do not count. */
    keyCounts: procedure.input(searchQuerySchema).output(keyCountsSchema),
    /** Genres in use, most frequent first. */
    genres: procedure.output(z.array(genreCountSchema)),
    /** Everything known of one file; null when it left the library. */
    details: procedure.input(z.strictObject({ id: idSchema })).output(trackDetailsSchema.nullable()),
  },
  settings: {
    get: procedure.output(settingsSchema),
    set: procedure.input(settingsSchema).output(settingsSchema),
  },
  work: {
    /** What goes on: the state now, then each new one (the newest where several came at once). */
    watch: procedure.output(eventIterator(workStateSchema)),
    /**
     * Takes folders into the library, or without any looks again at those that are in it. Returns once it has begun;
     * `watch` tells the rest. Refused with `busy` while something runs.
     */
    scan: procedure
      .input(z.strictObject({ folders: z.array(pathSchema).max(100).optional() }))
      .output(z.void()),
    /** Listens to what is due. Returns once it has begun, as `scan` does. */
    analyse: procedure.output(z.void()),
    /** Stops what runs, after the files in hand; nothing when nothing runs. */
    stop: procedure.output(z.void()),
  },
};

export type Contract = typeof contract;
