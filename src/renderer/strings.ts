import type { WorkKind } from '../shared/contract/index.ts';

const number = new Intl.NumberFormat('en');
const percentage = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

const count = (value: number, one: string, many: string): string =>
  `${number.format(value)} ${value === 1 ? one : many}`;

/** Everything that the user interface says, in English: the one place to translate. */
export const t = {
  app: 'Cratewise',
  number: (value: number) => number.format(value),
  percent: (probability: number) =>
    probability > 0 && probability < 0.005 ? `<${percentage.format(0.01)}` : percentage.format(probability),
  tracks: (value: number) => count(value, 'track', 'tracks'),

  search: {
    label: 'Search',
    placeholder: 'Title, artist, album, path…',
    hint: 'Press / to search',
    clear: 'Clear the search',
    found: (found: number, all: number) =>
      found === all
        ? count(all, 'track', 'tracks')
        : `${number.format(found)} of ${count(all, 'track', 'tracks')}`,
  },

  filters: {
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
    notation: 'Keys as',
    notations: { standard: 'Am', camelot: '8A', 'open-key': '1m' },
    notationNames: {
      standard: 'Standard, like Am',
      camelot: 'Camelot, like 8A',
      'open-key': 'Open Key, like 1m',
    },
  },

  table: {
    label: 'Tracks',
    columns: {
      state: 'State',
      title: 'Title',
      artist: 'Artist',
      album: 'Album',
      key: 'Key',
      genre: 'Genre',
      bpm: 'BPM',
      duration: 'Length',
    },
    sortBy: (column: string) => `Sort by ${column}`,
    sortByGenreConfidence: 'Sort by how sure the genre is',
    loading: 'Loading…',
    none: 'No track matches.',
    noneHint: 'Change the search, or clear the filters.',
    loadFailed: 'The list could not be loaded.',
  },

  states: {
    predicted: 'Predicted, not tagged',
    tagged: 'Tagged',
    differs: 'Tagged, prediction differs',
    empty: 'Neither tagged nor predicted',
    problem: 'There was a problem with this file',
    missing: 'The file is gone',
    offline: 'Its folder can’t be reached',
  },

  prediction: {
    predicted: (value: string, confidence: string) => `Predicted: ${value}, ${confidence} sure`,
    predictedInstead: (value: string, confidence: string) => `Prediction says ${value}, ${confidence} sure`,
    unsure: 'Unsure',
    unsureBetween: (first: string, second: string) => `Unsure: ${first} or ${second}?`,
    sure: (confidence: string) => `${confidence} sure`,
    runnerUp: (label: string, probability: string) => `Runner-up ${label}, ${probability}`,
    others: (labels: number) => `${number.format(labels)} others`,
    by: (predictor: string, version: string) => `by ${predictor}, version ${version}`,
    distribution: (task: string) => `${task}: how likely each is`,
    none: 'Not listened to yet.',
    silent: {
      silence: 'No prediction: the track is silent.',
      'too-short': 'No prediction: the track is too short to tell.',
    } as Readonly<Record<string, string>>,
    silentOther: (reason: string) => `No prediction (${reason}).`,
  },

  details: {
    title: 'Details',
    close: 'Close the details',
    nothing: 'Choose a track to see what is known of it.',
    gone: 'This track is not in the library any more.',
    key: 'Key',
    genre: 'Genre',
    tagged: 'Tagged',
    notTagged: 'no tag',
    tags: 'Tags',
    noTags: 'The file has no tags.',
    file: 'File',
    path: 'Path',
    format: 'Format',
    sound: (rate: string, channels: string) => [rate, channels].filter((part) => part !== '').join(', '),
    rate: (hertz: number) => `${number.format(hertz / 1000)} kHz`,
    channels: (channels: number) =>
      channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`,
    size: 'Size',
    megabytes: (bytes: number) =>
      `${new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(bytes / 1e6)} MB`,
    length: 'Length',
    fields: {
      title: 'Title',
      artist: 'Artist',
      album: 'Album',
      albumArtist: 'Album artist',
      genre: 'Genre',
      key: 'Key',
      trackNumber: 'Track',
      trackTotal: 'Tracks',
      discNumber: 'Disc',
      discTotal: 'Discs',
      date: 'Date',
      bpm: 'BPM',
      composer: 'Composer',
      comment: 'Comment',
      grouping: 'Grouping',
      rating: 'Rating',
    } as Readonly<Record<string, string>>,
  },

  work: {
    addFolder: 'Add a folder',
    folder: 'Folder',
    folderPlaceholder: '/home/you/Music',
    add: 'Add',
    cancel: 'Cancel',
    scan: 'Look for changes',
    analyse: 'Listen',
    analyseHint: 'Listen to every track that has no prediction yet',
    stop: 'Stop',
    stopping: 'Stopping…',
    running: {
      scan: 'Scanning',
      analyse: 'Listening',
      write: 'Writing',
      undo: 'Putting back',
    } satisfies Record<WorkKind, string>,
    progress: (done: number, total: number) =>
      total > 0 ? `${number.format(done)} of ${number.format(total)}` : number.format(done),
    failed: (files: number) => `${count(files, 'file', 'files')} failed`,
    finished: {
      scan: (done: number) => `Scan finished: ${count(done, 'file', 'files')}`,
      analyse: (done: number) => `Listened to ${count(done, 'track', 'tracks')}`,
      write: (done: number) => `Wrote ${count(done, 'file', 'files')}`,
      undo: (done: number) => `Put back ${count(done, 'file', 'files')}`,
    },
    stopped: {
      scan: 'Scan stopped. The next one goes on from there.',
      analyse: 'Listening stopped. It goes on from there next time.',
      write: 'Writing stopped. The rest is still waiting.',
      undo: 'Stopped. The rest is as it was written.',
    } satisfies Record<WorkKind, string>,
    broke: (message: string) => `It ended early: ${message}`,
    waiting: (tracks: number) => `${count(tracks, 'track', 'tracks')} waiting`,
  },

  first: {
    title: 'Point it at your music',
    text: 'Cratewise reads the tags of every file in a folder, then listens and predicts genre and key. Your files are only read.',
  },

  connection: {
    connecting: 'Opening the library…',
    lost: 'The connection to Cratewise ended.',
    lostHint: 'Start “cratewise serve” again, and open the address that it prints.',
    noToken: 'This address lacks its secret.',
    noTokenHint: 'Open the whole address that “cratewise serve” prints, with everything behind the #.',
    reload: 'Try again',
    failed: (message: string) => `That did not work: ${message}`,
    dismiss: 'Dismiss',
  },
};
