import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyInput, POOLED_FRAMES } from '../../../src/analyser/key/input.ts';
import { KeyModelError, parseKeyManifest } from '../../../src/analyser/key/manifest.ts';
import { poolLogits } from '../../../src/analyser/key/pool.ts';
import { loadBuiltinKey } from '../../../src/analyser/key/predictor.ts';
import { PreparedWindow } from '../../../src/analyser/prepared-window.ts';
import { BINS, SAMPLE_RATE } from '../../../src/analyser/representations/chroma/constant-q.ts';
import { KEY_LABELS } from '../../../src/shared/music/key.ts';
import { rank } from '../../../src/shared/prediction.ts';
import { music } from '../representations/chroma/music.ts';

const modelsFolder = join(import.meta.dirname, '..', '..', '..', 'models');

function windowOf(samples: Float32Array, start = 0): PreparedWindow {
  return new PreparedWindow(start, samples.length / SAMPLE_RATE, new Map([[SAMPLE_RATE, samples]]));
}

describe('keyInput', () => {
  const cqt = (frames: number, tuning: number, semitoneTuning: number) => ({
    frames,
    tuning,
    semitoneTuning,
    data: Float32Array.from({ length: frames * BINS }, (_, i) => i % BINS),
  });

  it('averages groups of frames, bin by bin', () => {
    const input = keyInput(cqt(2 * POOLED_FRAMES + 5, 0, 0));
    expect(input.frames).toBe(2);
    expect(Array.from(input.data.subarray(0, 6))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('moves by a third of a semitone where the tuning is there', () => {
    // 40 cents high: 1.2 bins, of which the transform took .2 already.
    const input = keyInput(cqt(POOLED_FRAMES, 0.2, 0.4));
    expect(input.data[0]).toBe(1);
    expect(input.data[100]).toBe(101);
    expect(keyInput(cqt(POOLED_FRAMES, -0.2, -0.4)).data[100]).toBe(99);
  });

  it('keeps fewer frames than a group', () => {
    const input = keyInput(cqt(3, 0, 0));
    expect(input.frames).toBe(1);
    expect(input.data[7]).toBeCloseTo(7, 5);
  });
});

describe('poolLogits', () => {
  const logits = fc
    .array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 24, maxLength: 24 })
    .map((values) => Float64Array.from(values));
  const windows = fc.array(fc.tuple(logits, fc.double({ min: 1, max: 60, noNaN: true })), {
    minLength: 1,
    maxLength: 4,
  });

  it('gives a distribution', () => {
    fc.assert(
      fc.property(windows, fc.double({ min: 0.2, max: 5, noNaN: true }), (pairs, temperature) => {
        const probabilities = poolLogits(
          pairs.map(([values]) => values),
          pairs.map(([, seconds]) => seconds),
          temperature,
        );
        expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('weighs windows by their length', () => {
    const first = Float64Array.from([2, 0]);
    const second = Float64Array.from([0, 2]);
    expect(poolLogits([first, second], [30, 10], 1)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });

  it('is flatter at a higher temperature', () => {
    const values = [Float64Array.from([3, 1, 0])];
    expect(poolLogits(values, [30], 2)[0]).toBeLessThan(poolLogits(values, [30], 1)[0]!);
  });
});

describe('parseKeyManifest', () => {
  it('refuses what is no manifest, and other labels', async () => {
    const text = await readFile(join(modelsFolder, 'builtin-key.json'), 'utf8');
    const manifest = JSON.parse(text) as Record<string, unknown>;
    expect(parseKeyManifest(text).labels).toEqual(KEY_LABELS);
    expect(() => parseKeyManifest('{')).toThrow(KeyModelError);
    expect(() => parseKeyManifest('{}')).toThrow(KeyModelError);
    const reversed = { ...manifest, labels: [...KEY_LABELS].reverse() };
    expect(() => parseKeyManifest(JSON.stringify(reversed))).toThrow(/other keys/);
    expect(() => parseKeyManifest(JSON.stringify({ ...manifest, temperature: 0 }))).toThrow(KeyModelError);
    const elsewhere = { ...manifest, model: '../../etc/passwd' };
    expect(() => parseKeyManifest(JSON.stringify(elsewhere))).toThrow(KeyModelError);
  });
});

describe('the built-in key predictor', () => {
  it('names the key of a plain cadence in any transposition and tuning', async () => {
    const predictor = (await loadBuiltinKey({ modelsFolder }))!;
    for (const cents of [0, 525, -310]) {
      const probabilities = await predictor.predict([windowOf(music(cents))]);
      const { label, confidence } = rank({ labels: predictor.labels, probabilities });
      expect(label).toBe(KEY_LABELS[(Math.round(cents / 100) + 12) % 12]);
      expect(confidence).toBeGreaterThan(0.3);
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  });

  it('does not depend on loudness', async () => {
    const predictor = (await loadBuiltinKey({ modelsFolder }))!;
    const loud = await predictor.predict([windowOf(music(0))]);
    const quiet = await predictor.predict([windowOf(music(0).map((sample) => sample / 50))]);
    for (const [i, p] of loud.entries()) expect(quiet[i]).toBeCloseTo(p, 3);
  });

  it('needs no samples once it is prepared', async () => {
    const predictor = (await loadBuiltinKey({ modelsFolder }))!;
    const window = windowOf(music(0));
    await predictor.prepare?.(window);
    window.release();
    expect(await predictor.predict([window])).toHaveLength(24);
  });

  it('takes a window that is longer than the net sees at once', async () => {
    const predictor = (await loadBuiltinKey({ modelsFolder }))!;
    const once = music(0);
    const long = new Float32Array(5 * once.length);
    for (let i = 0; i < 5; i++) long.set(once, i * once.length);
    const probabilities = await predictor.predict([windowOf(long)]);
    expect(rank({ labels: predictor.labels, probabilities }).label).toBe('C major');
  });

  it('is not there without its weights, and says so where they are damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cratewise-key-'));
    expect(await loadBuiltinKey({ modelsFolder: folder })).toBeUndefined();
    const manifest = await readFile(join(modelsFolder, 'builtin-key.json'), 'utf8');
    writeFileSync(join(folder, 'builtin-key.json'), manifest);
    writeFileSync(join(folder, 'builtin-key.onnx'), 'not a net');
    const predictor = (await loadBuiltinKey({ modelsFolder: folder }))!;
    await expect(predictor.predict([windowOf(music(0))])).rejects.toThrow(KeyModelError);
  });
});
