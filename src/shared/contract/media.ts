import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { countSchema, idSchema, problemSchema } from './common.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

/** A file that was opened for listening. */
export const openedMediaSchema = z.object({
  /** Where its sound is: a path on the page's own origin that nobody can guess, and that goes out of use. */
  url: z.string().regex(/^\/media\/[A-Za-z0-9_-]{43}$/),
  /** It is decoded for the page; otherwise the page gets the file as it is. */
  decoded: z.boolean(),
  /** How often the file was written to since it can be heard: when `watch` says more, it is to be opened again. */
  writes: countSchema,
});

/** Files that were opened and have been, or are being, written to. */
export const heardFilesSchema = z.array(
  z.object({
    id: idSchema,
    /** It is being written to and can't be read just now. */
    held: z.boolean(),
    writes: countSchema,
  }),
);

/** The shape of a track's sound; see `Peaks`. */
export const peaksSchema = z.object({
  seconds: z.number().nonnegative(),
  buckets: countSchema.max(8192),
  /** Base64. */
  planes: z.base64().max(80_000),
  loudness: z.number().nullable(),
  peak: z.number().nonnegative(),
});
export type PeaksAnswer = z.infer<typeof peaksSchema>;

/** Listening to files of the library. */
export const mediaContract = {
  /**
   * Opens a file. Refused with `unknown-file`, `offline`, `missing` or `not-audio`.
   * `decoded`: the page can't play it as it is.
   */
  open: procedure
    .input(z.strictObject({ id: idSchema, decoded: z.boolean().optional() }))
    .output(openedMediaSchema),
  /**
   * The waveform and the loudness of a file: kept ones at once, others when they are made. Refused as `open` is, with
   * `held` while the file is written to, and with what is wrong with it. `ahead`: it is not looked at yet, and
   * whatever is goes first.
   */
  peaks: procedure.input(z.strictObject({ id: idSchema, ahead: z.boolean().optional() })).output(peaksSchema),
  /** What is written to while it is heard: now, then at each change. */
  watch: procedure.output(eventIterator(heardFilesSchema)),
};
