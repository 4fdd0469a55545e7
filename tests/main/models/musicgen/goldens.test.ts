import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largeNetOpener } from '../../../../src/analyser/onnx/session.ts';
import { decodersOf } from '../../../../src/analyser/representations/musicgen/candidates.ts';
import { MusicgenNet } from '../../../../src/analyser/representations/musicgen/net.ts';
import { floating } from '../../../../src/main/models/musicgen/arithmetic.ts';
import { Checkpoint } from '../../../../src/main/models/musicgen/checkpoint.ts';
import { parseConfig } from '../../../../src/main/models/musicgen/config.ts';
import { decoderGraph } from '../../../../src/main/models/musicgen/decoder-graph.ts';
import { sinusoidalPositions } from '../../../../src/main/models/musicgen/positions.ts';
import { WeightsFile } from '../../../../src/main/models/musicgen/weights-file.ts';
import { SafetensorsFile } from '../../../../src/main/models/readers/safetensors-file.ts';
import { musicgenAllLayers } from '../../../../src/main/models/recipes/musicgen.ts';
import { checkpointOf, clip, floats, golden, tokens } from './checkpoint.ts';
import { codesTensor, compare, type Installed, install } from './installed.ts';

/** Writes a graph that gives the hidden states themselves, and answers its file name. */
async function addSequences(
  installed: Installed,
  config: unknown,
  attention: 'chunked' | 'fused',
): Promise<string> {
  const { decoder } = parseConfig(JSON.stringify(config));
  const { maximumFrames } = installed.model.audio;
  const weights = await SafetensorsFile.open(join(installed.output, 'model.safetensors'));
  const file = await WeightsFile.create(join(installed.output, `positions-${attention}.bin`));
  const table = sinusoidalPositions(maximumFrames + decoder.codebooks, decoder.hidden);
  const graph = decoderGraph(decoder, {
    depth: decoder.layers,
    arithmetic: (builder) => floating(builder, new Checkpoint(weights, 'model.safetensors'), 'float32'),
    attention,
    positions: await file.append(table),
    maximumFrames,
    output: 'sequences',
  });
  await file.close();
  await weights.close();
  await writeFile(join(installed.output, `sequences-${attention}.onnx`), graph);
  return `sequences-${attention}.onnx`;
}

describe.each(['plain', 'varied'] as const)('the graphs of the %s checkpoint', (name) => {
  const model = golden.models[name];
  let installed: Installed;
  let sequences: string;

  beforeAll(async () => {
    installed = await install(musicgenAllLayers, {
      'config.json': JSON.stringify(model.config),
      'model.safetensors': checkpointOf(model),
    });
    sequences = await addSequences(installed, model.config, 'chunked');
  });
  afterAll(() => installed.remove());

  const hiddenStates = async (codes: Tensor, graph = sequences): Promise<Tensor> =>
    (await (await installed.session(graph)).run({ codes })).sequences as Tensor;

  const expectClose = (ours: Float32Array, theirs: Float32Array, error: number, cosine: number) => {
    const { hidden } = installed.model.network;
    expect(ours.length).toBe(theirs.length);
    for (let at = 0; at < theirs.length; at += hidden) {
      const distance = compare(ours.subarray(at, at + hidden), theirs.subarray(at, at + hidden));
      expect(distance.error).toBeLessThanOrEqual(error);
      expect(distance.cosine).toBeGreaterThanOrEqual(cosine);
    }
  };

  describe.each(model.clips)('with $samples samples', ({ samples, frames, codes, means }) => {
    it('gives the codes of transformers, as a whole and in pieces', async () => {
      const whole = await installed.features(clip(samples));
      expect(whole.dims[2]).toBe(frames);
      const pieces = await installed.featuresInPieces(clip(samples));
      expect(pieces.data).toEqual(whole.data);
      const ours = await installed.codes(pieces);
      expect(Uint16Array.from(ours.data as BigInt64Array, Number)).toEqual(tokens(codes));
      const rounded = await installed.codes(pieces, installed.model.codec.codesInt8);
      const same = tokens(codes).filter((code, i) => Number(rounded.data[i]) === code);
      expect(same.length / ours.size).toBeGreaterThan(0.9);
    });

    it('gives the same features from within a window, in the form for x64 processors', async () => {
      const { hop } = installed.model.audio;
      const { channels, haloFrames } = installed.model.codec.features;
      const window = clip(Math.floor(samples / hop) * hop);
      if (window.length < 20 * hop) return;
      const whole = await installed.features(window);
      const session = await installed.session(installed.model.codec.innerFeatures!.file);
      const [first, last] = [5, 17];
      const piece = window.subarray(first * hop, last * hop);
      const audio = new Tensor('float32', piece, [1, 1, 1, piece.length]);
      const inner = (await session.run({ audio })).features as Tensor;
      expect(inner.dims).toEqual([1, channels, 1, last - first]);
      const frame = ({ data, dims }: Tensor, at: number) =>
        Float32Array.from({ length: channels }, (_, c) => Number(data[c * dims.at(-1)! + at]));
      for (let at = first + haloFrames; at < last - haloFrames; at++) {
        expect(compare(frame(inner, at - first), frame(whole, at)).error).toBeLessThan(1e-5);
      }
    });

    it('is heard by the analyser as by transformers', async () => {
      const { model, output } = installed;
      const depth = model.defaultState;
      const decoders = decodersOf(model, 'cpu', 'fp32');
      const open = largeNetOpener(2);
      const net = new MusicgenNet({ model, folder: output, provider: 'cpu', decoders, open, threads: 2 });
      const [heard] = await net.run([{ samples: clip(samples), depth }]);
      await net.close();
      const ours = Float32Array.from(heard!.flatMap((state) => [...state]));
      expectClose(ours, floats(means).subarray(0, ours.length), 1e-5, 0.999999);
    });

    it('gives the mean hidden states of transformers, for every layer', async () => {
      const { layers, codebooks } = installed.model.network;
      const input = codesTensor(tokens(codes), codebooks);
      for (const depth of new Set([installed.model.defaultState, layers])) {
        const theirs = floats(means).subarray(0, (depth + 1) * installed.model.network.hidden);
        const exact = installed.model.decoders.filter((d) => d.precision === 'fp32' && d.depth === depth);
        for (const decoder of exact) {
          expectClose(await installed.states(decoder, input), theirs, 1e-5, 0.999999);
        }
        expect(exact.length).toBe(depth === layers ? 1 : 2);
        expectClose(await installed.states(installed.decoder('fp16', depth), input), theirs, 2e-3, 0.99999);
        // Channels are few here, so that one rounding weighs more than at full size.
        expectClose(await installed.states(installed.decoder('int8', depth), input), theirs, 0.03, 0.9995);
      }
    });
  });

  it('gives the hidden states of transformers, for every layer and position', async () => {
    const { codes, frames, states } = model.clips[0]!;
    const { layers, codebooks, hidden } = installed.model.network;
    const ours = await hiddenStates(codesTensor(tokens(codes), codebooks));
    expect(ours.dims).toEqual([1, layers + 1, frames + codebooks, hidden]);
    expectClose(ours.data as Float32Array, floats(states!), 1e-5, 0.999999);
  });

  it('gives them with fused attention, too, which is for CUDA but runs in float32 anywhere', async () => {
    const { codes, states } = model.clips[0]!;
    const fused = await addSequences(installed, model.config, 'fused');
    const ours = await hiddenStates(codesTensor(tokens(codes), installed.model.network.codebooks), fused);
    expectClose(ours.data as Float32Array, floats(states!), 1e-5, 0.999999);
  });

  it('may leave out cross-attention, which adds nothing where there is no text', () => {
    // Asserted on the whole model of transformers; its goldens above have cross-attention in them.
    const { largestUnconditional, statesWithout, largestWithText, statesWithText } = model.crossAttention;
    expect(largestUnconditional).toBe(0);
    expect(statesWithout).toBe(0);
    // The same look at a text shows that it would have seen something.
    expect(largestWithText).toBeGreaterThan(1);
    expect(statesWithText).toBeGreaterThan(1);
  });

  it('gives a window of any length the states of the beginning of a longer one', async () => {
    const { codebooks, hidden, layers } = installed.model.network;
    const longer = tokens(model.clips[1]!.codes);
    const length = longer.length / codebooks;
    const all = await hiddenStates(codesTensor(longer, codebooks));
    const shortest = installed.model.audio.minimumFrames;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: shortest, max: length - 1 }), async (frames) => {
        const begin = Array.from({ length: codebooks }, (_, k) => [
          ...longer.subarray(k * length, k * length + frames),
        ]);
        const part = await hiddenStates(codesTensor(Uint16Array.from(begin.flat()), codebooks));
        for (let state = 0; state <= layers; state++) {
          // Up to the position where the first codebook ends; behind it are the others' rests.
          const same = (frames + 1) * hidden;
          const ours = state * (frames + codebooks) * hidden;
          const theirs = state * (length + codebooks) * hidden;
          expectClose(
            (part.data as Float32Array).subarray(ours, ours + same),
            (all.data as Float32Array).subarray(theirs, theirs + same),
            1e-5,
            0.999999,
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('hears several windows at once as it hears each', async () => {
    const { channels } = installed.model.codec.features;
    const length = 20 * installed.model.audio.hop;
    const long = clip(3 * length);
    const windows = [0, 1, 2].map((i) => long.subarray(i * length, (i + 1) * length));
    const session = await installed.session(installed.model.codec.features.file);
    const audio = new Tensor('float32', long, [3, 1, length]);
    const features = (await session.run({ audio })).features as Tensor;
    expect(features.dims).toEqual([3, channels, 20]);
    const codes = await installed.codes(features);
    const decoder = installed.decoder('fp32', installed.model.defaultState);
    const states = await installed.states(decoder, codes);
    const alone = [];
    for (const window of windows) {
      alone.push(
        ...(await installed.states(decoder, await installed.codes(await installed.features(window)))),
      );
    }
    expectClose(states, Float32Array.from(alone), 1e-5, 0.999999);
  });

  it.each(['silence', 'full scale', 'a single click'])('has finite states for %s', async (kind) => {
    const { hop, minimumFrames } = installed.model.audio;
    const window = new Float32Array((minimumFrames + 3) * hop + 1);
    if (kind === 'full scale') window.set(window.map((_, i) => (i % 2 ? 1 : -1)));
    if (kind === 'a single click') window[hop] = 1;
    const codes = await installed.codes(await installed.features(window));
    const states = await installed.states(installed.decoder('fp32', installed.model.defaultState), codes);
    expect(states.every(Number.isFinite)).toBe(true);
  });
});
