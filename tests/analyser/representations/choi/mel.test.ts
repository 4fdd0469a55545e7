import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHOI_BANDS, CHOI_FRAMES, ChoiMel } from '../../../../src/analyser/representations/choi/mel.ts';
import { chirp } from '../../signals.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../../reference/choi.json', import.meta.url), 'utf8'),
) as { mel: number[] };

describe('ChoiMel', () => {
  const mel = new ChoiMel();

  it('computes the decibels that kapre’s convolutions give', () => {
    const values = mel.compute(chirp(12_000, 7.3));
    expect(values).toHaveLength(CHOI_BANDS * CHOI_FRAMES);
    let at = 0;
    for (let band = 0; band < CHOI_BANDS; band += 19) {
      for (let frame = 0; frame < CHOI_FRAMES; frame += 97) {
        // Their filters are in float32 at the edges of quiet bands; 0.01 dB is far below what is heard.
        expect(values[band * CHOI_FRAMES + frame]).toBeCloseTo(reference.mel[at++]!, 2);
      }
    }
    expect(at).toBe(reference.mel.length);
  });

  it('hears the first 29 seconds, repeats what is shorter, and has a floor', () => {
    const long = chirp(12_000, 31);
    expect(mel.compute(long)).toEqual(mel.compute(long.subarray(0, 29 * 12_000)));
    const short = chirp(12_000, 14.5);
    const twice = new Float32Array(29 * 12_000);
    twice.set(short);
    twice.set(short, short.length);
    expect(mel.compute(short)).toEqual(mel.compute(twice));
    expect(mel.compute(new Float32Array(36_000)).every((value) => value === -80)).toBe(true);
    expect(() => mel.compute(new Float32Array(0))).toThrow(RangeError);
  });
});
