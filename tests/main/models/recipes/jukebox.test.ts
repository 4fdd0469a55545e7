import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreparedWindow } from '../../../../src/analyser/prepared-window.ts';
import { jukeboxRepresentation } from '../../../../src/analyser/representations/jukebox/index.ts';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import type { BuildContext } from '../../../../src/main/models/recipe.ts';
import { buildJukebox, PRIOR_ONNX, VQVAE_ONNX } from '../../../../src/main/models/recipes/jukebox.ts';
import { patternOf } from '../../../../src/main/models/recipes/jukebox-attention.ts';
import {
  JUKEBOX_1B,
  JUKEBOX_5B,
  type PriorConfig,
  samplesPerCode,
  type VqVaeConfig,
} from '../../../../src/main/models/recipes/jukebox-config.ts';
import { checkpoint } from '../pytorch-sample.ts';
import { madeUp } from './made-up.ts';

interface Golden {
  readonly vqvae: {
    config: VqVaeConfig;
    shapes: Record<string, number[]>;
    codebook: number[];
    codes: number[];
  };
  readonly priors: Record<
    string,
    { config: PriorConfig; shapes: Record<string, number[]>; embedding: number[]; embeddingOf20: number[] }
  >;
}

const golden = JSON.parse(
  await readFile(join(import.meta.dirname, '../../../reference/jukebox.json'), 'utf8'),
) as Golden;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratewise-jukebox-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The signal of tests/reference/jukebox.py. */
const pcm = Float32Array.from(
  { length: 50 * 16 + 3 },
  (_, t) => Math.cos(0.0371 * t * t) * (0.5 + 0.4 * Math.sin(0.02 * t)),
);

/** Made up, but for the codewords, which have to be near what is quantised. */
const dataOf = (name: string, shape: readonly number[]) =>
  name === 'bottleneck.level_blocks.2.k' ? Float32Array.from(golden.vqvae.codebook) : madeUp(name, shape);

const weightsOf = (shapes: Record<string, number[]>, prefix = '') =>
  checkpoint(
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [prefix + name, { shape, data: dataOf(name, shape) }]),
    ),
    ['model'],
  );

function contextFor(output: string): BuildContext {
  return {
    model: 'jukebox-1b',
    file: (path) => join(output, '..', path),
    keep: async () => {},
    output,
    progress: () => {},
    signal: new AbortController().signal,
  };
}

/** Builds a tiny Jukebox of made-up weights; `module.` as in the checkpoints of nets trained on several cards. */
async function build(
  name: string,
  shapes = golden.priors[name]!.shapes,
  prefix = 'module.',
): Promise<string> {
  const at = await mkdtemp(join(folder, name));
  const output = join(at, 'model');
  await mkdir(output);
  await writeFile(join(at, 'vqvae.pth.tar'), weightsOf(golden.vqvae.shapes));
  await writeFile(join(at, 'prior_level_2.pth.tar'), weightsOf(shapes, prefix));
  await buildJukebox({ vqvae: golden.vqvae.config, prior: golden.priors[name]!.config }, contextFor(output));
  return output;
}

const open = (file: string) => InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 3 });

function expectClose(actual: unknown, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(actual).toHaveLength(expected.length);
  for (const [i, x] of expected.entries()) {
    expect(Math.abs((actual as Float32Array)[i]! - x) / scale).toBeLessThan(1e-4);
  }
}

describe.each(['5b', '1b'])('Jukebox at a tiny size, the %s kind', (name) => {
  const { embedding, embeddingOf20, config } = golden.priors[name]!;

  it('hears what OpenAI’s code hears with the same made-up weights', async () => {
    const output = await build(name);
    const encoder = await open(join(output, VQVAE_ONNX));
    const { codes } = await encoder.run({ pcm: new Tensor('float32', pcm, [pcm.length]) });
    expect(Array.from(codes!.data as BigInt64Array, Number)).toEqual(golden.vqvae.codes);

    const prior = await open(join(output, PRIOR_ONNX));
    const heard = async (count: number) => {
      const some = BigInt64Array.from(golden.vqvae.codes.slice(0, count), BigInt);
      const { embedding: vector } = await prior.run({ codes: new Tensor('int64', some, [count]) });
      return vector!.data;
    };
    expectClose(await heard(config.context), embedding);
    const [representation] = jukeboxRepresentation(
      { id: 'tiny', dimension: embedding.length, context: config.context },
      { installed: new Map([['tiny', { id: 'tiny', version: '1', digest: '', folder: output }]]) },
    );
    const window = new PreparedWindow(0, pcm.length / 44_100, new Map([[44_100, pcm]]));
    expectClose(await window.vector(representation!), embedding);
    // Fewer codes give the mean of what these positions say in the longer piece.
    expectClose(await heard(20), embeddingOf20);
  });

  it('is refused where a tensor is missing or has another shape', async () => {
    const { shapes } = golden.priors[name]!;
    const { 'prior.pos_emb.pos_emb': positions, ...others } = shapes;
    await expect(build(name, others)).rejects.toThrow(BadWeightsError);
    await expect(
      build(name, { ...others, 'prior.pos_emb.pos_emb': [positions![0]! - 1, positions![1]!] }),
    ).rejects.toThrow(BadWeightsError);
  });
});

describe('Jukebox at its real size', () => {
  it('has 128 samples a code, and rows that fill its context', () => {
    for (const { vqvae, prior } of [JUKEBOX_1B, JUKEBOX_5B]) {
      expect(samplesPerCode(vqvae)).toBe(128);
      expect(((prior.lyrics?.tokens ?? 0) + prior.context) % prior.blocks).toBe(0);
      expect((prior.width / 4) % prior.heads).toBe(0);
    }
  });

  it('knows the pattern of every layer that it runs', () => {
    const patterns = Array.from({ length: 36 }, (_, layer) => patternOf(12, layer));
    expect(patterns.flatMap((pattern, layer) => (pattern === 'lyrics' ? [layer] : []))).toEqual([15, 31]);
    expect(patternOf(2, 15)).toBe('row');
    expect(() => patternOf(12, 47)).toThrow(RangeError);
  });
});
