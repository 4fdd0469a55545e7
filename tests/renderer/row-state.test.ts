import { describe, expect, it } from 'vitest';
import { isUnsure } from '../../src/renderer/lib/format.ts';
import { rowState } from '../../src/renderer/lib/row-state.ts';
import type { TrackRow } from '../../src/shared/contract/index.ts';

const row = (change: Partial<TrackRow>): TrackRow => ({
  id: 1,
  path: '/a.mp3',
  state: 'present',
  title: null,
  artist: null,
  album: null,
  genre: null,
  keyText: null,
  key: null,
  bpm: null,
  durationSeconds: null,
  predictedKey: null,
  predictedKeyConfidence: null,
  predictedGenre: null,
  predictedGenreConfidence: null,
  problemCode: null,
  addedAt: 0,
  trackId: null,
  year: null,
  edited: [],
  editProblem: null,
  written: false,
  values: {},
  ...change,
});

describe('rowState', () => {
  it.each([
    ['empty', {}],
    ['tagged', { keyText: '8A', key: 21, genre: 'House' }],
    ['tagged', { keyText: '8A', key: 21, genre: 'House; Dub', predictedKey: 21, predictedGenre: 'dub' }],
    ['predicted', { predictedKey: 3 }],
    ['predicted', { keyText: '8A', key: 21, predictedKey: 21, predictedGenre: 'rock' }],
    ['differs', { keyText: '8A', key: 21, predictedKey: 3 }],
    ['differs', { keyText: 'what?', predictedKey: 3 }],
    ['differs', { genre: 'House', predictedGenre: 'rock' }],
    ['problem', { keyText: '8A', key: 21, predictedKey: 3, problemCode: 'corrupt' }],
    ['offline', { state: 'offline', problemCode: 'corrupt' }],
  ] satisfies [string, Partial<TrackRow>][])('is %s for %o', (state, change) => {
    expect(rowState(row(change))).toBe(state);
  });
});

describe('isUnsure', () => {
  it('is so below one half, or with a rival close behind', () => {
    expect(isUnsure({ confidence: 0.49, margin: 0.4 })).toBe(true);
    expect(isUnsure({ confidence: 0.52, margin: 0.05 })).toBe(true);
    expect(isUnsure({ confidence: 0.7, margin: 0.5 })).toBe(false);
  });
});
