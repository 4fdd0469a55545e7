import { count, number, percentage } from './formats.ts';

export const map = {
  label: 'Map of the tracks',
  /** What the map itself is called for those who can’t see it. */
  plot: (shown: number) => `Map of ${count(shown, 'track', 'tracks')}`,
  plotHint:
    'Tracks that sound alike lie near each other. Arrow keys go from track to track, Enter plays, Space chooses, plus and minus zoom, Shift with arrow keys moves the view, Ctrl+A chooses all in view.',
  colour: 'Colour',
  colours: {
    genre: 'Genre',
    key: 'Key',
    genreConfidence: 'How sure the genre is',
    keyConfidence: 'How sure the key is',
  },
  source: 'Heard by',
  sourceOption: (name: string, tracks: number) => `${name} (${number.format(tracks)})`,
  sources: {
    mfcc: 'Timbre (built in)',
    'mfcc-12k': 'Timbre (built in, with highs)',
    chroma: 'Harmony (built in)',
    'spectral-shape': 'Spectral shape (built in)',
    choi: 'CHOI',
    musicnn: 'MUSICNN',
    'musicnn-tags': 'MUSICNN’s tags',
    clmr: 'CLMR',
    'musicgen-small': 'MusicGen small',
    'musicgen-medium': 'MusicGen medium',
    'musicgen-large': 'MusicGen large',
    jukebox: 'Jukebox',
  } as Readonly<Record<string, string>>,
  tools: 'What dragging does',
  tool: {
    move: 'Move the view',
    lasso: 'Choose with a lasso (or Shift and drag)',
    rectangle: 'Choose with a rectangle',
  },
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show all of it',
  chooseInView: 'Choose all in view',
  again: 'Arrange anew',
  legend: 'Legend',
  legendAll: 'Show all',
  legendHint: 'Untick what is not to be shown',
  other: 'Other genres',
  none: {
    genre: 'No genre',
    key: 'No key',
    genreConfidence: 'No prediction',
    keyConfidence: 'No prediction',
  },
  sure: (from: number, below: number | null) =>
    below === null
      ? `${percentage.format(from)} or more`
      : from === 0
        ? `Below ${percentage.format(below)}`
        : `${percentage.format(from)} to ${percentage.format(below)}`,
  near: 'Around here',
  nearNone: 'Click a track, or go there with the arrow keys: what lies around it is listed here.',
  play: (name: string) => `Play ${name}`,
  unknownArtist: 'Unknown artist',
  noKey: 'no key',
  noGenre: 'no genre',
  predictedGenre: (genre: string, sure: string) => `${genre}, predicted (${sure})`,
  found: (found: number, all: number) => `${number.format(found)} of ${count(all, 'track', 'tracks')} found`,
  shown: (all: number) => count(all, 'track', 'tracks'),
  stages: {
    reading: 'Reading what was heard',
    neighbours: 'Finding what sounds alike',
    layout: 'Arranging',
    placing: 'Placing new tracks',
  },
  stage: (stage: string, share: number) => `${stage}, ${percentage.format(share)}`,
  stop: 'Stop',
  failed: (message: string) => `The map could not be made: ${message}`,
  tooMany: (most: number) => `No more than ${number.format(most)} tracks can be chosen here at once.`,
  partly: (heard: number, all: number) =>
    heard / all < 0.995
      ? `${percentage.format(Math.floor((heard / all) * 100) / 100)} of the tracks are on the map: the others were not listened to in this way yet.`
      : `${count(all - heard, 'track is', 'tracks are')} not on the map: not listened to in this way yet.`,
  few: 'So few tracks are shown by the two things in which they differ most.',
  loading: 'Getting the map…',
  making: 'Making the map',
  empty: 'There is no map yet',
  emptyHint:
    'It shows which tracks sound alike. For that, they have to be listened to first; your files are only read.',
  emptyRunning: 'Listening goes on. The map is made when the first tracks are done.',
  listen: 'Listen to the tracks',
};
