import { formatsOf } from '../formats.ts';

export const { number, percentage, date, moment, counted } = formatsOf('en');

/** `1 track`, `2 tracks`. */
export const count = (value: number, one: string, many: string): string =>
  counted(value, { one, other: many });

export const fields = {
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
} as Readonly<Record<string, string>>;

/** A tag by its name; a free-form one by the name that it has in the file. */
export const fieldName = (field: string): string => fields[field] ?? field.replace(/^custom:/, '');

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
