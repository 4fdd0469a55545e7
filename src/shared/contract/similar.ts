import { oc } from '@orpc/contract';
import { z } from 'zod';
import { type KeyRelation, LEVEL_OF, RULE_STEPS } from '../music/compatible.ts';
import { countSchema, idSchema, problemSchema } from './common.ts';
import { trackRowSchema } from './search.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

const relationSchema = z.enum(Object.keys(LEVEL_OF) as [KeyRelation, ...KeyRelation[]]);

/** Steps that count as compatible, see `CompatibilityRule`. */
export const keyRuleSchema = z.array(z.enum(RULE_STEPS)).max(RULE_STEPS.length);

export const similarRowSchema = z.object({
  row: trackRowSchema,
  /** Cosine, −1..1; null where the two can't be compared. */
  similarity: z.number().nullable(),
  /** How well it mixes after the file, and why: see `shared/music/mixing.ts`. */
  mix: z.object({
    score: z.number(),
    key: z.number(),
    tempo: z.number(),
    relation: relationSchema.nullable(),
    beat: z
      .object({ pace: z.enum(['same', 'half', 'double']), shift: z.number(), meets: z.boolean() })
      .nullable(),
  }),
});
export type SimilarRow = z.infer<typeof similarRowSchema>;

export const similarResultSchema = z.object({
  /** What was asked about, as a list shows it. */
  seed: trackRowSchema,
  /** What sounds were compared by; null where they could not be. */
  representation: z.string().nullable(),
  /** How many tracks were compared. */
  compared: countSchema,
  /** Why sounds could not be compared; keys and tempi still are. */
  problem: problemSchema.nullable(),
  tracks: z.array(similarRowSchema),
});
export type SimilarResult = z.infer<typeof similarResultSchema>;

/** Tracks that sound like one, or mix with it. */
export const similarContract = {
  tracks: procedure
    .input(
      z.strictObject({
        id: idSchema,
        representation: z.string().max(100).optional(),
        limit: z.int().min(1).max(200).optional(),
        /**
         * `alike` (default): by sound alone. `mix`: of those whose key and tempo go with it, in the order in which
         * they mix.
         */
        order: z.enum(['alike', 'mix']).optional(),
      }),
    )
    .output(similarResultSchema),
  /** Which keys count as compatible in this library. */
  rule: procedure.output(keyRuleSchema),
  setRule: procedure.input(z.strictObject({ rule: keyRuleSchema })).output(keyRuleSchema),
};
