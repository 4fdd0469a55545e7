import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUSICNN_BANDS, MusicnnMel } from '../../../../src/analyser/representations/musicnn/mel.ts';
import { musicnnTags } from '../../../../src/shared/music/msd-tags.ts';
import { chirp } from '../../signals.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../../reference/musicnn.json', import.meta.url), 'utf8'),
) as { frames: number; mel: number[] };

describe('MusicnnMel', () => {
  it('computes the logarithms of rounded mel power that the authors’ code computes', () => {
    const { frames, values } = new MusicnnMel().compute(chirp(16_000, 5.3));
    expect(frames).toBe(reference.frames);
    let at = 0;
    for (let frame = 0; frame < frames; frame += 29) {
      for (let band = 0; band < MUSICNN_BANDS; band += 7) {
        // A value that lies between two of float16 may fall to the other side: 4e-4 in the logarithm.
        expect(Math.abs(values[frame * MUSICNN_BANDS + band]! - reference.mel[at++]!)).toBeLessThan(5e-4);
      }
    }
    expect(at).toBe(reference.mel.length);
    expect(new MusicnnMel().compute(new Float32Array(48_000)).values.every((value) => value === 0)).toBe(
      true,
    );
  });

  it('has 50 tags, all different', () => {
    expect(new Set(musicnnTags).size).toBe(50);
  });
});
