import { z } from 'zod';
import { CratewiseError } from './errors.ts';

/*
 * A model manifest: what can be fetched and installed, from where, and under which licence. One JSON file each in
 * `models/manifests`. Nothing of a model itself is in it.
 */

/** A manifest that can't be used. */
export class ManifestError extends CratewiseError {
  override readonly name = 'ManifestError';

  constructor(message: string, options?: ErrorOptions) {
    super('bad-manifest', message, options);
  }
}

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
/** Relative, with `/`, never leaving the folder. */
const relativePath = z
  .string()
  .max(300)
  .regex(/^(?!.*(^|\/)\.\.?(\/|$))[\w.-]+(\/[\w.-]+)*$/);
const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));

const fileSchema = z.strictObject({
  path: relativePath,
  /** Where it is at the source, if not at `path`. */
  at: relativePath.optional(),
  /** Bytes of the whole file at the source; null where only the source knows. */
  size: z.int().positive().nullable(),
  /** Of the whole file. At least one of the hashes is there unless `partial` or `unpinned`. */
  sha256: hex(64).optional(),
  /** Git's id of the blob: SHA-1 of `blob <size>\0` and the bytes. */
  gitBlob: hex(40).optional(),
  /**
   * `safetensors`: only the tensors that the recipe asks for are fetched, by byte ranges. Sharded models have
   * `model.safetensors.index.json` beside it.
   */
  partial: z.literal('safetensors').optional(),
  /**
   * No hash of this file is at hand: the commit in its address, and a connection that nobody else can write to, have to
   * do. What is built of it is checked as everything else. It is small, except among experiments.
   */
  unpinned: z.literal(true).optional(),
});

export const manifestSchema = z.strictObject({
  format: z.literal('cratewise-model'),
  formatVersion: z.literal(1),
  id,
  /** Changes when what the installed model computes changes. */
  version: z.string().min(1).max(40),
  name: z.string().min(1).max(200),
  /** One sentence for a user: what it is for. */
  purpose: z.string().min(1).max(500),
  tier: z.enum(['standard', 'musicgen', 'experimental']),
  licence: z.strictObject({
    name: z.string().min(1),
    url: z.url(),
    copyright: z.string().min(1),
    /** The user has to agree before anything is fetched. */
    mustAccept: z.boolean(),
    /** What a user should know: “not for commercial use”. */
    notice: z.string().optional(),
  }),
  source: z.strictObject({
    /** `openai`: the store of its published models, `openaipublic.azureedge.net`, where nothing has a revision. */
    host: z.enum(['github', 'huggingface', 'openai']),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    /** A commit; a branch is not pinned and not accepted. Null where the place has none: only for experiments. */
    revision: hex(40).nullable(),
  }),
  files: z.array(fileSchema).min(1).max(64),
  /** Which of our recipes makes ONNX of the files, see `src/main/models/recipes`. */
  recipe: id,
  /** Bytes to fetch and bytes that it takes up afterwards, about; for the question before an install. */
  downloadBytes: z.int().positive(),
  installedBytes: z.int().positive(),
});

/** Bytes that a file without a hash may have, except among experiments. */
export const MAX_UNPINNED_BYTES = 1024 * 1024;

export type ModelManifest = z.infer<typeof manifestSchema>;
export type ManifestFile = ModelManifest['files'][number];

/**
 * Reads a manifest.
 * @throws ManifestError that says what is wrong
 */
export function parseManifest(text: string): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ManifestError('The model manifest is not JSON.', { cause });
  }
  const { data, error } = manifestSchema.safeParse(json);
  if (!data) {
    const issue = error.issues[0];
    throw new ManifestError(`The model manifest is damaged: ${issue?.path.join('.')}: ${issue?.message}.`, {
      cause: error,
    });
  }
  if (data.source.revision === null && data.tier !== 'experimental') {
    throw new ManifestError(`The model manifest ${data.id} pins no revision.`);
  }
  for (const file of data.files) {
    if (!file.sha256 && !file.gitBlob && !file.partial && !file.unpinned) {
      throw new ManifestError(`The model manifest ${data.id} pins no hash of ${file.path}.`);
    }
  }
  return data;
}
