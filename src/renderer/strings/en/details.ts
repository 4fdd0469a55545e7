import { count, fieldName, fields, number } from './formats.ts';

export const details = {
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
  several: (tracks: number) => count(tracks, 'track', 'tracks'),
  severalHint: 'What you type is given to all of them. Nothing is written before you say so.',
  counting: 'Comparing…',
  was: (before: string) => (before === '' ? 'was empty' : `was “${before}”`),
  revert: (field: string) => `Take back the edit of ${field}`,
  empty: 'empty',
  otherTags: 'Other tags',
  reviewed: {
    accepted: 'You accepted this.',
    changed: 'You changed this.',
    rejected: 'You said this is wrong.',
  },
  field: fieldName,
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
  fields,
};
