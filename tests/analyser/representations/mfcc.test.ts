import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AudioFile } from '../../../src/analyser/decode/decode.ts';
import { PreparedWindow } from '../../../src/analyser/prepared-window.ts';
import { mfcc, mfcc12k } from '../../../src/analyser/representations/mfcc/index.ts';
import type { Representation } from '../../../src/analyser/representations/representation.ts';
import { chirp } from '../signals.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../reference/features.json', import.meta.url), 'utf8'),
) as Record<string, number[]>;

function vectorOf(representation: Representation, samples: Float32Array): Promise<Float32Array> {
  const { sampleRate } = representation;
  const window = new PreparedWindow(0, samples.length / sampleRate, new Map([[sampleRate, samples]]));
  return window.vector(representation);
}

describe('mfcc', () => {
  it.each([
    [mfcc12k, chirp(12_000, 3)],
    [mfcc, chirp(22_050, 2)],
  ])('$id gives what librosa gives', async (representation, samples) => {
    const vector = await vectorOf(representation, samples);
    const expected = reference[representation.id]!;
    expect(vector.length).toBe(representation.dimension);
    // librosa computes in single precision.
    for (let i = 0; i < expected.length; i++) expect(Math.abs(vector[i]! - expected[i]!)).toBeLessThan(2e-3);
  });

  it('does not depend on loudness at 22,050 Hz, and does at 12 kHz', async () => {
    const quieter = (samples: Float32Array) => samples.map((x) => x / 8);
    const a = await vectorOf(mfcc, chirp(22_050, 2));
    const b = await vectorOf(mfcc, quieter(chirp(22_050, 2)));
    for (let i = 0; i < a.length; i++) expect(b[i]).toBeCloseTo(a[i]!, 2);
    const c = await vectorOf(mfcc12k, chirp(12_000, 2));
    const d = await vectorOf(mfcc12k, quieter(chirp(12_000, 2)));
    // 20·log10(8) dB on each of 128 bands, by the orthonormal DCT's first basis vector.
    expect(c[0]! - d[0]!).toBeCloseTo(20 * Math.log10(8) * Math.sqrt(128), 1);
  });
});

const data = new URL('../../../../shared/data/', import.meta.url);
const clips = new URL('gtzan-full/', data);

describe.skipIf(!existsSync(clips))('mfcc on full GTZAN clips (skipped without ../shared)', () => {
  it('agrees with the published rows', async () => {
    const file = readFileSync(new URL('gtzan-features/gtzan_genre_mfcc.npy', data));
    const header = file.readUInt16LE(8) + 10;
    const names = readFileSync(new URL('gtzan-features/rows.tsv', data), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]);
    let worst = 0;
    let sum = 0;
    for (const name of readdirSync(clips)
      .filter((n) => n.endsWith('.flac'))
      .slice(0, 2)) {
      const row = names.indexOf(name.replace('.flac', ''));
      const audio = new AudioFile(decodeURIComponent(new URL(name, clips).pathname));
      const { start, length, pcm } = audio.decode({ start: 0, length: 29 }, [12_000]);
      audio.close();
      const vector = await new PreparedWindow(start, length, pcm).vector(mfcc12k);
      for (let i = 0; i < 120; i++) {
        const difference = Math.abs(vector[i]! - file.readDoubleLE(header + 8 * (120 * row + i)));
        worst = Math.max(worst, difference);
        sum += difference;
      }
    }
    // The original's resampler was another one; what remains is in the top mel bands.
    expect(worst).toBeLessThan(0.4);
    expect(sum / 240).toBeLessThan(0.05);
  });
});
