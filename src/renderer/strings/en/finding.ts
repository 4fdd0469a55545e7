import type { QueryProblemCode } from '../../../shared/query/parse.ts';
import { count, number } from './formats.ts';

export const search = {
  label: 'Search',
  placeholder: 'Words, or key:8A~ genre:techno bpm:>120',
  hint: 'Press / to search',
  completions: 'Ways to go on',
  saved: 'Saved searches',
  savedNone: 'No search is saved yet.',
  saveAs: 'Save this search as',
  save: 'Save',
  forget: (name: string) => `Forget the search “${name}”`,
  problem: (code: QueryProblemCode, field: string, value: string) => {
    switch (code) {
      case 'empty':
        return `${field}: needs something behind it.`;
      case 'no-key':
        return `“${value}” is no key. Write it like 8A, Am or 1m; 8A~ also finds what mixes with it.`;
      case 'no-number':
        return `“${value}” is no number. Write ${field}:>120, ${field}:120-128 or ${field}:<=90.`;
      case 'no-duration':
        return `“${value}” is no length. Write ${field}:<6:30 or ${field}:>90 (seconds).`;
      case 'no-field':
        return `There is no field “${value}”. There are key, genre, title, artist, year and the like.`;
      case 'no-task':
        return `${field}: takes key, genre or any.`;
      case 'no-state':
        return `${field}: takes edited, failed, written, predicted, unsure, reviewed, unreviewed, unheard or problem.`;
      case 'alone':
        return `${value} needs a condition beside it. To look for the word itself, write "${value}".`;
    }
  },
  fields: {
    key: 'Key; 8A~ also what mixes with it',
    genre: 'Genre; several with commas',
    bpm: 'Tempo, like >120 or 120-128',
    year: 'Year, like 1990-1999',
    length: 'Length, like <6:00',
    conf: 'How sure the predictions are, like <.6',
    keyconf: 'How sure the key is',
    genreconf: 'How sure the genre is',
    missing: 'A tag that is not there',
    has: 'A tag that is there',
    differs: 'Tag and prediction differ',
    is: 'State: edited, written, unsure…',
    title: 'Only in the title',
    artist: 'Only in the artist',
    album: 'Only in the album',
    albumartist: 'Only in the album artist',
    comment: 'Only in the comment',
    path: 'Only in folder and file name',
    format: 'Kind of file, like flac',
    added: 'Added to the library, like <7d',
  } as Readonly<Record<string, string>>,
  found: (found: number, all: number) =>
    found === all
      ? count(all, 'track', 'tracks')
      : `${number.format(found)} of ${count(all, 'track', 'tracks')}`,
};

export const filters = {
  title: 'Filters',
  clear: 'Clear all',
  key: 'Key',
  compatible: 'Also keys that mix',
  compatibleHint: 'One step round the wheel, and the relative major or minor',
  missing: 'Without a tag',
  missingKey: 'No key',
  missingGenre: 'No genre',
  differs: 'Tag differs from prediction',
  differsKey: 'Key differs',
  differsGenre: 'Genre differs',
  genre: 'Genre',
  anyGenre: 'Any genre',
  genreOption: (genre: string, files: number) => `${genre} (${number.format(files)})`,
  wheel: 'Keys on the Camelot wheel',
  wheelSegment: (code: string, name: string, files: number | null) =>
    files === null ? `${code}, ${name}` : `${code}, ${name}, ${count(files, 'track', 'tracks')}`,
  notationNames: {
    standard: 'Standard, like Am',
    camelot: 'Camelot, like 8A',
    'open-key': 'Open Key, like 1m',
  },
};
