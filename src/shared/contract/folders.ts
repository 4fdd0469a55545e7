import { oc } from '@orpc/contract';
import { z } from 'zod';
import { pathSchema, problemSchema } from './common.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

/** How many folders are offered at once. */
export const MAX_FOLDERS_OFFERED = 40;

/** Folders on the disk, for the user to choose from: by name only, nothing in them is looked at. */
export const foldersContract = {
  /** Where this user's music probably lies: those of the usual places that are there. */
  usual: procedure.output(z.array(pathSchema).max(MAX_FOLDERS_OFFERED)),
  /** Ways to go on with a path that is being typed; none where there is no such folder or it can't be read. */
  complete: procedure
    .input(z.strictObject({ typed: z.string().max(4096) }))
    .output(z.array(pathSchema).max(MAX_FOLDERS_OFFERED)),
};
