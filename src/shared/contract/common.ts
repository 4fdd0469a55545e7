import { z } from 'zod';
import { TAG_FIELDS } from '../tags.ts';

/** Longest text that is taken from a client: a path may have 4096 bytes on Linux, 32,767 characters on Windows. */
const MAX_TEXT = 32_767;

export const taskSchema = z.enum(['genre', 'key']);
export const fileStateSchema = z.enum(['present', 'missing', 'offline']);
/** A row's id in the catalogue. */
export const idSchema = z.int().positive();
/** A path in our escaped form (see `shared/path.ts`). */
export const pathSchema = z.string().min(1).max(MAX_TEXT);
/** Place in `KEY_LABELS`. */
export const keyIndexSchema = z.int().min(0).max(23);
export const probabilitySchema = z.number().min(0).max(1);
/** Milliseconds since 1970. */
export const momentSchema = z.number();
export const countSchema = z.int().nonnegative();

/** The notations that a library can be set to; `id3` is a container's business. */
export const keyNotationSchema = z.enum(['standard', 'camelot', 'open-key']);
export type LibraryKeyNotation = z.infer<typeof keyNotationSchema>;

export const fieldNameSchema = z.union([
  z.enum(TAG_FIELDS),
  z.templateLiteral(['custom:', z.string().min(1).max(200)]),
]);

/** See `TagValues`. */
export const tagValuesSchema = z.partialRecord(fieldNameSchema, z.array(z.string()).readonly());

/** Why something could not be done, as `CratewiseError` says it. */
export const problemSchema = z.object({ code: z.string(), message: z.string() });
