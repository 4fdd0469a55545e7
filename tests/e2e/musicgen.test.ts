import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesisedClip } from '../../src/analyser/onnx/clip.ts';
import { cosine } from '../../src/analyser/onnx/similarity.ts';
import { analyseDue } from '../../src/main/analysis/analyse.ts';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { nodeHost } from '../../src/main/host/node-host.ts';
import type { ProcessHost } from '../../src/main/host/process-host.ts';
import { WorkerPool } from '../../src/main/host/worker-pool.ts';
import { scanLibrary } from '../../src/main/scan/scan.ts';
import type { AnalyserCalls, AnalysisRequest, AnalysisResult } from '../../src/shared/analysis.ts';
import type { DeviceReport } from '../../src/shared/device.ts';
import { LAYERS, writeTinyModel } from '../analyser/representations/musicgen/tiny-model.ts';
import { wav } from '../analyser/signals.ts';
import { ofType, run } from './support/cratewise.ts';
import { hasFfmpeg, makeLibrary } from './support/music.ts';

const ID = 'musicgen-tiny';
const RATE = 32_000;
let root = '';
const at = (name: string) => join(root, name);
const before = process.env.XDG_DATA_HOME;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cratewise-musicgen-'));
  process.env.XDG_DATA_HOME = at('data');
  writeTinyModel(at('data/cratewise/models'), ID);
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = before;
  rmSync(root, { recursive: true, force: true });
});

function ffmpeg(...args: string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);
}

/** 32-bit float WAV, so that what is no number can be in it. */
function floatWav(samples: Float32Array): Buffer {
  const file = wav(RATE, [samples.map(() => 0)]);
  const header = Buffer.alloc(44);
  file.copy(header, 0, 0, 44);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.writeUInt16LE(3, 20);
  header.writeUInt32LE(RATE * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(32, 34);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

describe.skipIf(!hasFfmpeg)('odd sound through the analyser process', () => {
  let pool: WorkerPool<AnalyserCalls>;
  beforeAll(() => {
    const args = [at('no-shipped-models'), at('data/cratewise/models')];
    pool = new WorkerPool(nodeHost, { module: 'analyser/worker', args, size: 1 });
    writeFileSync(at('music.wav'), wav(RATE, [synthesisedClip(RATE, 6).map((x) => x / 4)]));
  });
  afterAll(() => pool.close());

  const hear = (name: string): Promise<AnalysisResult> =>
    pool.call('analyse', {
      path: at(name),
      representations: [ID, ...Array.from({ length: LAYERS + 1 }, (_, layer) => `${ID}:${layer}`)],
      predictors: [],
      windows: { count: 1, seconds: 30 },
    });
  const vectorOf = async (name: string): Promise<Float32Array> => {
    const { embeddings } = await hear(name);
    expect(embeddings).toHaveLength(LAYERS + 2);
    for (const { vector, origin, version } of embeddings) {
      expect(vector.every(Number.isFinite)).toBe(true);
      expect(origin).toEqual({ provider: 'cpu', precision: 'fp32' });
      expect(version).toBe('1');
    }
    return embeddings[0]!.vector;
  };

  it('from 8 kHz to 192 kHz, mono to 7.1, is heard as the same music', async () => {
    const music = await vectorOf('music.wav');
    // What 8 kHz can hold, at both rates.
    ffmpeg('-i', at('music.wav'), '-af', 'lowpass=3000,lowpass=3000,lowpass=3000', at('low.wav'));
    ffmpeg('-i', at('low.wav'), '-ar', '8000', at('8k.wav'));
    expect(cosine(await vectorOf('8k.wav'), await vectorOf('low.wav'))).toBeGreaterThan(0.99);
    ffmpeg('-i', at('music.wav'), '-ar', '192000', '-c:a', 'flac', at('192k.flac'));
    expect(cosine(await vectorOf('192k.flac'), music)).toBeGreaterThan(0.99);
    // Eight channels, each a shifted copy; the mono file is their mean, as in MusicGen's training.
    const shares = Array.from({ length: 8 }, (_, i) => `[0:a]adelay=${i * 7}[c${i}]`).join(';');
    const labels = Array.from({ length: 8 }, (_, i) => `[c${i}]`).join('');
    const joined = `${shares};${labels}join=inputs=8:channel_layout=7.1`;
    ffmpeg('-i', at('music.wav'), '-filter_complex', joined, '-t', '6', '-c:a', 'pcm_s24le', at('7.1.wav'));
    const mean = Array.from({ length: 8 }, (_, i) => `0.125*c${i}`).join('+');
    ffmpeg('-i', at('7.1.wav'), '-af', `pan=mono|c0=${mean}`, '-c:a', 'pcm_s24le', at('mean.wav'));
    expect(cosine(await vectorOf('7.1.wav'), await vectorOf('mean.wav'))).toBeGreaterThan(0.9999);
  });

  it('of every length gives a vector or nothing, never a failure', async () => {
    for (const seconds of [0.02, 0.1, 0.9]) {
      ffmpeg('-f', 'lavfi', '-i', 'sine=440', '-t', String(seconds), at('short.wav'));
      expect(await hear('short.wav')).toMatchObject({ embeddings: [], windows: [expect.anything()] });
    }
    for (const seconds of [1.1, 29.99, 30, 44.9]) {
      ffmpeg('-f', 'lavfi', '-i', 'sine=440', '-t', String(seconds), at('long.wav'));
      await vectorOf('long.wav');
    }
  });

  it('that is silent gives nothing; noise and samples that are no numbers give numbers', async () => {
    ffmpeg('-f', 'lavfi', '-i', 'anullsrc', '-t', '5', at('silence.wav'));
    expect((await hear('silence.wav')).embeddings).toEqual([]);
    ffmpeg('-f', 'lavfi', '-i', 'anoisesrc=amplitude=1:seed=1', '-t', '5', at('noise.flac'));
    await vectorOf('noise.flac');
    const samples = synthesisedClip(RATE, 5);
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30];
    for (let i = 0; i < samples.length; i += 997) samples[i] = bad[(i / 997) % 4]!;
    writeFileSync(at('nan.wav'), floatWav(samples));
    await vectorOf('nan.wav');
  });

  it('is described layer by layer by `cratewise embed`', async () => {
    const args = ['embed', at('music.wav'), '--representation', ID, '--layers', 'all', '--json'];
    const ran = await run(args, { XDG_DATA_HOME: at('data') });
    expect(ran.code, ran.stderr).toBe(0);
    const { embeddings } = await hear('music.wav');
    const [device] = ofType(ran, 'device');
    expect(device).toMatchObject({ model: ID, provider: 'cpu', precision: 'fp32', batch: 1 });
    expect(ran.stderr).toContain(`${ID} ran on the processor, fp32 (${device!.reason}).`);
    const told = ofType(ran, 'embedding')[0]!.embeddings as { representation: string; vector: number[] }[];
    expect(told.map(({ representation }) => representation)).toEqual(
      embeddings.slice(1).map(({ representation }) => representation),
    );
    for (const [i, { vector }] of told.entries()) {
      const theirs = Float32Array.from(vector);
      expect(cosine(theirs, embeddings[i + 1]!.vector)).toBeGreaterThan(0.99999);
    }
  });
});

describe.skipIf(!hasFfmpeg)('an analyser that is killed while MusicGen listens', () => {
  it('loses the work on one track, which is heard again', async () => {
    mkdirSync(at('music'));
    makeLibrary(at('music'), 6, 8, ['flac', 'mp3']);
    const catalogue = openCatalogue(at('killed.cratewise'));
    try {
      await scanLibrary(catalogue, [at('music')], { host: nodeHost });
      const asked: string[] = [];
      let deaths = 0;
      const killing: ProcessHost = {
        start(module, args) {
          const handle = nodeHost.start(module, args);
          return {
            ...handle,
            post(message) {
              const [request] = message.params as [AnalysisRequest | undefined];
              handle.post(message);
              if (message.method !== 'analyse' || !request?.representations.includes(ID)) return;
              asked.push(request.path);
              // In the midst of the third track: the net is open by then, and at work.
              if (asked.length === 3) setTimeout(handle.kill, 10);
            },
            onExit: (listener) =>
              handle.onExit((reason) => {
                if (reason.includes('SIGKILL') && asked.length === 3) deaths++;
                listener(reason);
              }),
          };
        },
      };
      const heard = new Set<number>();
      const devices: DeviceReport[] = [];
      const summary = await analyseDue(catalogue, killing, {
        tier: ID,
        onResult: ({ trackId }) => heard.add(trackId),
        onDevices: (told) => devices.push(...told),
      });
      expect(summary.failed + summary.left).toBe(0);
      expect(deaths).toBe(1);
      expect(asked).toHaveLength(7);
      // Each once, and the one that was in hand twice.
      expect(new Set(asked).size).toBe(6);
      expect(asked.filter((path) => path === asked[2])).toHaveLength(2);
      expect(heard.size).toBe(6);
      // Told once the first track was heard, and at the end.
      expect(devices.length).toBeGreaterThan(0);
      for (const device of devices)
        expect(device).toMatchObject({ model: ID, inUse: { provider: 'cpu', precision: 'fp32' } });
      for (const trackId of heard) {
        const embedding = catalogue.predictions.embedding(trackId, ID);
        expect(embedding?.origin).toEqual({ provider: 'cpu', precision: 'fp32' });
      }
    } finally {
      catalogue.close();
    }
  });
});
