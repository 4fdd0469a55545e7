import { z } from 'zod';
import { MAX_DEPTH } from '../query/lex.ts';
import { MISSING_OF, type QueryTerm, RANGE_OF, STATE_TERMS, TEXT_TERM_FIELDS } from '../query/terms.ts';
import { keyIndexSchema, taskSchema } from './common.ts';

/** A query of the longest text that the app takes has no more. */
const MAX_TERMS = 250;

const not = { not: z.boolean().optional() };

const leafSchemas = [
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
] as const;

/** Terms below terms, no deeper than the language goes: parentheses and their opposites. */
const DEEPEST = 2 * MAX_DEPTH + 2;

function below(depth: number): z.ZodType<QueryTerm> {
  if (depth === 0) return z.discriminatedUnion('kind', leafSchemas);
  const groups = z.array(z.array(below(depth - 1)).max(MAX_TERMS)).max(MAX_TERMS);
  return z.discriminatedUnion('kind', [
    ...leafSchemas,
    z.strictObject({ ...not, kind: z.literal('any'), groups }),
  ]);
}

/** See `QueryTerm`. */
export const queryTermSchema = below(DEEPEST);

/** All conditions of a query; the number counts those in groups too. */
export const queryTermsSchema = z
  .array(queryTermSchema)
  .max(MAX_TERMS)
  .refine((terms) => countOf(terms) <= MAX_TERMS, 'too many conditions');

function countOf(terms: readonly QueryTerm[]): number {
  return terms.reduce(
    (sum, term) =>
      sum + (term.kind === 'any' ? term.groups.reduce((inner, group) => inner + countOf(group), 1) : 1),
    0,
  );
}
