import { z } from 'zod';
import {
  countSchema,
  fileStateSchema,
  idSchema,
  momentSchema,
  pathSchema,
  problemSchema,
  tagValuesSchema,
  taskSchema,
} from './common.ts';

/** A prediction with its whole distribution: `labels[i]` has `probabilities[i]`. */
export const predictionSchema = z.object({
  task: taskSchema,
  predictor: z.string(),
  version: z.string(),
  labels: z.array(z.string()).readonly(),
  probabilities: z.array(z.number()).readonly(),
  label: z.string(),
  confidence: z.number(),
  runnerUp: z.string().nullable(),
  margin: z.number(),
  at: momentSchema,
  /** Whether search and display use this one for its task. */
  current: z.boolean(),
});
export type PredictionDetails = z.infer<typeof predictionSchema>;

/** What the user said of a prediction; see the catalogue's `Review`. */
export const reviewSchema = z.object({
  task: taskSchema,
  state: z.enum(['accepted', 'changed', 'rejected']),
  value: z.string().nullable(),
  at: momentSchema,
});

/** Everything that is shown of one file. */
export const trackDetailsSchema = z.object({
  id: idSchema,
  path: pathSchema,
  state: fileStateSchema,
  container: z.string().nullable(),
  /** Bytes. */
  size: countSchema,
  durationSeconds: z.number().nullable(),
  /** Hz. */
  sampleRate: z.number().nullable(),
  channels: z.number().nullable(),
  /** As in the file. */
  tags: tagValuesSchema,
  /** Edits that wait to be written; an empty list clears the field. */
  edits: tagValuesSchema,
  /** Why they could not be written the last time. */
  editProblem: problemSchema.nullable(),
  reviews: z.array(reviewSchema),
  predictions: z.array(predictionSchema),
  /** Tags of mood, instruments and style that were heard, strongest first: suggestions, no predictions. */
  suggestions: z.array(z.object({ tag: z.string(), activation: z.number() })),
  /** Null before the track was listened to. */
  analysedAt: momentSchema.nullable(),
  /** What was listened to then, in seconds. */
  windows: z.array(z.object({ start: z.number(), length: z.number() }).readonly()).readonly(),
  /** Why nothing was predicted although it was listened to: `silence`, `too-short`. */
  silentReason: z.string().nullable(),
  problem: problemSchema.nullable(),
});
export type TrackDetails = z.infer<typeof trackDetailsSchema>;
