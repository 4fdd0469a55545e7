import { describe, expect, it } from 'vitest';
import { musicnnTags, suggestTags } from '../../../src/shared/music/msd-tags.ts';

describe('suggestTags', () => {
  it('names what is heard clearly, strongest first, and nothing of a vector that says nothing', () => {
    const activations = new Float32Array(musicnnTags.length).fill(0.02);
    activations[musicnnTags.indexOf('folk')] = 0.5;
    activations[musicnnTags.indexOf('jazz')] = 0.75;
    activations[musicnnTags.indexOf('punk')] = 0.09;
    expect(suggestTags(activations)).toEqual([
      { tag: 'jazz', activation: 0.75 },
      { tag: 'folk', activation: 0.5 },
    ]);
    expect(suggestTags(activations, 1)).toHaveLength(1);
    expect(suggestTags(new Float32Array(50))).toEqual([]);
  });
});
