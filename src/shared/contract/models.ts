import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { INSTALL_PHASES } from '../model-install.ts';
import { countSchema, problemSchema } from './common.ts';

const procedure = oc.errors({ REFUSED: { data: problemSchema } });

export const modelIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);

/** A model that can be installed, and where it stands. */
export const modelSchema = z.object({
  id: modelIdSchema,
  name: z.string(),
  purpose: z.string(),
  tier: z.enum(['standard', 'musicgen', 'experimental']),
  /** `half`: begun, and can be gone on with; `outdated`: another version than this program's is installed. */
  state: z.enum(['available', 'half', 'installed', 'outdated']),
  /** Bytes to fetch, about, and bytes that it takes up once it is installed. */
  downloadBytes: countSchema,
  installedBytes: countSchema,
  /** With `half`: bytes that are there already. */
  fetchedBytes: countSchema,
  licence: z.object({
    name: z.string(),
    url: z.string(),
    copyright: z.string(),
    /** It has to be accepted before anything is fetched. */
    mustAccept: z.boolean(),
    notice: z.string().nullable(),
  }),
  /** Who it comes from: `huggingface.co/facebook/musicgen-small`. */
  source: z.string(),
});
export type ModelRow = z.infer<typeof modelSchema>;

/** An installation under way or waiting for its turn. */
export const installationSchema = z.object({
  id: modelIdSchema,
  phase: z.enum(INSTALL_PHASES),
  /** Bytes while fetching, thousandths otherwise; `total` 0 where it is not known. */
  done: countSchema,
  total: countSchema,
  bytesPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
  stopping: z.boolean(),
});

/** How the last installation of a model ended, since the program was started. */
export const installedEndSchema = z.object({
  id: modelIdSchema,
  outcome: z.enum(['installed', 'stopped', 'failed']),
  /** With `failed`. */
  problem: problemSchema.nullable(),
});

export const installsSchema = z.object({
  installs: z.array(installationSchema),
  ended: z.array(installedEndSchema),
  /** Grows when a list of models would be another. */
  revision: countSchema,
});
export type Installs = z.infer<typeof installsSchema>;

export const modelCheckSchema = z.object({
  sound: z.boolean(),
  /** Names of files. */
  changed: z.array(z.string()),
  missing: z.array(z.string()),
  extra: z.array(z.string()),
  /** Why it did not pass its test, where its files are as they were. */
  problem: z.string().nullable(),
});

export const modelsContract = {
  list: procedure.output(z.array(modelSchema)),
  /** What to ask before an installation: how much is to be fetched, how much room there is and has to be. */
  plan: procedure
    .input(z.strictObject({ id: modelIdSchema }))
    .output(z.object({ downloadBytes: countSchema, neededBytes: countSchema, freeBytes: countSchema })),
  /**
   * Begins to install models, one after the other, or goes on where an installation was stopped. Returns once they are
   * in line; `watch` tells the rest. Licences that have to be accepted were shown and accepted: `acceptLicence`.
   */
  install: procedure
    .input(z.strictObject({ ids: z.array(modelIdSchema).min(1).max(20), acceptLicence: z.boolean() }))
    .output(z.void()),
  /** Stops an installation; what was fetched is kept for the next time. Nothing where none is under way. */
  stop: procedure.input(z.strictObject({ id: modelIdSchema })).output(z.void()),
  /** Looks at every byte of an installed model again, and tests it. */
  verify: procedure.input(z.strictObject({ id: modelIdSchema })).output(modelCheckSchema),
  /** Removes a model, or what a stopped installation has left. */
  remove: procedure.input(z.strictObject({ id: modelIdSchema })).output(z.void()),
  /** What is being installed: now, then at each change (the newest where several came at once). */
  watch: procedure.output(eventIterator(installsSchema)),
};
