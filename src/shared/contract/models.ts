import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { deviceSettingsSchema, PROVIDERS } from '../device.ts';
import { INSTALL_PHASES } from '../model-install.ts';
import { countSchema, momentSchema, problemSchema, taskSchema } from './common.ts';

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

/** A model that is being installed or verified, or waits for its turn. */
export const installationSchema = z.object({
  id: modelIdSchema,
  phase: z.enum(INSTALL_PHASES),
  /** Bytes while fetching, thousandths otherwise; `total` 0 where it is not known. */
  done: countSchema,
  total: countSchema,
  bytesPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
  /** Why nothing comes at the moment, while it is tried again. */
  trouble: z.string().optional(),
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

const providerSchema = z.enum(PROVIDERS);
const precisionSchema = z.enum(['fp32', 'fp16', 'int8']);
const deviceChoiceSchema = z.strictObject({
  device: deviceSettingsSchema.shape.device.unwrap(),
  precision: deviceSettingsSchema.shape.precision.unwrap(),
});

/** What computes, and why that; see `shared/device.ts`. */
export const devicesSchema = z.object({
  /** What the user has set: in force from the next listening on. */
  chosen: deviceChoiceSchema,
  /** Name of the processor, and how many processes and threads of them listen. */
  processor: z.string(),
  processes: countSchema,
  /** What there is beside the processor; `missing`: why it can't be used. */
  others: z.array(
    z.object({ provider: providerSchema, device: z.string().nullable(), missing: z.string().nullable() }),
  ),
  /** Installed small nets: they run on the processor. */
  small: z.array(z.string()),
  /** Installed large nets. */
  large: z.array(
    z.object({
      model: z.string(),
      /** Where it ran when it was last listened with; null before. */
      last: z
        .object({
          at: momentSchema,
          provider: providerSchema,
          device: z.string(),
          precision: precisionSchema,
          batch: countSchema,
          reason: z.string(),
        })
        .nullable(),
      /** Everything that may be tried with the choice that is set, best first, and what is known of it. */
      prospects: z.array(
        z.object({
          provider: providerSchema,
          device: z.string(),
          precision: precisionSchema,
          accepted: z.boolean(),
          tried: z.boolean(),
          reason: z.string(),
        }),
      ),
    }),
  ),
});
export type Devices = z.infer<typeof devicesSchema>;

/** `auto`, `built-in`, `standard`, or the id of a large model. */
export const tierChoiceSchema = z.union([z.enum(['auto', 'built-in', 'standard']), modelIdSchema]);

/** What tracks are listened to with. */
export const tiersSchema = z.object({
  chosen: tierChoiceSchema,
  choices: z.array(
    z.object({
      tier: tierChoiceSchema,
      /** Whether it can be chosen now: what it needs is installed. */
      installed: z.boolean(),
      /** What predicts then; ids as predictions name them. */
      predictors: z.array(z.object({ id: z.string(), task: taskSchema, tier: z.string() })),
    }),
  ),
});
export type Tiers = z.infer<typeof tiersSchema>;

export const modelsContract = {
  list: procedure.output(z.array(modelSchema)),
  /** What to ask before an installation: how much is to be fetched, how much room there is and has to be. */
  plan: procedure
    .input(z.strictObject({ id: modelIdSchema }))
    .output(z.object({ downloadBytes: countSchema, neededBytes: countSchema, freeBytes: countSchema })),
  /** Whether the place that a model comes from answers now. Asks it for one byte. */
  reach: procedure
    .input(z.strictObject({ id: modelIdSchema }))
    .output(z.object({ name: z.string(), problem: z.string().nullable() })),
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
  /** What computes, and why that. Asks the system, which takes a moment. */
  devices: procedure.output(devicesSchema),
  /** Sets where large models are to run. */
  setDevice: procedure.input(deviceChoiceSchema).output(devicesSchema),
  /** What tracks are listened to with, and what else there is. */
  tiers: procedure.output(tiersSchema),
  /** How many tracks would be listened to with a tier, by what takes its own time. */
  due: procedure
    .input(z.strictObject({ tier: tierChoiceSchema }))
    .output(z.array(z.object({ tier: z.string(), tracks: countSchema }))),
  /** Sets what tracks are listened to with from now on. Refused with `tier-not-installed`. */
  setTier: procedure.input(z.strictObject({ tier: tierChoiceSchema })).output(tiersSchema),
  /** What is being installed: now, then at each change (the newest where several came at once). */
  watch: procedure.output(eventIterator(installsSchema)),
};
