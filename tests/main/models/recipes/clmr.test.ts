import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreparedWindow } from '../../../../src/analyser/prepared-window.ts';
import { clmr as representations } from '../../../../src/analyser/representations/clmr/index.ts';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import type { GraphProto, ModelProto } from '../../../../src/main/models/onnx/proto.ts';
import { readModel } from '../../../../src/main/models/onnx/read.ts';
import { clmr, cutClmr } from '../../../../src/main/models/recipes/clmr.ts';
import { chirp } from '../../../analyser/signals.ts';
import { randomClmr } from './random-clmr.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../../reference/clmr.json', import.meta.url), 'utf8'),
) as number[];
const folder = mkdtempSync(join(tmpdir(), 'cratewise-clmr-'));
afterAll(() => rmSync(folder, { recursive: true }));

const build = (path: string) =>
  clmr.build({
    model: 'clmr',
    file: () => path,
    output: folder,
    keep: async () => undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
  });

describe('clmr', () => {
  let model: ModelProto;
  beforeAll(async () => {
    const bytes = randomClmr();
    model = readModel(bytes);
    writeFileSync(join(folder, 'published.onnx'), bytes);
    await build(join(folder, 'published.onnx'));
  });

  it('gives what the last layer gets, as torch computes it, the mean over whole segments', async () => {
    const installed = new Map([['clmr', { id: 'clmr', version: '4', digest: '', folder }]]);
    const [representation] = await representations({ installed });
    expect(representation).toMatchObject({ id: 'clmr', version: '4', dimension: 512, sampleRate: 22_050 });
    // Two segments and a remainder.
    const window = new PreparedWindow(0, 6, new Map([[22_050, chirp(22_050, 6)]]));
    const vector = await representation!.compute(window);
    expect(vector).toHaveLength(512);
    const scale = Math.max(...reference);
    vector.forEach((value, i) => {
      expect(Math.abs(value - reference[i]!)).toBeLessThan(1e-4 * scale);
    });
  });

  it('is not there when it is not installed', async () => {
    expect(await representations({ installed: new Map() })).toEqual([]);
  });

  it('refuses what is not SampleCNN, by what is wrong with it', async () => {
    const { graph } = model;
    const refusal = (changes: Partial<GraphProto>, more: Partial<ModelProto> = {}) => {
      try {
        cutClmr({ ...model, ...more, graph: { ...graph, ...changes } });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(BadWeightsError);
        return (thrown as BadWeightsError).message;
      }
      return undefined;
    };
    expect(refusal({})).toBeUndefined();
    const loop = { ...graph.node[0]!, opType: 'Loop' };
    expect(refusal({ node: [loop, ...graph.node] })).toContain('Loop');
    const foreign = { ...graph.node[0]!, domain: 'com.example' };
    expect(refusal({ node: [foreign, ...graph.node.slice(1)] })).toContain('no part of it');
    expect(refusal({}, { opsetImport: [{ domain: 'com.example', version: 9 }] })).toContain('standard');
    expect(refusal({}, { opsetImport: [{ domain: '', version: 99 }] })).toContain('opset 99');
    expect(refusal({ initializer: graph.initializer.slice(1) })).toContain('other convolutions');
    expect(refusal({ input: [{ ...graph.input[0]!, name: 'x' }] })).toContain('another input');
    expect(refusal({ input: [] })).toContain('another input');
    expect(refusal({ node: graph.node.slice(0, -1) })).toContain('not one output');
    expect(refusal({ output: [{ ...graph.output[0]!, name: graph.node.at(-2)!.output[0]! }] })).toContain(
      'linear layer',
    );
    const wide = {
      ...graph.input[0]!,
      type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 7 }] } } },
    };
    expect(refusal({ input: [wide] })).toContain('[7] instead of [1,1,59049]');
    writeFileSync(join(folder, 'page.html'), '<html>not found</html>');
    await expect(build(join(folder, 'page.html'))).rejects.toThrow(BadWeightsError);
  });
});
