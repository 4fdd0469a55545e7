import { z } from 'zod';

/** Name of the file that makes a folder an installed model; it is written last. */
export const INSTALLED_FILE = 'installed.json';

/** What stands in it. */
export const installedSchema = z.strictObject({
  format: z.literal('cratewise-installed'),
  formatVersion: z.literal(1),
  id: z.string(),
  version: z.string(),
  /** Milliseconds since 1970. */
  installedAt: z.number(),
  /** Where the bytes came from: the address, or the folder. */
  source: z.string(),
  /** The licence that was accepted, where it had to be. */
  acceptedLicence: z.string().nullable(),
  /** Every file of the folder but this one. */
  files: z.array(z.strictObject({ path: z.string(), size: z.int(), sha256: z.string() })),
});

/** A model that is installed: fetched, verified, built and checked by its known answer. */
export type InstalledRecord = z.infer<typeof installedSchema>;

/** An installed model and where it is. */
export interface InstalledModel {
  readonly id: string;
  readonly version: string;
  /** Of the names and hashes of its files: tells other weights, or graphs of another build, from these. */
  readonly digest: string;
  /** Absolute path of its folder. */
  readonly folder: string;
}
