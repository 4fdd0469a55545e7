import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PreparedWindow } from '../../../src/analyser/prepared-window.ts';
import { spectralShape } from '../../../src/analyser/representations/spectral-shape/index.ts';
import { chirp, sine } from '../signals.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../reference/features.json', import.meta.url), 'utf8'),
) as { 'spectral-shape': number[] };

const shapeOf = (samples: Float32Array) =>
  new PreparedWindow(0, samples.length / 22_050, new Map([[22_050, samples]])).vector(spectralShape);

describe('spectral shape', () => {
  it('is what librosa gives', async () => {
    const vector = await shapeOf(chirp(22_050, 2));
    const expected = reference['spectral-shape'];
    expect(vector.length).toBe(expected.length);
    for (let i = 0; i < expected.length; i++) expect(vector[i]! / expected[i]!).toBeCloseTo(1, 4);
  });

  it('finds a tone where it is', async () => {
    const [centroid, , bandwidth, , rolloff, , crossings] = await shapeOf(sine(22_050, 2, 1000));
    expect(centroid).toBeGreaterThan(990);
    expect(centroid).toBeLessThan(1020);
    expect(bandwidth).toBeLessThan(150);
    // Two bins: roll-off is counted in whole bins, and the ends smear the tone.
    expect(Math.abs(rolloff! - 1000)).toBeLessThan(2 * 10.77 + 10);
    // The repeated edge samples at both ends have no crossings.
    expect(crossings).toBeCloseTo(2000 / 22_050, 2);
  });

  it('does not depend on loudness, and is nought for silence', async () => {
    const loud = await shapeOf(chirp(22_050, 2));
    const soft = await shapeOf(chirp(22_050, 2).map((x) => x / 100));
    for (let i = 0; i < 8; i++) expect(soft[i]! / loud[i]!).toBeCloseTo(1, 4);
    expect([...(await shapeOf(new Float32Array(22_050)))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
