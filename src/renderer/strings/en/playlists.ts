import type { ExportColumn, ExportNote } from '../../../shared/export.ts';
import type { PlaylistStepKind } from '../../../shared/playlist/step.ts';
import { count } from './formats.ts';

const tracks = (value: number) => count(value, 'track', 'tracks');
const which = ({ count: all, examples }: ExportNote) =>
  `${examples.join(', ')}${all > examples.length ? ', …' : ''}`;

export const playlists = {
  title: 'Playlists',
  none: 'None yet. Choose tracks and add them to one.',
  create: 'New playlist',
  created: 'New playlist',
  import: 'Import a playlist file (M3U, M3U8)',
  imported: (name: string, all: number, known: number) =>
    known === all
      ? `“${name}” has ${tracks(all)}.`
      : `“${name}” has ${tracks(all)}; ${known} of them are in the library.`,
  notAPlaylist: (file: string) => `“${file}” names no file, so it is no M3U playlist.`,
  open: (name: string, items: number, time: string) => `${name}, ${tracks(items)}, ${time}`,
  name: 'Name',
  rename: 'Rename',
  delete: 'Delete playlist',
  deleted: (name: string) => `“${name}” was deleted.`,
  undo: 'Undo',
  redo: 'Redo',
  undoOf: (what: string | null) => (what === null ? 'Undo' : `Undo: ${what}`),
  redoOf: (what: string | null) => (what === null ? 'Redo' : `Redo: ${what}`),
  step: (kind: PlaylistStepKind, items: number) => {
    switch (kind) {
      case 'create':
        return 'new playlist';
      case 'rename':
        return 'renamed';
      case 'delete':
        return 'deleted';
      case 'add':
        return `added ${tracks(items)}`;
      case 'remove':
        return `removed ${tracks(items)}`;
      case 'move':
        return `moved ${tracks(items)}`;
      case 'order':
        return 'new order';
    }
  },
  undone: (name: string, what: string) => `“${name}”: ${what}, undone.`,
  redone: (name: string, what: string) => `“${name}”: ${what}, done again.`,
  added: (name: string, items: number, known: number) => {
    if (items === 0) return `Everything was in “${name}” already.`;
    return `${tracks(items)} added to “${name}”.${known > 0 ? ` ${known} ${known === 1 ? 'was' : 'were'} in it already.` : ''}`;
  },
  removed: (items: number) => `${tracks(items)} removed.`,
  moved: (items: number) => `${tracks(items)} moved.`,
  arranged: 'In an order in which each track mixes after the one before it.',
  size: (items: number, time: string) => `${tracks(items)} · ${time}`,
  arrange: 'Order for mixing',
  arrangeHint: 'From the first track on, each one mixes after the one before it: by key, tempo and sound.',
  export: 'Export…',
  add: 'Add to a playlist',
  addChosen: (items: number) => `Add ${tracks(items)} to`,
  addNew: 'To a new playlist',
  empty: 'This playlist is empty.',
  emptyHint: 'In the list of tracks, choose some and press “Add to a playlist”.',
  list: (name: string) => `Tracks of “${name}”`,
  listHint: 'Enter plays, Delete removes, Alt with ↑ or ↓ moves, Ctrl+A chooses all.',
  gone: 'Not in the library',
  missing: 'The file is missing',
  offline: 'Its folder can’t be reached',
  remove: 'Remove from the playlist',
  up: 'Move up',
  down: 'Move down',
  position: (place: number, all: number) => `${place} of ${all}`,
  transition: (what: string) => `after the one before: ${what}`,
  exporting: {
    title: 'Export',
    what: 'What',
    chosen: (items: number) => `The ${tracks(items)} that are chosen`,
    found: (items: number) => `All ${tracks(items)} that the search finds`,
    playlist: (name: string, items: number) => `The playlist “${name}”, ${tracks(items)}`,
    format: 'As',
    m3u8: 'Playlist (M3U8)',
    m3u8Hint: 'For players and DJ software.',
    csv: 'Table (CSV)',
    csvHint: 'For spreadsheets and scripts.',
    paths: 'Paths',
    absolute: 'In full, from the root of the disk',
    relative: (folder: string) => `Relative to ${folder}`,
    relativeHint: 'Keep the file in that folder; it then works on another computer too.',
    crlf: 'Line ends for old players on Windows',
    columns: 'Columns',
    column: {
      path: 'Path',
      folder: 'Folder',
      file: 'File name',
      title: 'Title',
      artist: 'Artist',
      album: 'Album',
      albumArtist: 'Album artist',
      genre: 'Genre',
      key: 'Key',
      camelot: 'Camelot',
      bpm: 'BPM',
      year: 'Year',
      seconds: 'Seconds',
      predictedKey: 'Predicted key',
      keyConfidence: 'How sure the key is',
      predictedGenre: 'Predicted genre',
      genreConfidence: 'How sure the genre is',
      trackNumber: 'Track number',
      discNumber: 'Disc number',
      composer: 'Composer',
      comment: 'Comment',
      grouping: 'Grouping',
      rating: 'Rating',
      state: 'State',
      added: 'Added',
    } as Readonly<Record<ExportColumn, string>>,
    excel: 'For Excel (byte order mark)',
    delimiter: 'Between cells',
    delimiters: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab' } as Readonly<Record<string, string>>,
    neutralise: 'Keep spreadsheets from running what a tag says',
    neutraliseHint: 'Text that begins like a formula gets an apostrophe in front.',
    start: 'Save the file',
    cancel: 'Cancel',
    close: 'Close',
    running: (done: number, all: number) => `${tracks(done)} of ${tracks(all)} written…`,
    done: (items: number, file: string) => `${tracks(items)} in ${file}.`,
    name: 'Tracks',
    notes: {
      gone: (note: ExportNote) =>
        `${tracks(note.count)} left out, for the files are not there: ${which(note)}`,
      address: (note: ExportNote) =>
        `${count(note.count, 'name', 'names')} that no line of text can hold written as file:// addresses, which some players do not read: ${which(note)}`,
      absolute: (note: ExportNote) =>
        `${count(note.count, 'path', 'paths')} written in full, being on another drive: ${which(note)}`,
      apostrophe: (note: ExportNote) =>
        `${count(note.count, 'cell', 'cells')} would have been taken for a formula and got an apostrophe in front: ${which(note)}`,
      'not-text': (note: ExportNote) =>
        `${count(note.count, 'name', 'names')} with bytes that are no text, shown as \ufffd: ${which(note)}`,
    },
  },
};
