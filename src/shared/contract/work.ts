import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { countSchema, idSchema, momentSchema, pathSchema, problemSchema } from './common.ts';
import { selectionSchema } from './edits.ts';
import { MAX_PAGE } from './limits.ts';
import { workStateSchema } from './status.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

export const problemAreaSchema = z.enum(['read', 'listen', 'write']);
export type ProblemArea = z.infer<typeof problemAreaSchema>;

/** A file with which something went wrong. */
export const fileProblemSchema = z.object({
  id: idSchema,
  path: pathSchema,
  /** What could not be done: reading its tags, listening to it, or writing its edits. */
  area: problemAreaSchema,
  /** It has ended its analyser more than once and is left alone until it is asked for. */
  setAside: z.boolean(),
  code: z.string(),
  message: z.string(),
  at: momentSchema,
});
export type FileProblemRow = z.infer<typeof fileProblemSchema>;

const problemFilter = {
  /** Default: all. */
  areas: z.array(problemAreaSchema).max(3).optional(),
  /** Part of the path or of the reason. */
  text: z.string().max(1000).optional(),
};

/** Work that takes a while: scans, listening, and what stands in line. */
export const workContract = {
  /** What goes on: the state now, then each new one (the newest where several came at once). */
  watch: procedure.output(eventIterator(workStateSchema)),
  /**
   * Takes folders into the library, or without any looks again at those that are in it. Returns once it has begun or
   * stands in line; `watch` tells the rest. Listening gives way and goes on afterwards.
   */
  scan: procedure
    .input(z.strictObject({ folders: z.array(pathSchema).max(100).optional() }))
    .output(z.void()),
  /**
   * Listens to what is due, or to these tracks before all others: of them only to what is due, unless `again` says that
   * they are to be heard anew. Returns once it is on its way.
   */
  analyse: procedure
    .input(z.strictObject({ selection: selectionSchema, again: z.boolean().optional() }).optional())
    .output(z.void()),
  /** The user looks at these: they go before what nobody looks at, where they wait to be listened to. */
  hasten: procedure
    .input(z.strictObject({ ids: z.array(idSchema).max(MAX_PAGE) }))
    .output(z.object({ waiting: countSchema })),
  /** Holds listening back, also over a restart, after the tracks in hand. */
  pause: procedure.output(z.void()),
  /** Goes on listening where it was paused. */
  resume: procedure.output(z.void()),
  /** Ends listening: what waits is taken off the queue. It is due again the next time. */
  cancel: procedure.output(z.void()),
  /** Stops what runs, after the files in hand; nothing when nothing runs. Of listening: as `cancel`. */
  stop: procedure.output(z.void()),
  /** Whether a scan that has found something new is followed by listening to it. */
  setAfterScan: procedure.input(z.strictObject({ listen: z.boolean() })).output(z.void()),
  /** Files with which something went wrong, newest first, and how many there are of each kind. */
  problems: procedure
    .input(
      z.strictObject({
        ...problemFilter,
        offset: countSchema.max(100_000_000).default(0),
        limit: z.int().min(1).max(MAX_PAGE),
      }),
    )
    .output(
      z.object({
        /** By what the text finds, whatever the areas. */
        counts: z.object({ read: countSchema, listen: countSchema, write: countSchema }),
        files: z.array(fileProblemSchema),
      }),
    ),
  /**
   * Tries again to read and to listen to files: those named, or all that the filter finds. Files whose edits could not
   * be written are not written: nothing is without being seen first. Tells how many it tries.
   */
  retry: procedure
    .input(z.strictObject({ ids: z.array(idSchema).max(MAX_PAGE).optional(), ...problemFilter }))
    .output(z.object({ read: countSchema, listen: countSchema })),
};
