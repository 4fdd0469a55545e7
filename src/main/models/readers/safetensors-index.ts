import { z } from 'zod';
import { BadWeightsError } from '../bad-weights.ts';

/** Tensor → the file (beside the index) that holds it. */
export type ShardIndex = ReadonlyMap<string, string>;

/** A model in several files has `model.safetensors.index.json`; this is its last part. */
export const INDEX_SUFFIX = '.safetensors.index.json';

const MAX_INDEX_CHARACTERS = 16 * 1024 * 1024;

const shardName = z.string().regex(/^[\w-][\w.-]{0,200}\.safetensors$/);
const indexSchema = z.object({ weight_map: z.record(z.string().max(1000), shardName) });

/**
 * Reads the index of a model whose tensors are spread over several safetensors files.
 * @throws BadWeightsError where it is damaged or names a file that is not beside it
 */
export function parseShardIndex(text: string): ShardIndex {
  if (text.length > MAX_INDEX_CHARACTERS) throw new BadWeightsError('The index of the weights is too long.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BadWeightsError('The index of the weights is not JSON.', { cause });
  }
  const { data, error } = indexSchema.safeParse(json);
  if (!data) {
    const issue = error.issues[0];
    throw new BadWeightsError(
      `The index of the weights is damaged: ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }
  return new Map(Object.entries(data.weight_map));
}
