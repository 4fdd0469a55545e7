import type { SearchRow } from '../../../src/main/catalogue/index.ts';

/** A row of the catalogue that says nothing but its path and what `change` says. */
export function row(path: string, change: Partial<SearchRow> = {}): SearchRow {
  return {
    id: 1,
    path,
    trackId: 1,
    state: 'present',
    title: null,
    artist: null,
    album: null,
    genre: null,
    keyText: null,
    key: null,
    bpm: null,
    year: null,
    durationSeconds: null,
    predictedKey: null,
    predictedKeyConfidence: null,
    predictedGenre: null,
    predictedGenreConfidence: null,
    problemCode: null,
    addedAt: 0,
    edited: [],
    editProblem: null,
    written: false,
    values: {},
    ...change,
  };
}
