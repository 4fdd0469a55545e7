import { oc } from '@orpc/contract';
import { z } from 'zod';
import { EXPORT_COLUMNS } from '../export.ts';
import { countSchema, idSchema, pathSchema, problemSchema } from './common.ts';
import { tracksSourceSchema } from './playlist.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

/** What goes into the file, and how it is written; see `M3uOptions` and `CsvOptions`. */
export const exportRequestSchema = z.strictObject({
  /** Tracks of the library, or those of a playlist. */
  from: z.union([z.strictObject({ tracks: tracksSourceSchema }), z.strictObject({ playlist: idSchema })]),
  format: z.discriminatedUnion('format', [
    z.strictObject({
      format: z.literal('m3u8'),
      relativeTo: pathSchema.optional(),
      crlf: z.boolean().optional(),
    }),
    z.strictObject({
      format: z.literal('csv'),
      columns: z.array(z.enum(EXPORT_COLUMNS)).min(1).max(EXPORT_COLUMNS.length).optional(),
      bom: z.boolean().optional(),
      delimiter: z.enum([',', ';', '\t']).optional(),
      neutralise: z.boolean().optional(),
    }),
  ]),
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

const noteSchema = z.object({
  code: z.enum(['gone', 'address', 'absolute', 'apostrophe', 'not-text']),
  count: countSchema,
  examples: z.array(z.string()),
});

export const exportPieceSchema = z.object({
  text: z.string(),
  /** Nothing follows. */
  done: z.boolean(),
  /** Tracks so far. */
  written: countSchema,
  /** What there is to say about the file, so far. */
  notes: z.array(noteSchema),
});
export type ExportPiece = z.infer<typeof exportPieceSchema>;

/**
 * A file of tracks, as text, piece by piece: the page puts it together, for only it may ask the user where to keep it.
 */
export const exportContract = {
  /** Begins one. `total`: tracks that are asked for. */
  open: procedure.input(exportRequestSchema).output(z.object({ ticket: z.string(), total: countSchema })),
  /** The next piece, of a few hundred kilobytes. Refused with `export-gone` for one that is over, or too old. */
  read: procedure.input(z.strictObject({ ticket: z.string().max(100) })).output(exportPieceSchema),
  /** Gives one up. */
  close: procedure.input(z.strictObject({ ticket: z.string().max(100) })).output(z.void()),
};
