import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CratewiseError } from '../../../shared/errors.ts';
import { PyTorchFile } from '../readers/pytorch.ts';
import type { BuildContext, Recipe } from '../recipe.ts';
import { JUKEBOX_1B, JUKEBOX_5B, type JukeboxConfig, samplesPerCode } from './jukebox-config.ts';
import { type CopyTensor, jukeboxPrior } from './jukebox-prior.ts';
import { vqvaeEncoder } from './jukebox-vqvae.ts';

export const VQVAE_FILE = 'vqvae.pth.tar';
export const PRIOR_FILE = 'prior_level_2.pth.tar';
export const VQVAE_ONNX = 'vqvae.onnx';
export const PRIOR_ONNX = 'prior.onnx';
const PRIOR_DATA = 'prior.bin';

const CONFIGS: Readonly<Record<string, JukeboxConfig>> = {
  'jukebox-1b': JUKEBOX_1B,
  'jukebox-5b': JUKEBOX_5B,
};

/** Bytes that are copied at once, and on which tensors are aligned. */
const CHUNK = 8 * 1024 * 1024;
const ALIGNMENT = 64;

/** Builds Jukebox's VQ-VAE encoder and the first half of its top prior; see `buildJukebox`. */
export const jukebox: Recipe = {
  id: 'jukebox',
  build(context: BuildContext): Promise<void> {
    const config = CONFIGS[context.model];
    if (!config) throw new CratewiseError('unknown-model', `No Jukebox is called ${context.model}.`);
    return buildJukebox(config, context);
  },
};

/**
 * Writes `vqvae.onnx` (samples → codes) and `prior.onnx` with `prior.bin` (codes → embedding). Weights are copied in
 * the precision that they are published in: half floats are made single ones as they are loaded.
 * @throws BadWeightsError where the checkpoints are not those of this configuration
 */
export async function buildJukebox(config: JukeboxConfig, context: BuildContext): Promise<void> {
  const { vqvae, prior } = config;
  const encoder = await PyTorchFile.open(context.file(VQVAE_FILE), ['model']);
  try {
    await writeFile(join(context.output, VQVAE_ONNX), await vqvaeEncoder(encoder, prefixOf(encoder), vqvae));
  } finally {
    await encoder.close();
  }
  const weights = await PyTorchFile.open(context.file(PRIOR_FILE), ['model']);
  const data = await open(join(context.output, PRIOR_DATA), 'wx');
  try {
    let end = 0;
    const copy: CopyTensor = async (name, shape) => {
      const { type, start, length } = weights.place(name, shape);
      const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      for (let done = 0; done < length; done += CHUNK) {
        context.signal.throwIfAborted();
        const bytes = await weights.bytes(start + done, Math.min(CHUNK, length - done));
        await data.write(bytes, 0, bytes.length, offset + done);
      }
      end = offset + length;
      return { type, at: { location: PRIOR_DATA, offset, length } };
    };
    const onLayer = (layer: number) => context.progress((layer + 1) / prior.layers);
    const model = await jukeboxPrior(
      weights,
      prefixOf(weights),
      prior,
      samplesPerCode(vqvae),
      vqvae.bins,
      copy,
      onLayer,
    );
    await writeFile(join(context.output, PRIOR_ONNX), model);
  } finally {
    await data.close();
    await weights.close();
  }
}

/** What names begin with where a net was trained on several cards. */
const prefixOf = (weights: PyTorchFile): string =>
  weights.names().some((name) => name.startsWith('module.')) ? 'module.' : '';
