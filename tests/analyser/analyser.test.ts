import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analyser/analyser.ts';
import type { Predictor } from '../../src/analyser/predictors/predictor.ts';
import type { Representation } from '../../src/analyser/representations/representation.ts';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { WorkerPool } from '../../src/main/host/worker-pool.ts';
import type { AnalyserCalls } from '../../src/shared/analysis.ts';
import { sine, wav } from './signals.ts';

const rate = 8000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-analyser-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, samples: Float32Array): string {
  const path = join(folder, name);
  writeFileSync(path, wav(rate, [samples]));
  return path;
}

/** The loudest sample and the length: enough to see which windows arrived. */
const peak: Representation & { computed: number } = {
  id: 'peak',
  version: '7',
  sampleRate: rate,
  dimension: 2,
  minimumSeconds: 0.5,
  computed: 0,
  compute(window) {
    peak.computed += 1;
    const samples = window.pcm(rate);
    return Float32Array.of(Math.max(...samples), samples.length);
  },
};

function predictor(overrides: Partial<Predictor> = {}): Predictor {
  return {
    id: 'loudness',
    version: '1',
    task: 'genre',
    labels: ['quiet', 'loud'],
    representations: ['peak'],
    sampleRates: [],
    minimumSeconds: 1,
    async predict(windows) {
      const peaks = await Promise.all(windows.map(async (w) => (await w.vector(peak))[0]!));
      const loud = peaks.reduce((sum, x) => sum + x, 0) / peaks.length;
      return [1 - loud, loud];
    },
    ...overrides,
  };
}

const request = (path: string) => ({
  path,
  representations: ['peak'],
  predictors: ['loudness'],
  windows: { count: 2, seconds: 2 },
});

describe('Analyser', () => {
  it('pools windows, computing each vector once', async () => {
    const samples = sine(rate, 8, 200, 0.8);
    samples.fill(0.25, 4 * rate);
    peak.computed = 0;
    const result = await new Analyser([peak], [predictor()]).analyse(request(written('two.wav', samples)));
    expect(result.durationSeconds).toBeCloseTo(8, 6);
    expect(result.windows).toEqual([
      { start: 1, length: 2 },
      { start: 5, length: 2 },
    ]);
    expect(peak.computed).toBe(2);
    expect(result.embeddings).toHaveLength(1);
    expect(result.embeddings[0]).toMatchObject({ representation: 'peak', version: '7' });
    expect(result.embeddings[0]!.vector[0]).toBeCloseTo((0.8 + 0.25) / 2, 2);
    expect(result.predictions[0]).toMatchObject({ predictor: 'loudness', version: '1', task: 'genre' });
    expect(result.predictions[0]!.probabilities[1]).toBeCloseTo(0.525, 2);
    expect(result.silentReason).toBeUndefined();
  });

  it('leaves silent windows out, and says so when all are silent', async () => {
    const samples = sine(rate, 8, 200, 0.8);
    samples.fill(0, 4 * rate);
    const analyser = new Analyser([peak], [predictor()]);
    const half = await analyser.analyse(request(written('half.wav', samples)));
    expect(half.windows).toHaveLength(2);
    expect(half.predictions[0]!.probabilities[1]).toBeCloseTo(0.8, 2);
    const silent = await analyser.analyse(request(written('silent.wav', new Float32Array(8 * rate))));
    expect(silent).toMatchObject({ silentReason: 'silence', predictions: [], embeddings: [] });
  });

  it('does not guess from too little', async () => {
    const result = await new Analyser([peak], [predictor()]).analyse(
      request(written('short.wav', sine(rate, 0.7, 200))),
    );
    expect(result).toMatchObject({ silentReason: 'too-short', predictions: [] });
    // The representation is content with less than the predictor.
    expect(result.embeddings).toHaveLength(1);
  });

  it('holds samples for predictors that need them, and releases them for those that prepare', async () => {
    const path = written('long.wav', sine(rate, 8, 200));
    const reading = predictor({
      sampleRates: [rate],
      predict: async (ws) => [ws[1]!.pcm(rate).length / 1e6, 0],
    });
    const held = await new Analyser([peak], [reading]).analyse(request(path));
    expect(held.predictions[0]!.probabilities[0]).toBeCloseTo(0.016, 9);
    const preparing = { ...reading, prepare: () => undefined };
    await expect(new Analyser([peak], [preparing]).analyse(request(path))).rejects.toThrow(/released/);
  });

  it('refuses ids that it does not have', async () => {
    const analyser = new Analyser([], []);
    await expect(analyser.analyse(request(join(folder, 'x.wav')))).rejects.toMatchObject({
      code: 'unknown-id',
    });
  });
});

describe('the analyser process', () => {
  it('answers, and survives files that are no music', async () => {
    const pool = new WorkerPool<AnalyserCalls>(nodeHost, { module: 'analyser/worker', size: 1 });
    try {
      const { representations } = await pool.call('describe');
      expect(representations).toContainEqual({
        id: 'mfcc-12k',
        version: '1',
        dimension: 120,
        tier: 'built-in',
      });
      const ask = (path: string) =>
        pool.call('analyse', {
          path,
          representations: ['mfcc-12k'],
          predictors: [],
          windows: { count: 3, seconds: 30 },
        });
      await expect(ask(join(folder, 'none.mp3'))).rejects.toMatchObject({ code: 'not-found' });
      const result = await ask(written('tone.wav', sine(rate, 3, 200)));
      expect(result.embeddings[0]!.vector).toBeInstanceOf(Float32Array);
      expect(result.embeddings[0]!.vector).toHaveLength(120);
    } finally {
      pool.close();
    }
  });
});
