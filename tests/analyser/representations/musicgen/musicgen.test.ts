import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analyser } from '../../../../src/analyser/analyser.ts';
import { synthesisedClip } from '../../../../src/analyser/onnx/clip.ts';
import { largeNetOpener } from '../../../../src/analyser/onnx/session.ts';
import { cosine } from '../../../../src/analyser/onnx/similarity.ts';
import { PreparedWindow } from '../../../../src/analyser/prepared-window.ts';
import type { Machine } from '../../../../src/analyser/representations/musicgen/candidates.ts';
import { MusicgenHost } from '../../../../src/analyser/representations/musicgen/host.ts';
import {
  musicgen,
  musicgenRepresentations,
} from '../../../../src/analyser/representations/musicgen/index.ts';
import { type MusicgenInput, MusicgenNet } from '../../../../src/analyser/representations/musicgen/net.ts';
import type { Representation } from '../../../../src/analyser/representations/representation.ts';
import type { ProbeProblem } from '../../../../src/shared/analysis.ts';
import { planPieces } from '../../../../src/shared/musicgen-model.ts';
import { wav } from '../../signals.ts';
import { LAYERS, writeTinyModel } from './tiny-model.ts';

const RATE = 32_000;
let folder = '';
let tiny: ReturnType<typeof writeTinyModel>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-musicgen-'));
  tiny = writeTinyModel(join(folder, 'models'), 'musicgen-tiny');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const halfMinute = synthesisedClip(RATE, 30);
const music = (seconds: number) => halfMinute.slice(0, Math.round(seconds * RATE));

const processorOnly: Machine = { processor: { name: 'CPU', driver: '' }, others: [], runtime: '1' };

const noise = (samples: number) => {
  let state = 1;
  return Float32Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 31 - 1;
  });
};

const windowOf = (samples: Float32Array, wanted: readonly string[] = []) =>
  new PreparedWindow(0, samples.length / RATE, new Map([[RATE, samples]]), new Set(wanted));

function net(): MusicgenNet {
  return new MusicgenNet({
    model: tiny.model,
    folder: tiny.installed.folder,
    provider: 'cpu',
    decoders: tiny.model.decoders,
    open: largeNetOpener(1),
  });
}

/** A host that counts what its nets are asked. */
function counted(): { host: MusicgenHost; asked: MusicgenInput[]; opened: string[] } {
  const asked: MusicgenInput[] = [];
  const opened: string[] = [];
  const host = new MusicgenHost(tiny.installed, tiny.model, {
    threads: 1,
    machine: async () => processorOnly,
    open: async ({ provider, precision }) => {
      opened.push(`${provider} ${precision}`);
      const real = net();
      return {
        run: (inputs) => {
          asked.push(...inputs);
          return real.run(inputs);
        },
        close: () => real.close(),
      };
    },
  });
  return { host, asked, opened };
}

describe('MusicgenNet', () => {
  it.each([
    [0.1, 5],
    [1, 50],
    [2.01, 101],
    [29.99, 1500],
    [30, 1500],
  ])('gives for %d s in pieces what the graphs give for the whole', async (seconds, frames) => {
    const samples = music(seconds);
    const { folder: at } = tiny.installed;
    const open = (file: string) => InferenceSession.create(join(at, file), { logSeverityLevel: 3 });
    const audio = new Tensor('float32', samples.slice(), [1, 1, samples.length]);
    const { features } = await (await open('features.onnx')).run({ audio });
    expect(features!.dims).toEqual([1, 4, frames]);
    const { codes } = await (await open('codes.onnx')).run({ features: features! });
    const { states } = await (await open('decoder-1.onnx')).run({ codes: codes! });
    const [answer] = await net().run([{ samples, depth: LAYERS }]);
    expect(answer).toHaveLength(LAYERS + 1);
    expect(Float32Array.from(answer!.flatMap((state) => [...state]))).toEqual(states!.data);
  });

  it('runs windows of one length together, others apart, and keeps their order', async () => {
    const clip = music(9);
    const inputs = [
      [0, 2],
      [2, 1],
      [4, 2],
      [5, 3],
      [6, 2],
    ].map(([from, seconds]) => ({
      samples: clip.subarray(from! * RATE, (from! + seconds!) * RATE),
      depth: 2,
    }));
    const one = net();
    const together = await one.run(inputs);
    for (const [i, input] of inputs.entries()) {
      const [alone] = await one.run([input]);
      for (const [s, state] of alone!.entries())
        expect(cosine(together[i]![s]!, state)).toBeGreaterThan(0.999999);
    }
    await one.close();
  });

  it('keeps no failure to open', async () => {
    let broken = true;
    const open = largeNetOpener(1);
    const flaky = new MusicgenNet({
      model: tiny.model,
      folder: tiny.installed.folder,
      provider: 'cpu',
      decoders: tiny.model.decoders,
      open: (...which) => (broken ? Promise.reject(new Error('bad_alloc')) : open(...which)),
    });
    const input = { samples: noise(RATE), depth: 1 };
    await expect(flaky.run([input])).rejects.toThrow('bad_alloc');
    broken = false;
    expect(await flaky.run([input])).toHaveLength(1);
  });
});

describe('the pieces of a window', () => {
  it('cover every frame once, each with its halo', () => {
    for (const frames of [4, 99, 100, 101, 103, 104, 199, 250, 1500]) {
      let next = 0;
      for (const { begin, skip, keep } of planPieces(frames * 640 - 13, tiny.model)) {
        expect(begin / 640 + skip).toBe(next);
        next += keep;
      }
      expect(next).toBe(frames);
    }
  });
});

describe('the layers of one MusicGen', () => {
  it('come out of one run, as deep as is wanted', async () => {
    const { host, asked } = counted();
    const [standard, ...layers] = musicgenRepresentations('musicgen-tiny', '1', tiny.model, host);
    expect(standard!.id).toBe('musicgen-tiny');
    expect(layers.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((n) => `musicgen-tiny:${n}`));
    const samples = music(3);
    const sweep = windowOf(samples, [standard!.id, ...layers.map(({ id }) => id)]);
    const first = await sweep.vector(standard!);
    const vectors: Float32Array[] = [];
    for (const layer of layers) vectors.push(await sweep.vector(layer));
    expect(asked).toHaveLength(1);
    expect(asked[0]!.depth).toBe(LAYERS);
    expect(vectors[2]).toEqual(first);
    expect(new Set(vectors.map(String)).size).toBe(LAYERS + 1);
    // The default alone does not pay for the layers above it.
    expect(await windowOf(samples, [standard!.id]).vector(standard!)).toEqual(first);
    expect(asked[1]!.depth).toBe(tiny.model.defaultState);
    for (const { dimension, minimumSeconds, sampleRate } of layers)
      expect([dimension, minimumSeconds, sampleRate]).toEqual([tiny.model.network.hidden, 1, RATE]);
  });

  it('are the weighted mean of equal parts for what is longer than the net hears', async () => {
    const { host, asked } = counted();
    const clip = noise(44.7 * RATE);
    const state = await host.state(windowOf(clip), 2);
    expect(asked.map(({ samples }) => samples.length)).toEqual([1118 * 640, clip.length - 1118 * 640]);
    const [a, b] = await Promise.all(asked.map(({ samples }) => host.state(windowOf(samples.slice()), 2)));
    const share = (1118 * 640) / clip.length;
    for (let i = 0; i < state.length; i++)
      expect(state[i]).toBeCloseTo(share * a![i]! + (1 - share) * b![i]!, 6);
  });
});

describe('odd samples', () => {
  const vector = (samples: Float32Array) => counted().host.state(windowOf(samples), LAYERS);

  it.each([
    ['0.1 s', () => music(0.1)],
    ['29.99 s', () => music(29.99)],
    ['silence', () => new Float32Array(RATE)],
    ['noise at full scale', () => noise(RATE)],
    [
      'noise at four times full scale, the loudest that decoding lets through',
      () => noise(RATE).map((x) => 4 * x),
    ],
    ['denormals', () => new Float32Array(RATE).fill(1e-40)],
  ])('%s give a vector of numbers, the same each time', async (_, make) => {
    const first = await vector(make());
    expect(first).toHaveLength(tiny.model.network.hidden);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(await vector(make())).toEqual(first);
  });

  it('that are no numbers are refused, with the reason; so is next to nothing', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const samples = noise(RATE);
      samples[4321] = bad;
      await expect(vector(samples)).rejects.toMatchObject({ code: 'bad-samples' });
    }
    await expect(vector(noise(100))).rejects.toMatchObject({ code: 'too-short' });
    await expect(vector(new Float32Array(0))).rejects.toMatchObject({ code: 'too-short' });
  });
});

describe('the device', () => {
  const gpu: Machine = {
    ...processorOnly,
    others: [{ provider: 'cuda', device: { name: 'NVIDIA X', driver: '1', freeBytes: 2 ** 33 } }],
  };
  const hostOn = (
    machine: Machine,
    decoders: Parameters<typeof writeTinyModel>[2],
    name: string,
    options = {},
  ) => {
    const { installed, model } = writeTinyModel(join(folder, 'devices'), name, decoders);
    return new MusicgenHost(installed, model, { threads: 1, machine: async () => machine, ...options });
  };
  const named = { device: 'auto', precision: 'int8' } as const;

  it('is told only once it is known, and stands at every vector', async () => {
    const { host } = counted();
    expect(host.report()).toEqual({ model: 'musicgen-tiny', inUse: null, considered: [] });
    expect(host.origin).toBeUndefined();
    await host.state(windowOf(noise(RATE)), 1);
    expect(host.origin).toEqual({ provider: 'cpu', precision: 'fp32' });
    expect(host.report().inUse).toMatchObject({
      device: 'CPU',
      batch: 1,
      reason: 'nothing else was to be had',
    });
  });

  it('computes in 8 bits only where that is right', async () => {
    const right = hostOn(processorOnly, [{}, { precision: 'int8', error: 1e-4 }], 'right', {
      settings: named,
    });
    await right.state(windowOf(noise(RATE)), 2);
    expect(right.origin).toEqual({ provider: 'cpu', precision: 'int8' });
    const wrong = hostOn(processorOnly, [{}, { precision: 'int8', error: 0.5 }], 'wrong', {
      settings: named,
    });
    await wrong.state(windowOf(noise(RATE)), 2);
    expect(wrong.origin).toEqual({ provider: 'cpu', precision: 'fp32' });
    expect(wrong.report().inUse!.reason).toMatch(
      /^processor int8: differs from .*cosine -?0\.\d+, below 0\.999/,
    );
  });

  it('is the processor where a card can not be opened, for real', async () => {
    // This build of ONNX Runtime has no CUDA library beside it: opening a session for it fails as it does for users.
    const host = hostOn(gpu, [{}], 'no-cuda', { settings: { device: 'cuda', precision: 'auto' } });
    const vector = await host.state(windowOf(noise(RATE)), 2);
    expect(vector.every(Number.isFinite)).toBe(true);
    expect(host.origin).toEqual({ provider: 'cpu', precision: 'fp32' });
    expect(host.report().considered[0]).toMatchObject({
      provider: 'cuda',
      device: 'NVIDIA X',
      accepted: false,
    });
    expect(host.report().considered[0]!.reason).toMatch(/^failed: ./);
  });

  it('is the processor where a library is missing, and says that it is', async () => {
    const others = [
      { provider: 'cuda' as const, missing: 'its library is not installed', device: undefined },
    ];
    const host = hostOn({ ...processorOnly, others }, [{}], 'no-library');
    await host.state(windowOf(noise(RATE)), 2);
    expect(host.report().inUse).toMatchObject({
      provider: 'cpu',
      reason: 'CUDA: its library is not installed; nothing else was to be had',
    });
  });

  it('is the best of the processor where the card that was named is missing, and says what is wrong with it', async () => {
    const others = [
      { provider: 'cuda' as const, missing: 'its library is not installed', device: undefined },
    ];
    const decoders = [{}, { precision: 'int8' as const, error: 1e-4 }];
    const host = hostOn({ ...processorOnly, others }, decoders, 'named-missing', {
      settings: { device: 'cuda', precision: 'auto' },
    });
    await host.state(windowOf(noise(RATE)), 2);
    expect(host.report().inUse).toMatchObject({
      provider: 'cpu',
      precision: 'int8',
      reason: expect.stringMatching(/^CUDA: its library is not installed; ./),
    });
  });

  it('gets as many windows at once as fit, and the analyser hands them over together', async () => {
    const asked: number[] = [];
    const { installed, model } = tiny;
    const host = new MusicgenHost(installed, model, {
      threads: 1,
      machine: async () => gpu,
      settings: { device: 'cuda', precision: 'auto' },
      open: async ({ provider }) => {
        const real = net();
        return {
          run: (inputs) => {
            asked.push(inputs.length);
            // As the first run of a batch on a card with little memory ends.
            if (provider === 'cuda' && inputs.length > 2) throw new Error('CUDA failure 2: out of memory');
            return real.run(inputs);
          },
          close: () => real.close(),
        };
      },
    });
    const representations = musicgenRepresentations('musicgen-tiny', '1', model, host);
    const analyser = new Analyser(representations, []);
    const path = join(folder, 'six.wav');
    writeFileSync(path, wav(RATE, [music(12)]));
    const result = await analyser.analyse({
      path,
      representations: ['musicgen-tiny', 'musicgen-tiny:4'],
      predictors: [],
      windows: { count: 0, seconds: 2 },
    });
    // Two trials each of the card and the processor, then six windows: too many at once until two are.
    expect(asked).toEqual([1, 1, 1, 1, 6, 4, 2, 2, 2]);
    expect(result.embeddings.map(({ representation }) => representation)).toEqual([
      'musicgen-tiny',
      'musicgen-tiny:4',
    ]);
    expect(result.embeddings[0]!.origin).toEqual({ provider: 'cuda', precision: 'fp32' });
    const { devices } = await analyser.describe();
    expect(devices![0]!.inUse).toMatchObject({ provider: 'cuda', device: 'NVIDIA X', batch: 2 });
    const plain = new Analyser(musicgenRepresentations('musicgen-tiny', '1', model, counted().host), []);
    const one = await plain.analyse({
      path,
      representations: ['musicgen-tiny'],
      predictors: [],
      windows: { count: 0, seconds: 2 },
    });
    expect(cosine(one.embeddings[0]!.vector, result.embeddings[0]!.vector)).toBeGreaterThan(0.999999);
  });
});

describe('an installed MusicGen', () => {
  const load = (problems: ProbeProblem[] = []): Promise<readonly Representation[]> =>
    musicgen({ installed: new Map([[tiny.installed.id, tiny.installed]]), threads: 1, problems });

  it('is found, and checks itself on our clip', async () => {
    const representations = await load();
    expect(representations).toHaveLength(LAYERS + 2);
    const check = await new Analyser(representations, []).check('musicgen-tiny');
    expect(check.answers.map(({ representation }) => representation)).toEqual(['musicgen-tiny']);
    expect(check.answers[0]!.origin).toEqual({ provider: 'cpu', precision: 'fp32' });
    expect(check.device?.inUse?.provider).toBe('cpu');
    expect(check.seconds).toBeGreaterThan(0);
    await expect(new Analyser(representations, []).check('musicgen-other')).rejects.toMatchObject({
      code: 'unknown-id',
    });
  });

  it('that is damaged is left out, and told', async () => {
    const broken = writeTinyModel(join(folder, 'broken'), 'musicgen-broken');
    for (const text of ['', '{}', '{"format":"cratewise-musicgen","formatVersion":1}']) {
      writeFileSync(join(broken.installed.folder, 'musicgen.json'), text);
      const problems: ProbeProblem[] = [];
      const installed = new Map([['musicgen-broken', broken.installed]]);
      expect(await musicgen({ installed, problems })).toEqual([]);
      expect(problems).toEqual([
        {
          file: 'musicgen-broken/musicgen.json',
          code: 'bad-model',
          message: expect.stringContaining('Install it again'),
        },
      ]);
    }
  });

  it('whose graphs are damaged fails the track, not the process', async () => {
    const broken = writeTinyModel(join(folder, 'broken'), 'musicgen-graphs');
    writeFileSync(join(broken.installed.folder, 'codes.onnx'), 'no protobuf');
    const installed = new Map([['musicgen-graphs', broken.installed]]);
    const [representation] = await musicgen({ installed });
    const window = windowOf(noise(RATE));
    await expect(representation!.compute(window)).rejects.toMatchObject({ code: 'model-damaged' });
  });

  it('that is not there gives nothing', async () => {
    expect(await musicgen({ installed: new Map() })).toEqual([]);
    expect(
      await musicgen({ installed: new Map([['x', { id: 'x', version: '1', digest: '', folder }]]) }),
    ).toEqual([]);
  });
});
