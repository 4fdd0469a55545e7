import { z } from 'zod';
import {
  countSchema,
  fieldNameSchema,
  fileStateSchema,
  idSchema,
  keyIndexSchema,
  momentSchema,
  pathSchema,
  probabilitySchema,
  tagValuesSchema,
  taskSchema,
} from './common.ts';
import { MAX_CHOSEN, MAX_PAGE } from './limits.ts';
import { queryTermsSchema } from './terms.ts';

const boundsSchema = z.strictObject({
  min: probabilitySchema.optional(),
  max: probabilitySchema.optional(),
});

/** What to look for; the fields mean what they mean in the catalogue's `SearchQuery`. */
export const searchQuerySchema = z.strictObject({
  terms: queryTermsSchema.optional(),
  keys: z.array(keyIndexSchema).max(24).optional(),
  keySource: z.enum(['tag', 'prediction', 'effective']).optional(),
  genres: z.array(z.string().min(1).max(200)).max(100).optional(),
  genreSource: z.enum(['tag', 'prediction', 'effective']).optional(),
  text: z.string().max(500).optional(),
  missing: z.array(taskSchema).max(2).optional(),
  differs: z.array(taskSchema).max(2).optional(),
  confidence: z.strictObject({ key: boundsSchema.optional(), genre: boundsSchema.optional() }).optional(),
  states: z.array(fileStateSchema).max(3).optional(),
});
export type SearchRequest = z.infer<typeof searchQuerySchema>;

export const sortFieldSchema = z.enum([
  'path',
  'title',
  'artist',
  'album',
  'bpm',
  'year',
  'key',
  'keyConfidence',
  'genreConfidence',
  'added',
  'genre',
  'duration',
]);
export type SortBy = z.infer<typeof sortFieldSchema>;

/** By `sort`, and rows that are alike by the further orders. */
export const orderShape = {
  sort: sortFieldSchema.optional(),
  descending: z.boolean().optional(),
  thenBy: z
    .array(z.strictObject({ sort: sortFieldSchema, descending: z.boolean().optional() }))
    .max(5)
    .optional(),
};

/** A run of row numbers of a search. */
export const rowRangeSchema = z.strictObject({
  query: searchQuerySchema,
  ...orderShape,
  offset: countSchema.max(100_000_000),
  limit: z.int().min(1).max(MAX_CHOSEN),
});

export const searchPageSchema = z.strictObject({
  query: searchQuerySchema,
  ...orderShape,
  /** Fields whose values the rows bring along. */
  fields: z.array(fieldNameSchema).max(40).optional(),
  /** Rows to skip. */
  offset: countSchema.max(100_000_000).default(0),
  limit: z.int().min(1).max(MAX_PAGE).default(100),
});

/** A file as a list shows it; the fields mean what they mean in the catalogue's `SearchRow`. */
export const trackRowSchema = z.object({
  id: idSchema,
  path: pathSchema,
  /** The recording; files that are copies of each other share it. Null where the file could not be read. */
  trackId: idSchema.nullable(),
  state: fileStateSchema,
  title: z.string().nullable(),
  artist: z.string().nullable(),
  album: z.string().nullable(),
  genre: z.string().nullable(),
  keyText: z.string().nullable(),
  key: keyIndexSchema.nullable(),
  bpm: z.number().nullable(),
  year: z.number().nullable(),
  durationSeconds: z.number().nullable(),
  predictedKey: keyIndexSchema.nullable(),
  predictedKeyConfidence: probabilitySchema.nullable(),
  predictedGenre: z.string().nullable(),
  predictedGenreConfidence: probabilitySchema.nullable(),
  problemCode: z.string().nullable(),
  addedAt: momentSchema,
  /** Fields with an edit that waits to be written; the row shows them as edited. */
  edited: z.array(fieldNameSchema),
  editProblem: z.string().nullable(),
  /** Its newest write is ours and stands. */
  written: z.boolean(),
  values: tagValuesSchema,
});
export type TrackRow = z.infer<typeof trackRowSchema>;

export const searchResultSchema = z.object({
  rows: z.array(trackRowSchema),
  /** How many files the query finds in all. */
  total: countSchema,
});

/** For each of the 24 keys, by index: how many files a query finds in it. */
export const keyCountsSchema = z.array(countSchema).length(24);

/** A genre in use, with the number of present files that are tagged so, or predicted so. */
export const genreCountSchema = z.object({ genre: z.string(), tagged: countSchema, predicted: countSchema });
