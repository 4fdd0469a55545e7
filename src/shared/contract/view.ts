import { z } from 'zod';
import { LANGUAGES } from '../languages.ts';
import { sortFieldSchema } from './search.ts';

/** How a library is looked at: kept with it, for a browser forgets what `serve` told it at another port. */
export const viewSchema = z.strictObject({
  /** All columns in their order; width in pixels. */
  columns: z
    .array(
      z.strictObject({
        id: z.string().max(50),
        width: z.number().min(20).max(2000),
        shown: z.boolean(),
      }),
    )
    .max(100)
    .optional(),
  sort: z
    .array(z.strictObject({ sort: sortFieldSchema, descending: z.boolean() }))
    .min(1)
    .max(6)
    .optional(),
  /** Saved searches, as typed. */
  searches: z
    .array(z.strictObject({ name: z.string().min(1).max(100), text: z.string().max(500) }))
    .max(200)
    .optional(),
  /** What the map is coloured by, and drawn of; null: of the most telling. */
  map: z
    .strictObject({
      colour: z.enum(['genre', 'key', 'genreConfidence', 'keyConfidence']),
      representation: z.string().min(1).max(100).nullable(),
    })
    .optional(),
  /** Of the user interface; null: the one that the system prefers. */
  language: z.enum(LANGUAGES).nullable().optional(),
  /** How tracks are played; see the page's `PlayerOptions`. */
  player: z
    .strictObject({ volume: z.number().min(0).max(1), matched: z.boolean(), follow: z.boolean() })
    .optional(),
  /** Offers that the user does not want to see again. */
  dismissed: z.array(z.string().max(50)).max(50).optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
});
export type View = z.infer<typeof viewSchema>;
