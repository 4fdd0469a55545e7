import { z } from 'zod';
import { keyNotationSchema } from './common.ts';

/** What a library is set to, for every window and the command line. */
export const settingsSchema = z.strictObject({
  keyNotation: keyNotationSchema,
  /** How several values stand in an ID3v2.3 field: joined with semicolons, or parted by NUL. */
  multiValue: z.enum(['joined', 'nul']),
  /** Whether the app's writing begins with only the empty fields being filled. */
  onlyEmpty: z.boolean(),
  /** Whether the app's writing begins with files keeping their time of change. */
  keepModifiedTime: z.boolean(),
});
export type LibrarySettings = z.infer<typeof settingsSchema>;

/** Those that are given are set. */
export const settingsChangeSchema = settingsSchema.partial();
