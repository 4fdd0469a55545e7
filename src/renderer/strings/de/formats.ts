import { formatsOf } from '../formats.ts';

export const { number, percentage, date, moment, counted } = formatsOf('de');

/** `1 Track`, `2 Tracks`. */
export const count = (value: number, one: string, many: string): string =>
  counted(value, { one, other: many });

export const fields = {
  title: 'Titel',
  artist: 'Interpret',
  album: 'Album',
  albumArtist: 'Album\u00adinterpret',
  genre: 'Genre',
  key: 'Tonart',
  trackNumber: 'Tracknummer',
  trackTotal: 'Anzahl Tracks',
  discNumber: 'CD-Nummer',
  discTotal: 'Anzahl CDs',
  date: 'Datum',
  bpm: 'BPM',
  composer: 'Komponist',
  comment: 'Kommentar',
  grouping: 'Gruppierung',
  rating: 'Wertung',
} as Readonly<Record<string, string>>;

/** A tag by its name; a free-form one by the name that it has in the file. */
export const fieldName = (field: string): string => fields[field] ?? field.replace(/^custom:/, '');

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
