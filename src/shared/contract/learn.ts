import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  countSchema,
  idSchema,
  momentSchema,
  pathSchema,
  probabilitySchema,
  problemSchema,
  taskSchema,
} from './common.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

const intervalSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const sourceSchema = z.enum(['tags', 'predictions']);
/** A genre's name as a client may give it. */
const genreSchema = z.string().trim().min(1).max(80);

/** See `LearnReport` in `shared/learn.ts`. */
export const learnReportSchema = z.object({
  task: taskSchema,
  source: sourceSchema,
  at: momentSchema,
  end: z.enum(['activated', 'unchanged', 'not-better', 'refused', 'looked']),
  words: z.array(z.string()).readonly(),
  tracks: z.object({
    labelled: countSchema,
    unheard: countSchema,
    ours: countSchema,
    reviewed: countSchema,
    used: countSchema,
  }),
  labels: z
    .array(
      z.object({
        label: z.string(),
        count: countSchema,
        spellings: z.array(z.string()).readonly(),
        right: z.number().nullable(),
        shippedRight: z.number().nullable(),
      }),
    )
    .readonly(),
  leftOut: z
    .array(
      z.object({
        label: z.string(),
        count: countSchema,
        why: z.enum(['too-few', 'no-genre', 'mapped-away']),
      }),
    )
    .readonly(),
  loose: z.array(z.object({ label: z.string(), together: z.enum(['album', 'song']) })).readonly(),
  groups: countSchema,
  tried: z
    .array(
      z.object({
        representations: z.array(z.string()).readonly(),
        loss: z.number(),
        accuracy: z.number(),
      }),
    )
    .readonly(),
  representations: z.array(z.string()).readonly(),
  own: intervalSchema.nullable(),
  calibrationError: z.number().nullable(),
  shipped: z.object({ predictor: z.string(), accuracy: intervalSchema }).nullable(),
  majority: z.number().nullable(),
  difference: intervalSchema.nullable(),
  suspicious: countSchema,
});

/** A tag that looks wrong, with the file to look at. */
export const suspiciousTagSchema = z.object({
  id: idSchema,
  path: pathSchema,
  tagged: z.string(),
  predicted: z.string(),
  confidence: probabilitySchema,
  taggedProbability: probabilitySchema,
});
export type SuspiciousRow = z.infer<typeof suspiciousTagSchema>;

/** Learning from the user's own tags. */
export const learnContract = {
  /** What the last learning found; null before any. */
  report: procedure.input(z.strictObject({ task: taskSchema })).output(learnReportSchema.nullable()),
  /** Which labels would be learnt; learns nothing. */
  labels: procedure.input(z.strictObject({ task: taskSchema })).output(learnReportSchema),
  /** Begins to learn; `work.watch` tells the rest and `report` what came of it. Refused with `busy`. */
  start: procedure
    .input(z.strictObject({ task: taskSchema, source: sourceSchema.optional() }))
    .output(z.void()),
  /** Goes back to what was learnt before, or to none. Refused with `busy`. */
  forget: procedure
    .input(z.strictObject({ task: taskSchema, source: sourceSchema.optional() }))
    .output(z.enum(['earlier', 'none', 'nothing'])),
  /** Tags that looked wrong the last time and still stand, worst first. */
  suspicious: procedure
    .input(
      z.strictObject({
        task: taskSchema,
        offset: countSchema.optional(),
        limit: z.int().min(1).max(500).optional(),
      }),
    )
    .output(
      z.object({ at: momentSchema.nullable(), total: countSchema, tags: z.array(suspiciousTagSchema) }),
    ),
  /** What genre names count as, by name; null where tracks of that name are left out. */
  mapping: procedure.output(z.record(z.string(), z.string().nullable())),
  /** Lets a name count as a label, leaves it out (null), or takes its entry away (no `label`). */
  map: procedure
    .input(z.strictObject({ name: genreSchema, label: genreSchema.nullable().optional() }))
    .output(z.record(z.string(), z.string().nullable())),
};
