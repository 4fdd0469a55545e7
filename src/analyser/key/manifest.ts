import { z } from 'zod';
import { CratewiseError } from '../../shared/errors.ts';
import { KEY_LABELS } from '../../shared/music/key.ts';

/** What `scripts/train-key` writes beside the net; its scores are for people and are not read here. */
const schema = z.object({
  id: z.literal('builtin-key'),
  version: z.string().min(1),
  task: z.literal('key'),
  /** File name of the net, in the same folder. */
  model: z.string().regex(/^[\w.-]+\.onnx$/),
  labels: z.array(z.string()),
  /** Logits are divided by it before the softmax. */
  temperature: z.number().positive(),
});

export type KeyManifest = z.infer<typeof schema>;

/** The key net's manifest can't be used. */
export class KeyModelError extends CratewiseError {
  override readonly name = 'KeyModelError';

  constructor(message: string, options?: ErrorOptions) {
    super('model-damaged', message, options);
  }
}

/**
 * Reads a manifest.
 * @throws KeyModelError where it is not one, or its labels are not `KEY_LABELS` in their order
 */
export function parseKeyManifest(text: string): KeyManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KeyModelError('The key model’s description is not JSON. Reinstall Cratewise.', { cause });
  }
  const { data, error } = schema.safeParse(json);
  if (!data) {
    throw new KeyModelError('The key model’s description is damaged. Reinstall Cratewise.', { cause: error });
  }
  if (data.labels.length !== KEY_LABELS.length || data.labels.some((label, i) => label !== KEY_LABELS[i])) {
    throw new KeyModelError('The key model names other keys than this version does. Reinstall Cratewise.');
  }
  return data;
}
