import { formatKey, type Key } from '../../src/shared/music/key.ts';

/** Invented, as are those who play it. */
const PIECES: readonly (readonly [title: string, artist: string, album: string, genre: string])[] = [
  ['Harbour at Four', 'Nadja Ferro', 'Low Water', 'Deep House'],
  ['Copper Rain', 'Ostkreuz Ensemble', 'Copper Rain', ''],
  ['Slow Machines', 'Field Radio', 'Signals', 'Techno'],
  ['Paper Lanterns', 'Mirela Vance', 'Evenings', 'Downtempo'],
  ['Ninth Floor', 'The Stairwells', 'Ninth Floor', ''],
  ['Gravel', 'Nadja Ferro', 'Low Water', 'Dub Techno'],
  ['What the River Kept', 'Ada & Quill', 'What the River Kept', 'Folk'],
  ['Amber Line', 'Kollektiv Süd', 'Nachtzug', 'Techno'],
  ['Second Sun', 'Orchid Motel', 'Second Sun', ''],
  ['Bakelite', 'Field Radio', 'Signals', 'Electro'],
  ['Gleis 9', 'Kollektiv Süd', 'Nachtzug', 'Minimal'],
  ['A Room with Plants', 'Mirela Vance', 'Evenings', ''],
  ['Tin Whistle Blues', 'Old Ferry Band', 'Crossings', 'Blues'],
  ['Halogen', 'Orchid Motel', 'Second Sun', 'House'],
  ['Der lange Weg', 'Ostkreuz Ensemble', 'Copper Rain', 'Jazz'],
  ['Marigold', 'Ada & Quill', 'What the River Kept', ''],
  ['Night Bus 176', 'The Stairwells', 'Ninth Floor', 'UK Garage'],
  ['Lichtung', 'Kollektiv Süd', 'Nachtzug', ''],
  ['Salt Flats', 'Nadja Ferro', 'Low Water', 'Deep House'],
  ['Crossings', 'Old Ferry Band', 'Crossings', 'Country'],
  ['Ohms and Ampères', 'Field Radio', 'Signals', ''],
  ['Velvet Static', 'Orchid Motel', 'Second Sun', 'Disco'],
  ['Zugvögel', 'Ostkreuz Ensemble', 'Copper Rain', 'Jazz'],
  ['Last One Out', 'The Stairwells', 'Ninth Floor', 'House'],
];

export const PIECE_COUNT = PIECES.length;
export const CONTAINERS = ['mp3', 'flac', 'mp3', 'ogg'];

/** Tags as a library has them that many hands have filled: most are there, some are not, and keys in some files only. */
export function tagsOf(i: number, key: Key): Record<string, string> {
  const [title, artist, album, genre] = PIECES[i % PIECES.length]!;
  const named = i % 5 === 2 ? formatKey(key, 'standard') : formatKey(key, 'camelot');
  return {
    title,
    artist,
    album,
    ...(genre === '' ? {} : { genre }),
    date: String(1998 + ((i * 7) % 26)),
    ...(i % 3 === 1 ? {} : { TBPM: String(92 + ((i * 13) % 48)) }),
    ...(i % 3 === 0 ? { [CONTAINERS[i % CONTAINERS.length] === 'mp3' ? 'TKEY' : 'INITIALKEY']: named } : {}),
  };
}
