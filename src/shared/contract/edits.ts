import { z } from 'zod';
import {
  countSchema,
  fieldNameSchema,
  idSchema,
  keyNotationSchema,
  momentSchema,
  pathSchema,
  probabilitySchema,
  problemSchema,
  taskSchema,
} from './common.ts';
import { MAX_CHOSEN } from './limits.ts';
import { searchQuerySchema } from './search.ts';

/** Files by id, or what `selection.all` found, but some. */
export const selectionSchema = z.union([
  z.strictObject({ ids: z.array(idSchema).max(MAX_CHOSEN) }),
  z.strictObject({ snapshot: z.string().max(100), except: z.array(idSchema).max(MAX_CHOSEN) }),
]);
export type SelectionRequest = z.infer<typeof selectionSchema>;

const textSchema = z.string().max(65_536);
export const valuesSchema = z.array(textSchema).max(200);

export const editKindSchema = z.enum(['set', 'fill', 'replace', 'revert', 'review', 'write']);
export type EditKind = z.infer<typeof editKindSchema>;

/** One thing that was done and can be undone. */
export const editStepSchema = z.object({
  id: idSchema,
  kind: editKindSchema,
  field: z.string().nullable(),
  /** Files (of a review: tracks) that it changed. */
  files: countSchema,
  at: momentSchema,
  undone: z.boolean(),
  /** Of a write: what it wrote. */
  batchId: z.number().nullable(),
});
export type EditStep = z.infer<typeof editStepSchema>;

/** What waits to be written, and what can be undone and done again. */
export const editStatusSchema = z.object({
  files: countSchema,
  fields: countSchema,
  /** Files whose edits could not be written the last time. */
  failed: countSchema,
  undo: editStepSchema.nullable(),
  redo: editStepSchema.nullable(),
  /** As in `WorkState.edits`. */
  revision: countSchema,
});
export type EditStatus = z.infer<typeof editStatusSchema>;

/** `step`: null when nothing changed. */
export const editResultSchema = z.object({ step: editStepSchema.nullable(), status: editStatusSchema });

export const replacementSchema = z.strictObject({
  selection: selectionSchema,
  fields: z.array(fieldNameSchema).min(1).max(40),
  find: z.string().min(1).max(1000),
  replace: z.string().max(1000),
  matchCase: z.boolean(),
  wholeWord: z.boolean(),
});
export type ReplaceRequest = z.infer<typeof replacementSchema>;

export const replacePreviewSchema = z.object({
  files: countSchema,
  fields: countSchema,
  examples: z.array(
    z.object({
      id: idSchema,
      path: pathSchema,
      field: fieldNameSchema,
      before: z.array(z.string()).readonly(),
      after: z.array(z.string()).readonly(),
    }),
  ),
});
export type ReplacePreview = z.infer<typeof replacePreviewSchema>;

/** What the fields of a selection have in common. */
export const commonSchema = z.object({
  files: countSchema,
  fields: z.array(
    z.object({
      field: fieldNameSchema,
      /** Null: they differ. */
      values: z.array(z.string()).readonly().nullable(),
      edited: z.boolean(),
    }),
  ),
});
export type CommonFields = z.infer<typeof commonSchema>;

/** How edits go into files. */
export const writeOptionsSchema = z.strictObject({
  onlyEmpty: z.boolean(),
  keyNotation: keyNotationSchema,
  multiValue: z.enum(['joined', 'nul']),
  keepModifiedTime: z.boolean(),
});
export type WriteOptions = z.infer<typeof writeOptionsSchema>;

/** Which files: those of a selection that have edits, or all that have any. */
export const writeRequestSchema = z.strictObject({
  selection: selectionSchema.optional(),
  options: writeOptionsSchema,
});

export const fieldChangeSchema = z.object({
  field: fieldNameSchema,
  before: z.array(z.string()).readonly(),
  after: z.array(z.string()).readonly(),
  /** Where in the file: `ID3v2.3 TCON`. */
  location: z.string(),
});
export type FieldChangeShown = z.infer<typeof fieldChangeSchema>;

export const writePreviewSchema = z.object({
  /** Files with edits, in all. */
  total: countSchema,
  files: z.array(
    z.object({
      id: idSchema,
      path: pathSchema,
      /** None: the file says all that already, or (only empty fields) has something there. */
      changes: z.array(fieldChangeSchema),
      problem: problemSchema.nullable(),
    }),
  ),
});
export type WritePreview = z.infer<typeof writePreviewSchema>;

/** Everything that one command or one click wrote. */
export const batchSchema = z.object({
  id: idSchema,
  label: z.string(),
  at: momentSchema,
  done: countSchema,
  undone: countSchema,
  failed: countSchema,
  open: countSchema,
});
export type Batch = z.infer<typeof batchSchema>;

export const batchFileSchema = z.object({
  path: pathSchema,
  state: z.enum(['open', 'done', 'undone', 'failed']),
  changes: z.array(fieldChangeSchema),
  error: z.string().nullable(),
});
export type BatchFile = z.infer<typeof batchFileSchema>;

/** What to say of predictions: right, or what is right instead, or only that they are wrong. */
export const reviewDecisionSchema = z.strictObject({
  /** Files; a review is about the track, and holds for each of its files. */
  ids: z.array(idSchema).min(1).max(1000),
  task: taskSchema,
  decision: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('accept') }),
    z.strictObject({ kind: z.literal('change'), value: z.string().min(1).max(500) }),
    z.strictObject({ kind: z.literal('reject') }),
    z.strictObject({ kind: z.literal('forget') }),
  ]),
});

/** Everything that a query finds whose prediction is at least so sure and has no review yet. */
export const acceptAllSchema = z.strictObject({
  query: searchQuerySchema,
  task: taskSchema,
  min: probabilitySchema,
});
