import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { musicgen, musicgenAllLayers } from '../../../../src/main/models/recipes/musicgen.ts';
import { checkpointOf, clip, golden } from './checkpoint.ts';
import { type Installed, install } from './installed.ts';

const model = golden.models.plain;
const files = () => ({
  'config.json': JSON.stringify(model.config),
  'model.safetensors': checkpointOf(model),
});

describe('the recipe', () => {
  let installed: Installed | undefined;
  afterEach(async () => {
    await installed?.remove();
    installed = undefined;
  });

  it('describes what it made, down to the last file', async () => {
    const fractions: number[] = [];
    installed = await install(musicgen, files(), { progress: (fraction) => fractions.push(fraction) });
    const { audio, network, codec, decoders, defaultState } = installed.model;
    expect(audio).toEqual({ sampleRate: 3000, hop: 60, maximumFrames: 1500, minimumFrames: 4 });
    expect(network.layers).toBe(3);
    expect(defaultState).toBe(2);
    expect(decoders.map(({ precision, operators, depth }) => `${precision} ${operators} ${depth}`)).toEqual([
      'fp32 standard 2',
      'fp32 ort-x64 2',
      'int8 ort-cpu 2',
      'fp16 standard 2',
      'fp16 ort-cuda 2',
    ]);
    const { features, innerFeatures, codes, codesInt8 } = codec;
    const named = [features, innerFeatures!, codes, codesInt8!, ...decoders].flatMap(({ file, data }) => [
      file,
      ...data,
    ]);
    const there = (await readdir(installed.output)).sort();
    expect(there).toEqual([...new Set([...named, 'musicgen.json'])].sort());
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.length).toBeGreaterThan(10);
  });

  it('keeps the weights themselves, not a copy', async () => {
    installed = await install(musicgenAllLayers, files());
    const kept = await stat(join(installed.output, 'model.safetensors'));
    expect(kept.nlink).toBe(2);
    expect(installed.model.decoders.map(({ depth }) => depth)).toEqual([2, 3, 2, 2, 3, 2, 3, 2, 3]);
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    let calls = 0;
    const progress = () => {
      if (++calls === 3) stop.abort(new Error('enough'));
    };
    await expect(install(musicgen, files(), { progress, signal: stop.signal })).rejects.toThrow('enough');
    expect(calls).toBe(3);
  });

  it('refuses a checkpoint that does not fit its config', async () => {
    const config = { ...model.config, decoder: { ...model.config.decoder, ffn_dim: 128 } };
    const refused = install(musicgen, { ...files(), 'config.json': JSON.stringify(config) });
    await expect(refused).rejects.toThrow(BadWeightsError);
    await expect(refused).rejects.toThrow('fc1.weight');
  });

  it('refuses more layers in the config than in the weights', async () => {
    const config = { ...model.config, decoder: { ...model.config.decoder, num_hidden_layers: 100 } };
    await expect(install(musicgen, { ...files(), 'config.json': JSON.stringify(config) })).rejects.toThrow(
      'layers.3.',
    );
  });

  it('hears the same with the same numbers in half as many bytes', async () => {
    const half = (values: Float32Array) => new Float16Array(values);
    const checkpoints = [
      checkpointOf(model, 'F16', half),
      checkpointOf(model, 'F32', (values) => new Float32Array(half(values))),
    ];
    const heard = [];
    for (const weights of checkpoints) {
      installed = await install(musicgenAllLayers, { ...files(), 'model.safetensors': weights });
      const codes = await installed.codes(await installed.features(clip(1847)));
      const precisions = ['fp32', 'fp16', 'int8'] as const;
      const states = [];
      for (const precision of precisions) {
        states.push(await installed.states(installed.decoder(precision, 3), codes));
      }
      heard.push({ codes: codes.data, states });
      await installed.remove();
      installed = undefined;
    }
    expect(checkpoints[0]!.length).toBeLessThan(0.6 * checkpoints[1]!.length);
    expect(heard[0]).toEqual(heard[1]);
  });

  it('refuses weights in bfloat16', async () => {
    const refused = checkpointOf(model, 'BF16', (values) => new Uint16Array(values.length));
    await expect(install(musicgen, { ...files(), 'model.safetensors': refused })).rejects.toThrow('BF16');
  });

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['no safetensors file', () => Buffer.from('PK\u0003\u0004 something else entirely')],
  ])('refuses weights that are %s', async (_, damage) => {
    const refused = install(musicgen, { ...files(), 'model.safetensors': damage(checkpointOf(model)) });
    await expect(refused).rejects.toThrow(BadWeightsError);
  });

  it('refuses a config of absurd length without reading it', async () => {
    const long = ' '.repeat(2 * 1024 * 1024);
    await expect(install(musicgen, { ...files(), 'config.json': long })).rejects.toThrow("can't be");
  });
});
