import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreparedWindow } from '../../../../src/analyser/prepared-window.ts';
import { keynetRepresentations } from '../../../../src/analyser/representations/keynet/index.ts';
import type { Representation } from '../../../../src/analyser/representations/representation.ts';
import { skeyRepresentations } from '../../../../src/analyser/representations/skey/index.ts';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import type { Recipe } from '../../../../src/main/models/recipe.ts';
import { keynet } from '../../../../src/main/models/recipes/keynet.ts';
import { skey } from '../../../../src/main/models/recipes/skey.ts';
import { KEY_LABELS } from '../../../../src/shared/music/key.ts';
import { checkpoint } from '../pytorch-sample.ts';
import { keySignals } from './key-signals.ts';
import { madeUp } from './made-up.ts';

interface Golden {
  readonly shapes: Record<string, number[]>;
  readonly logits: number[];
  readonly embedding: number[];
}

const reference = join(import.meta.dirname, '../../../reference');
const shared = join(import.meta.dirname, '../../../../../shared/models');
const NETS = [
  { recipe: skey, make: skeyRepresentations, at: ['stone'], real: join(shared, 'skey/skey.pt') },
  { recipe: keynet, make: keynetRepresentations, at: [], real: join(shared, 'keynet/keynet.pt') },
] as const;

let folder = '';
let goldens: Record<string, Golden> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratewise-key-nets-'));
  goldens = JSON.parse(await readFile(join(reference, 'keynets.json'), 'utf8')) as Record<string, Golden>;
});
afterAll(() => rm(folder, { recursive: true }));

/** Builds a net from a file into a folder of installed models and makes its two representations. */
async function install({ recipe, make }: (typeof NETS)[number], weights: string, name: string) {
  const output = join(folder, name);
  await mkdir(output);
  await build(recipe, weights, output);
  const model = { id: recipe.id, version: '1', digest: '', folder: output };
  return make({ installed: new Map([[recipe.id, model]]) });
}

const build = (recipe: Recipe, weights: string, output: string) =>
  recipe.build({
    model: recipe.id,
    file: () => weights,
    keep: async () => {},
    output,
    progress: () => {},
    signal: new AbortController().signal,
  });

function hear(representation: Representation, signal: 'db-major' | 'e-minor') {
  const rate = representation.sampleRate;
  const pcm = keySignals(rate)[signal]!;
  return new PreparedWindow(0, pcm.length / rate, new Map([[rate, pcm]])).vector(representation);
}

async function weightsFile(
  shapes: Record<string, number[]>,
  at: readonly string[],
  name: string,
): Promise<string> {
  const tensors = Object.entries(shapes).map(([key, shape]) => [key, { shape, data: madeUp(key, shape) }]);
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, checkpoint(Object.fromEntries(tensors), at));
  return path;
}

describe.each(NETS)('$recipe.id', (net) => {
  const { id } = net.recipe;

  it('answers as the authors’ code does with the same made-up weights', async () => {
    const { shapes, logits, embedding } = goldens[id]!;
    const made = await install(net, await weightsFile(shapes, net.at, `${id}.pt`), id);
    expect(made.map((representation) => representation.id)).toEqual([id, `${id}-embedding`]);
    const [distribution, layer] = await Promise.all(
      made.map((representation) => hear(representation, 'e-minor')),
    );
    const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    const scale = Math.max(...logits.map(Math.abs));
    for (const [i, x] of logits.entries()) {
      expect(Math.abs(distribution![i]! - (x - total)) / scale).toBeLessThan(1e-4);
    }
    expect(layer).toHaveLength(embedding.length);
    const largest = Math.max(...embedding.map(Math.abs));
    for (const [i, x] of embedding.entries()) {
      expect(Math.abs(layer![i]! - x) / largest).toBeLessThan(1e-4);
    }
  });

  it('is refused where a tensor is missing or has another shape', async () => {
    const { shapes } = goldens[id]!;
    const [name] = Object.keys(shapes).filter((key) => key.endsWith('conv.weight'));
    const { [name!]: shape, ...others } = shapes;
    await mkdir(join(folder, `${id}-refused`));
    const refused = async (changed: Record<string, number[]>, file: string) => {
      const path = await weightsFile(changed, net.at, `${id}-${file}.pt`);
      return build(net.recipe, path, join(folder, `${id}-refused`)).catch((error: unknown) => error);
    };
    expect(await refused(others, 'missing')).toBeInstanceOf(BadWeightsError);
    expect(await refused({ ...others, [name!]: [1, ...shape!.slice(1)] }, 'shape')).toBeInstanceOf(
      BadWeightsError,
    );
  });

  it('is none where it is not installed', async () => {
    expect(await net.make({ installed: new Map() })).toEqual([]);
  });

  it.skipIf(!existsSync(net.real))(
    'hears the key of two cadences with the real weights of ../shared',
    async () => {
      const [distribution] = await install(net, net.real, `${id}-real`);
      const db = await hear(distribution!, 'db-major');
      const e = await hear(distribution!, 'e-minor');
      expect(KEY_LABELS[db.indexOf(Math.max(...db))]).toBe('Db major');
      expect(KEY_LABELS[e.indexOf(Math.max(...e))]).toBe('E minor');
      // What tests/reference/skey_reference.py and keynet_reference.py print of these signals.
      const expected = { skey: [0.87896, 0.9243507], keynet: [0.6863343, 0.7771144] }[id]!;
      expect(Math.exp(db[1]!)).toBeCloseTo(expected[0]!, 4);
      expect(Math.exp(e[16]!)).toBeCloseTo(expected[1]!, 4);
    },
  );
});
