import { describe, expect, it } from 'vitest';
import {
  type PredictionPolicy,
  predictedEdits,
  predictedValue,
} from '../../../src/main/library/predicted-edits.ts';
import type { Prediction } from '../../../src/shared/prediction.ts';

const policy: PredictionPolicy = {
  tasks: ['genre', 'key'],
  minConfidence: { genre: 0.5, key: 0.5 },
  overwrite: false,
  keyNotation: 'camelot',
};
const prediction = (task: 'genre' | 'key', label: string, confidence: number): Prediction => ({
  task,
  predictor: 'p',
  version: '1',
  labels: ['other', label],
  probabilities: [1 - confidence, confidence],
});
const both = [prediction('genre', 'hiphop', 0.9), prediction('key', 'A minor', 0.8)];

describe('predictedEdits', () => {
  it('fills empty fields, in the notation asked for', () => {
    expect(predictedEdits({}, both, policy).edits).toEqual([
      { field: 'genre', values: ['Hip-Hop'] },
      { field: 'key', values: ['8A'] },
    ]);
  });

  it('leaves what is filled unless told to overwrite', () => {
    const tags = { key: ['Cm'], genre: [' '] };
    expect(predictedEdits(tags, both, policy)).toMatchObject({
      edits: [{ field: 'genre' }],
      skipped: { key: 'filled' },
    });
    expect(predictedEdits(tags, both, { ...policy, overwrite: true }).edits).toHaveLength(2);
  });

  it('does not write what it is unsure of, and never clears', () => {
    const unsure = [
      { ...prediction('genre', 'rock', 0.4), labels: ['rock', 'a', 'b'], probabilities: [0.4, 0.3, 0.3] },
    ];
    expect(predictedEdits({ genre: ['Dub'] }, unsure, { ...policy, overwrite: true })).toEqual({
      edits: [],
      skipped: { genre: 'unsure', key: 'no-prediction' },
    });
  });
});

it('writes what was learnt as the user spells it, and shipped labels as they are usually spelt', () => {
  expect(predictedValue('genre', 'hiphop', 'standard')).toBe('Hip-Hop');
  expect(predictedValue('genre', 'hip hop', 'standard')).toBe('hip hop');
  expect(predictedValue('genre', 'DNB', 'standard')).toBe('DNB');
});
