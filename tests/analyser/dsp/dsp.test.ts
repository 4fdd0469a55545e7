import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Dct } from '../../../src/analyser/dsp/dct.ts';
import { powerToDecibel } from '../../../src/analyser/dsp/decibel.ts';
import { hzToMel, MelFilterbank, melToHz } from '../../../src/analyser/dsp/mel.ts';
import { differenceMoments } from '../../../src/analyser/dsp/moments.ts';
import { hannWindow, padded, Stft } from '../../../src/analyser/dsp/stft.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../reference/features.json', import.meta.url), 'utf8'),
) as {
  mel: [filter: number, bin: number, weight: number][];
};

describe('mel filterbank', () => {
  it("has librosa's weights, and none besides", () => {
    const bank = new MelFilterbank(22_050, 2048, 128);
    for (const filter of new Set(reference.mel.map(([m]) => m))) {
      const row = new Map(
        reference.mel.filter(([m]) => m === filter).map(([, bin, weight]) => [bin, weight]),
      );
      for (let bin = 0; bin <= 1024; bin++) {
        const power = new Float64Array(1025);
        power[bin] = 1;
        const out = new Float64Array(128);
        bank.apply(power, out);
        const expected = row.get(bin) ?? 0;
        expect(Math.abs(out[filter]! - expected)).toBeLessThan(1e-5 * (expected + 1e-4));
      }
    }
  });

  it('maps 1 kHz to 15 mel, and back', () => {
    expect(hzToMel(1000)).toBeCloseTo(15, 10);
    for (const hz of [0, 440, 999, 1001, 6400, 11_025]) expect(melToHz(hzToMel(hz))).toBeCloseTo(hz, 8);
  });
});

describe('Dct', () => {
  it('is orthonormal', () => {
    const dct = new Dct(16, 16);
    const rows = Array.from({ length: 16 }, (_, n) => {
      const input = new Float64Array(16);
      input[n] = 1;
      const out = new Float64Array(16);
      dct.apply(input, 0, out, 0);
      return out;
    });
    for (let a = 0; a < 16; a++) {
      for (let b = 0; b < 16; b++) {
        const dot = rows[a]!.reduce((sum, x, i) => sum + x * rows[b]![i]!, 0);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 12);
      }
    }
  });

  it('puts a constant into the first coefficient', () => {
    const out = new Float64Array(4);
    new Dct(9, 4).apply(new Float64Array(9).fill(2), 0, out, 0);
    expect(out[0]).toBeCloseTo(6, 12);
    expect(Math.abs(out[1]!) + Math.abs(out[2]!) + Math.abs(out[3]!)).toBeLessThan(1e-12);
  });
});

describe('powerToDecibel', () => {
  it('keeps a range below the loudest, above a floor', () => {
    const values = Float64Array.of(1, 100, 1e-7, 0);
    powerToDecibel(values, 80);
    expect([...values]).toEqual([0, 20, -60, -60]);
    const silence = Float64Array.of(0, 0);
    powerToDecibel(silence);
    expect([...silence]).toEqual([-100, -100]);
  });
});

describe('padded', () => {
  it('mirrors without repeating the edge, to and fro if need be', () => {
    expect([...padded(Float32Array.of(1, 2, 3, 4), 2, 'reflect')]).toEqual([3, 2, 1, 2, 3, 4, 3, 2]);
    expect([...padded(Float32Array.of(1, 2, 3), 4, 'reflect')]).toEqual([1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]);
    expect([...padded(Float32Array.of(5), 2, 'reflect')]).toEqual([5, 5, 5, 5, 5]);
    expect([...padded(Float32Array.of(1, 2), 1, 'zero', 2)]).toEqual([0, 2, 4, 0]);
  });
});

describe('Stft', () => {
  it('frames like librosa and finds a tone in its bin', () => {
    const stft = new Stft(64, 16, 'reflect');
    const samples = Float32Array.from({ length: 160 }, (_, i) => Math.cos((2 * Math.PI * 8 * i) / 64));
    let frames = 0;
    stft.forEachPower(samples, (power, frame) => {
      expect(frame).toBe(frames++);
      // Beyond the ends the tone goes on in mirrored phase: the frames there smear it.
      if (frame >= 2 && frame <= 8) expect(power.indexOf(Math.max(...power))).toBe(8);
    });
    expect(frames).toBe(11);
    [0, 0.5, 1, 0.5].forEach((w, n) => {
      expect(hannWindow(4)[n]).toBeCloseTo(w, 12);
    });
  });
});

describe('differenceMoments', () => {
  it('gives mean and deviation of values, differences and second differences', () => {
    // One column, frames 0 1 4 9: differences 1 3 5, second differences 2 2.
    const moments = differenceMoments(Float64Array.of(0, 1, 4, 9), 4, 1);
    const expected = [3.5, Math.sqrt(12.25), 3, Math.sqrt(8 / 3), 2, 0];
    expect([...moments].map((x) => x.toFixed(5))).toEqual(expected.map((x) => x.toFixed(5)));
  });
});
