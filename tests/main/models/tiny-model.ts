import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SafetensorsFile } from '../../../src/main/models/readers/safetensors-file.ts';
import type { Recipe } from '../../../src/main/models/recipe.ts';
import { installCalls } from '../../../src/main/models/serve-install.ts';
import type { ModelCheck } from '../../../src/shared/analysis.ts';
import type { ModelManifest } from '../../../src/shared/model-manifest.ts';
import { localHost } from './local-host.ts';
import { safetensors } from './safetensors-sample.ts';

/** Numbers between −1 and 1 that look like nothing, the same every time. */
export function numbers(seed: string, count: number): Float32Array {
  let state = createHash('sha256').update(seed).digest().readUInt32LE() | 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
}

export const WEIGHTS = numbers('weights', 20_000);

const tensor = (name: string, values: Float32Array) => ({
  name,
  dtype: 'F32',
  shape: [values.length],
  bytes: new Uint8Array(values.buffer),
});

/** A checkpoint of which the model needs one tensor. */
export const CHECKPOINT = safetensors([
  tensor('unwanted', numbers('unwanted', 100_000)),
  tensor('weights', WEIGHTS),
]);
export const CONFIG = Buffer.from('{"gain":2}');

/** A model whose “net” is one number times its weights. */
export const tinyRecipe: Recipe = {
  id: 'tiny',
  tensors: (available) => (available.has('weights') ? ['weights'] : []),
  async build({ file, output, keep, progress, signal }) {
    const weights = await SafetensorsFile.open(file('model.safetensors'));
    try {
      weights.tensor('weights', [WEIGHTS.length]);
    } finally {
      await weights.close();
    }
    signal.throwIfAborted();
    progress(0.5);
    await mkdir(join(output, 'data'));
    await keep('model.safetensors', 'data/weights.safetensors');
    await writeFile(join(output, 'tiny.json'), await readFile(file('config.json')));
    progress(1);
  },
};

export const MANIFEST: ModelManifest = {
  format: 'cratewise-model',
  formatVersion: 1,
  id: 'tiny',
  version: '1',
  name: 'Tiny',
  purpose: 'Tests.',
  tier: 'experimental',
  licence: { name: 'CC BY-NC 4.0', url: 'https://example.org/', copyright: 'Nobody', mustAccept: true },
  source: { host: 'huggingface', repository: 'no/body', revision: '0'.repeat(40) },
  files: [
    { path: 'config.json', size: null, unpinned: true },
    { path: 'model.safetensors', size: null, partial: 'safetensors' },
  ],
  recipe: 'tiny',
  downloadBytes: 4 * WEIGHTS.length,
  installedBytes: 4 * WEIGHTS.length,
};

/** What the model of a folder says. Reads its files, as the analyser would. */
export async function tinyAnswer(folder: string): Promise<ModelCheck> {
  const { gain } = JSON.parse(await readFile(join(folder, 'tiny/tiny.json'), 'utf8')) as { gain: number };
  const file = await SafetensorsFile.open(join(folder, 'tiny/data/weights.safetensors'));
  try {
    const weights = await file.floats(file.tensor('weights'));
    const vector = Float32Array.from(weights.subarray(0, 100), (w) => gain * w);
    return { answers: [{ representation: 'tiny', vector }], seconds: 0 };
  } finally {
    await file.close();
  }
}

/** A process host that knows this model; the answer can be spoilt. */
export const tinyHost = (answer: (folder: string) => Promise<ModelCheck> = tinyAnswer) =>
  localHost({
    'main/models/worker': () => ({ ...installCalls([tinyRecipe]) }),
    'analyser/worker': ([, folder = '']) => ({ check: () => answer(folder) }),
  });

/** Writes what comes with the program: the manifest, and the known answer if there is one. */
export async function writeShipped(folder: string, manifest = MANIFEST, known?: unknown): Promise<void> {
  await mkdir(join(folder, 'manifests'), { recursive: true });
  await mkdir(join(folder, 'known-answers'), { recursive: true });
  await writeFile(join(folder, 'manifests', `${manifest.id}.json`), JSON.stringify(manifest));
  if (known) await writeFile(join(folder, 'known-answers', `${manifest.id}.json`), JSON.stringify(known));
}
