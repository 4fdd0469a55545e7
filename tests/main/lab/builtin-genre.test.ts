import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readGtzanSplit,
  readPublishedMfcc,
  readPublishedSpectralShape,
} from '../../../src/main/lab/gtzan.ts';
import { matrix, row } from '../../../src/main/lab/matrix.ts';
import { fitProbe, type ProbeDescription } from '../../../src/main/lab/train-probe.ts';
import { GTZAN_GENRES } from '../../../src/shared/music/genre.ts';
import { rank } from '../../../src/shared/prediction.ts';
import { applyProbe, parseProbe, probeLogits } from '../../../src/shared/probe.ts';

const root = resolve(import.meta.dirname, '../../..');
const shared = resolve(root, '../shared');
const probe = parseProbe(readFileSync(resolve(root, 'models/builtin-genre.json'), 'utf8'));

describe('models/builtin-genre.json', () => {
  it('names genres as GTZAN does, from two representations', () => {
    expect(probe.labels).toEqual(GTZAN_GENRES);
    expect(probe.inputs.map(({ representation, dimension }) => `${representation} ${dimension}`)).toEqual([
      'mfcc-12k 120',
      'spectral-shape 8',
    ]);
  });

  it('does not listen to loudness', () => {
    const features = new Float32Array(128).fill(0.5);
    const louder = features.slice();
    louder[0]! += 100;
    expect(probeLogits(probe, louder)).toEqual(probeLogits(probe, features));
  });

  it.skipIf(!existsSync(shared))(
    'is right on the share of test clips that it claims (skipped without ../shared)',
    () => {
      const mfcc = readPublishedMfcc(shared);
      const shape = readPublishedSpectralShape(shared);
      const shapePlaces = new Map(shape.clips.map((clip, at) => [clip, at]));
      const mfccPlaces = new Map(mfcc.clips.map((clip, at) => [clip, at]));
      const test = readGtzanSplit(shared).filter((clip) => clip.split === 'test');
      const right = test.filter(({ clip, genre }) => {
        const probabilities = applyProbe(
          probe,
          new Map([
            ['mfcc-12k', row(mfcc.vectors, mfccPlaces.get(clip)!)],
            ['spectral-shape', row(shape.vectors, shapePlaces.get(clip)!)],
          ]),
        );
        return rank({ labels: probe.labels, probabilities }).label === GTZAN_GENRES[genre];
      }).length;
      const claimed = probe.provenance.scores.find(
        (score) => score.metric === 'accuracy' && score.on === 'GTZAN test, fitted on train + valid',
      );
      expect(test).toHaveLength(290);
      expect(right / test.length).toBeCloseTo(claimed!.value, 4);
      expect(right / test.length).toBeGreaterThanOrEqual(0.5);
    },
  );
});

describe('fitProbe', () => {
  const description: ProbeDescription = {
    id: 'p',
    version: '1',
    task: 'genre',
    labels: ['low', 'high'],
    inputs: [{ representation: 'r', version: '1', dimension: 2 }],
    clip: 4,
  };
  const examples = { x: matrix(4, 2, [0, 7, 1, 8, 10, 7, 11, 9]), y: [0, 0, 1, 1] };

  it('learns what separates the labels', () => {
    const fitted = fitProbe(description, examples, 1);
    expect(applyProbe(fitted, new Map([['r', [0.5, 8]]]))[0]).toBeGreaterThan(0.7);
    expect(applyProbe(fitted, new Map([['r', [10.5, 8]]]))[1]).toBeGreaterThan(0.7);
  });

  it('gives columns that it must not use no say', () => {
    const fitted = fitProbe({ ...description, columns: [1] }, examples, 1);
    expect(probeLogits(fitted, [0, 8])).toEqual(probeLogits(fitted, [11, 8]));
    expect(probeLogits(fitted, [0, 8])).not.toEqual(probeLogits(fitted, [0, 9]));
  });
});
