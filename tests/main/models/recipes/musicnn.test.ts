import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelLoadError } from '../../../../src/analyser/onnx/session.ts';
import { PreparedWindow } from '../../../../src/analyser/prepared-window.ts';
import { musicnn as representations } from '../../../../src/analyser/representations/musicnn/index.ts';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { buildMusicnn, buildTimbral, musicnn } from '../../../../src/main/models/recipes/musicnn.ts';
import { chirp } from '../../../analyser/signals.ts';
import { randomMusicnn } from './random-weights.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../../reference/musicnn.json', import.meta.url), 'utf8'),
) as { penultimate: number[]; tags: number[] };
const folder = mkdtempSync(join(tmpdir(), 'cratewise-musicnn-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string) => randomMusicnn.float32(`batch_normalization/${name}`, [1])[0]!;

describe('musicnn', () => {
  beforeAll(() => {
    const scale = read('gamma') / Math.sqrt(read('moving_variance') + 1e-3);
    const offset = read('beta') - read('moving_mean') * scale;
    writeFileSync(join(folder, 'input.json'), JSON.stringify({ scale, offset }));
    writeFileSync(join(folder, 'timbral.onnx'), buildTimbral(randomMusicnn));
    writeFileSync(join(folder, 'musicnn.onnx'), buildMusicnn(randomMusicnn));
  });

  it('computes from samples what torch computes with the same weights, patch by patch', async () => {
    const installed = new Map([['musicnn', { id: 'musicnn', version: '2', digest: '', folder }]]);
    const made = await representations({ installed });
    expect(made).toMatchObject([
      { id: 'musicnn', version: '2', dimension: 200, sampleRate: 16_000 },
      { id: 'musicnn-tags', version: '2', dimension: 50, sampleRate: 16_000 },
    ]);
    const window = new PreparedWindow(0, 5.3, new Map([[16_000, chirp(16_000, 5.3)]]));
    for (const [i, expected] of [reference.penultimate, reference.tags].entries()) {
      const vector = await made[i]!.compute(window);
      expect(vector).toHaveLength(expected.length);
      vector.forEach((value, at) => {
        expect(Math.abs(value - expected[at]!)).toBeLessThan(2e-4);
      });
    }
  });

  it('is not there when it is not installed, and says so when it is damaged', async () => {
    expect(await representations({ installed: new Map() })).toEqual([]);
    const damaged = new Map([
      ['musicnn', { id: 'musicnn', version: '1', digest: '', folder: join(folder, 'nowhere') }],
    ]);
    const [first] = await representations({ installed: damaged });
    const window = new PreparedWindow(0, 3, new Map([[16_000, chirp(16_000, 3)]]));
    await expect(first!.compute(window)).rejects.toThrow(ModelLoadError);
  });

  it('refuses files that are no checkpoint, and variances below zero', async () => {
    const path = join(folder, 'not-a-checkpoint');
    writeFileSync(path, 'x'.repeat(100));
    const context = {
      model: 'musicnn',
      file: () => path,
      output: folder,
      keep: async () => undefined,
      progress: () => undefined,
      signal: new AbortController().signal,
    };
    await expect(musicnn.build(context)).rejects.toThrow(BadWeightsError);
    const negative = {
      float32: (name: string, shape: readonly number[]) =>
        randomMusicnn
          .float32(name, shape)
          .map((value) => (name.endsWith('moving_variance') ? -value : value)),
    };
    expect(() => buildTimbral(negative)).toThrow(BadWeightsError);
  });
});
