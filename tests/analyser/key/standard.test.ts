import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuse, KEY_SOURCES, parseKeyFusion, weightsFor } from '../../../src/analyser/key/fusion.ts';
import { KeyModelError } from '../../../src/analyser/key/manifest.ts';
import { poolLogits } from '../../../src/analyser/key/pool.ts';
import { loadBuiltinKey } from '../../../src/analyser/key/predictor.ts';
import { loadStandardKey } from '../../../src/analyser/key/standard.ts';
import { PreparedWindow } from '../../../src/analyser/prepared-window.ts';
import type { Representation } from '../../../src/analyser/representations/representation.ts';
import { KEY_LABELS } from '../../../src/shared/music/key.ts';
import { rank } from '../../../src/shared/prediction.ts';
import { BUILT_IN, tierRank } from '../../../src/shared/tier.ts';
import { music } from '../representations/chroma/music.ts';

const modelsFolder = join(import.meta.dirname, '..', '..', '..', 'models');
const shipped = await readFile(join(modelsFolder, 'standard-key.json'), 'utf8');
const versions = parseKeyFusion(shipped).versions;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratewise-standard-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A net that always hears the same: sure of one key, as far as `certainty` goes. */
function net(id: 'skey' | 'keynet', key: string, certainty: number, version = versions[id]): Representation {
  const rest = Math.log((1 - certainty) / (KEY_LABELS.length - 1));
  const vector = Float32Array.from(KEY_LABELS, (label) => (label === key ? Math.log(certainty) : rest));
  return { id, version, sampleRate: 22_050, dimension: 24, minimumSeconds: 4, compute: () => vector };
}

const windowOf = (seconds: number): PreparedWindow => {
  const samples = music(0, seconds);
  return new PreparedWindow(0, samples.length / 22_050, new Map([[22_050, samples]]));
};

const load = (representations: readonly Representation[], from = modelsFolder) =>
  loadStandardKey({ modelsFolder: from, representations });

describe('weights of fused key nets', () => {
  const fusion = parseKeyFusion(shipped);

  it('are there for every set of nets that may be installed', () => {
    for (const sources of [
      ['skey'],
      ['keynet'],
      ['keynet', 'skey'],
      ['builtin-key', 'skey'],
      ['builtin-key', 'keynet'],
      ['skey', 'builtin-key', 'keynet'],
    ] as const) {
      expect(weightsFor(fusion, sources)?.size).toBe(sources.length);
    }
    expect(weightsFor(fusion, ['builtin-key'])).toBeUndefined();
  });

  it.each([
    ['no JSON', 'weights'],
    ['no weights', JSON.stringify({ ...JSON.parse(shipped), combinations: [] })],
    [
      'a negative weight',
      JSON.stringify({ ...JSON.parse(shipped), combinations: [{ weights: { skey: -1 } }] }),
    ],
    ['another net', JSON.stringify({ ...JSON.parse(shipped), combinations: [{ weights: { other: 1 } }] })],
    ['other labels', JSON.stringify({ ...JSON.parse(shipped), labels: [...KEY_LABELS].reverse() })],
  ])('are refused: %s', (_, text) => {
    expect(() => parseKeyFusion(text)).toThrow(KeyModelError);
  });

  it('do not care for constants in logits', () => {
    const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(logits, logits, fc.double({ min: -50, max: 50, noNaN: true }), (a, b, constant) => {
        const shifted = a.map((x) => x + constant);
        const plain = poolLogits([fuse([a, b], [0.7, 0.4])], [30], 1);
        const moved = poolLogits([fuse([shifted, b], [0.7, 0.4])], [30], 1);
        for (const [i, p] of plain.entries()) expect(moved[i]).toBeCloseTo(p, 9);
      }),
    );
  });
});

describe('standard-key', () => {
  it('is not there without S-KEY and KeyNet', async () => {
    expect(await load([])).toBeUndefined();
    await mkdir(join(folder, 'empty'));
    expect(await load([net('skey', 'D minor', 0.9)], join(folder, 'empty'))).toBeUndefined();
  });

  it('says which nets it is made of', async () => {
    const one = await load([net('skey', 'D minor', 0.9)]);
    const both = await load([net('skey', 'D minor', 0.9), net('keynet', 'D minor', 0.9)]);
    expect(one?.representations).toEqual(['skey']);
    expect(both?.representations).toEqual(['keynet', 'skey']);
    expect(one?.version).not.toBe(both?.version);
    expect(both?.version).toContain('builtin-key+keynet+skey');
    expect(tierRank(both?.tier)).toBeGreaterThan(tierRank(BUILT_IN));
  });

  it('is refused where a net is of another version', async () => {
    await expect(load([net('skey', 'D minor', 0.9, 'other')])).rejects.toThrow(KeyModelError);
  });

  it('works without the built-in net, whose file may be missing', async () => {
    const alone = join(folder, 'alone');
    await mkdir(alone);
    await writeFile(join(alone, 'standard-key.json'), shipped);
    const predictor = await load([net('keynet', 'Eb minor', 0.8)], alone);
    expect(predictor?.sampleRates).toEqual([]);
    const probabilities = await predictor!.predict([new PreparedWindow(0, 30, new Map())]);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    expect(rank({ labels: predictor!.labels, probabilities }).label).toBe('Eb minor');
  });

  it('goes with two nets against one, and is less sure than with all three', async () => {
    const builtin = await loadBuiltinKey({ modelsFolder });
    const alone = await builtin!.predict([windowOf(12)]);
    const heard = rank({ labels: KEY_LABELS, probabilities: alone }).label;
    const other = KEY_LABELS[(KEY_LABELS.indexOf(heard) + 6) % 12]!;
    const judge = async (skey: string, keynet: string) => {
      const predictor = await load([net('skey', skey, 0.3), net('keynet', keynet, 0.3)]);
      return rank({ labels: KEY_LABELS, probabilities: await predictor!.predict([windowOf(12)]) });
    };
    const agreed = await judge(heard, heard);
    const split = await judge(heard, other);
    expect(agreed.label).toBe(heard);
    expect(split.label).toBe(heard);
    expect(split.confidence).toBeLessThan(agreed.confidence);
  });

  it('has its samples released after it prepared a window', async () => {
    const window = windowOf(12);
    const predictor = await load([net('skey', 'D minor', 0.9)]);
    await predictor!.prepare!(window);
    await window.vector(net('skey', 'D minor', 0.9));
    window.release();
    expect(await predictor!.predict([window])).toHaveLength(24);
  });

  it('knows all nets by name', () => {
    expect(Object.keys(versions).sort()).toEqual([...KEY_SOURCES].sort());
  });
});
