import { z } from 'zod';
import { MISSING_OF, type QueryTerm, RANGE_OF, STATE_TERMS, TEXT_TERM_FIELDS } from '../query/terms.ts';
import { keyIndexSchema, taskSchema } from './common.ts';

const not = { not: z.boolean().optional() };

/** See `QueryTerm`. */
export const queryTermSchema: z.ZodType<QueryTerm> = z.discriminatedUnion('kind', [
  z.strictObject({
    ...not,
    kind: z.literal('text'),
    text: z.string().min(1).max(500),
    field: z.enum(TEXT_TERM_FIELDS).optional(),
    exact: z.boolean().optional(),
  }),
  z.strictObject({
    ...not,
    kind: z.literal('genre'),
    genres: z.array(z.string().min(1).max(200)).max(100),
  }),
  z.strictObject({ ...not, kind: z.literal('key'), keys: z.array(keyIndexSchema).max(24) }),
  z.strictObject({
    ...not,
    kind: z.literal('range'),
    of: z.enum(RANGE_OF),
    min: z.number().optional(),
    max: z.number().optional(),
    above: z.number().optional(),
    below: z.number().optional(),
  }),
  z.strictObject({ ...not, kind: z.literal('missing'), field: z.enum(MISSING_OF) }),
  z.strictObject({ ...not, kind: z.literal('differs'), task: z.enum(['genre', 'key', 'any']) }),
  z.strictObject({
    ...not,
    kind: z.literal('is'),
    state: z.enum(STATE_TERMS),
    task: taskSchema.optional(),
  }),
  z.strictObject({ ...not, kind: z.literal('format'), format: z.string().min(1).max(40) }),
]);
