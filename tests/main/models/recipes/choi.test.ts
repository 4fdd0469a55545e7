import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PreparedWindow } from '../../../../src/analyser/prepared-window.ts';
import { choi as representations } from '../../../../src/analyser/representations/choi/index.ts';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { buildChoi, choi } from '../../../../src/main/models/recipes/choi.ts';
import { chirp } from '../../../analyser/signals.ts';
import { randomChoi } from './random-weights.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../../reference/choi.json', import.meta.url), 'utf8'),
) as { activations: number[] };
const folder = mkdtempSync(join(tmpdir(), 'cratewise-choi-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('choi', () => {
  it('computes from samples what torch computes with the same weights', async () => {
    writeFileSync(join(folder, 'choi.onnx'), buildChoi(randomChoi));
    const installed = new Map([['choi', { id: 'choi', version: '3', digest: '', folder }]]);
    const [representation] = await representations({ installed });
    expect(representation).toMatchObject({ id: 'choi', version: '3', dimension: 160, sampleRate: 12_000 });
    const window = new PreparedWindow(0, 7.3, new Map([[12_000, chirp(12_000, 7.3)]]));
    const vector = await representation!.compute(window);
    expect(vector).toHaveLength(160);
    const scale = Math.max(...reference.activations.map(Math.abs));
    vector.forEach((value, i) => {
      expect(Math.abs(value - reference.activations[i]!)).toBeLessThan(1e-4 * scale);
    });
  });

  it('is not there when it is not installed', async () => {
    expect(await representations({ installed: new Map() })).toEqual([]);
  });

  it('refuses a file that is no HDF5 file', async () => {
    const path = join(folder, 'weights.hdf5');
    writeFileSync(path, 'not weights');
    const context = {
      model: 'choi',
      file: () => path,
      output: folder,
      keep: async () => undefined,
      progress: () => undefined,
      signal: new AbortController().signal,
    };
    await expect(choi.build(context)).rejects.toThrow(BadWeightsError);
  });
});
