import type { ExportNote } from '../../../shared/export.ts';
import { count } from './formats.ts';

type English = typeof import('../en/playlists.ts').playlists;

const tracks = (value: number) => count(value, 'Track', 'Tracks');
const which = ({ count: all, examples }: ExportNote) =>
  `${examples.join(', ')}${all > examples.length ? ', …' : ''}`;

export const playlists: English = {
  title: 'Playlists',
  none: 'Noch keine. Tracks wählen und in eine aufnehmen.',
  create: 'Neue Playlist',
  created: 'Neue Playlist',
  import: 'Playlist-Datei importieren (M3U, M3U8)',
  imported: (name, all, known) =>
    known === all
      ? `„${name}“ hat ${tracks(all)}.`
      : `„${name}“ hat ${tracks(all)}; davon sind ${known} in der Bibliothek.`,
  notAPlaylist: (file) => `„${file}“ nennt keine Datei, ist also keine M3U-Playlist.`,
  open: (name, items, time) => `${name}, ${tracks(items)}, ${time}`,
  name: 'Name',
  rename: 'Umbenennen',
  delete: 'Playlist löschen',
  deleted: (name) => `„${name}“ wurde gelöscht.`,
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  undoOf: (what) => (what === null ? 'Rückgängig' : `Rückgängig: ${what}`),
  redoOf: (what) => (what === null ? 'Wiederholen' : `Wiederholen: ${what}`),
  step: (kind, items) => {
    switch (kind) {
      case 'create':
        return 'neue Playlist';
      case 'rename':
        return 'umbenannt';
      case 'delete':
        return 'gelöscht';
      case 'add':
        return `${tracks(items)} aufgenommen`;
      case 'remove':
        return `${tracks(items)} entfernt`;
      case 'move':
        return `${tracks(items)} verschoben`;
      case 'order':
        return 'neu geordnet';
    }
  },
  undone: (name, what) => `„${name}“: ${what}, rückgängig gemacht.`,
  redone: (name, what) => `„${name}“: ${what}, wiederholt.`,
  added: (name, items, known) => {
    if (items === 0) return `In „${name}“ war schon alles.`;
    return `${tracks(items)} in „${name}“ aufgenommen.${known > 0 ? ` ${known} ${known === 1 ? 'war' : 'waren'} schon darin.` : ''}`;
  },
  removed: (items) => `${tracks(items)} entfernt.`,
  moved: (items) => `${tracks(items)} verschoben.`,
  arranged: 'So geordnet, dass jeder Track zum vorigen passt.',
  size: (items, time) => `${tracks(items)} · ${time}`,
  arrange: 'Zum Mixen ordnen',
  arrangeHint: 'Vom ersten Track an passt jeder zum vorigen: nach Tonart, Tempo und Klang.',
  export: 'Exportieren …',
  add: 'In eine Playlist aufnehmen',
  addChosen: (items) => `${tracks(items)} aufnehmen in`,
  addNew: 'In eine neue Playlist',
  empty: 'Diese Playlist ist leer.',
  emptyHint: 'In der Trackliste Tracks wählen und „In eine Playlist aufnehmen“ drücken.',
  list: (name) => `Tracks von „${name}“`,
  listHint: 'Eingabe spielt ab, Entf entfernt, Alt mit ↑ oder ↓ verschiebt, Strg+A wählt alle.',
  gone: 'Nicht in der Bibliothek',
  missing: 'Die Datei fehlt',
  offline: 'Der Ordner ist nicht erreichbar',
  remove: 'Aus der Playlist entfernen',
  up: 'Nach oben',
  down: 'Nach unten',
  position: (place, all) => `${place} von ${all}`,
  transition: (what) => `nach dem vorigen: ${what}`,
  exporting: {
    title: 'Exportieren',
    what: 'Was',
    chosen: (items) => `Die gewählten Tracks (${items})`,
    found: (items) => `Alles, was die Suche findet: ${tracks(items)}`,
    playlist: (name, items) => `Die Playlist „${name}“, ${tracks(items)}`,
    format: 'Als',
    m3u8: 'Playlist (M3U8)',
    m3u8Hint: 'Für Player und DJ-Software.',
    csv: 'Tabelle (CSV)',
    csvHint: 'Für Tabellenprogramme und Skripte.',
    paths: 'Pfade',
    absolute: 'Vollständig, von der Wurzel des Laufwerks an',
    relative: (folder) => `Relativ zu ${folder}`,
    relativeHint: 'Die Datei in diesem Ordner ablegen; sie gilt dann auch auf einem anderen Computer.',
    crlf: 'Zeilenenden für alte Player unter Windows',
    columns: 'Spalten',
    column: {
      path: 'Pfad',
      folder: 'Ordner',
      file: 'Dateiname',
      title: 'Titel',
      artist: 'Interpret',
      album: 'Album',
      albumArtist: 'Albuminterpret',
      genre: 'Genre',
      key: 'Tonart',
      camelot: 'Camelot',
      bpm: 'BPM',
      year: 'Jahr',
      seconds: 'Sekunden',
      predictedKey: 'Vorhergesagte Tonart',
      keyConfidence: 'Wie sicher die Tonart ist',
      predictedGenre: 'Vorhergesagtes Genre',
      genreConfidence: 'Wie sicher das Genre ist',
      trackNumber: 'Tracknummer',
      discNumber: 'CD-Nummer',
      composer: 'Komponist',
      comment: 'Kommentar',
      grouping: 'Gruppierung',
      rating: 'Bewertung',
      state: 'Zustand',
      added: 'Hinzugefügt',
    },
    excel: 'Für Excel (Byte Order Mark)',
    delimiter: 'Zwischen den Zellen',
    delimiters: { ',': 'Komma', ';': 'Semikolon', '\t': 'Tabulator' },
    neutralise: 'Verhindern, dass Tabellenprogramme Tags ausführen',
    neutraliseHint: 'Text, der wie eine Formel beginnt, bekommt einen Apostroph davor.',
    start: 'Datei sichern',
    cancel: 'Abbrechen',
    close: 'Schließen',
    running: (done, all) => `${tracks(done)} von ${tracks(all)} geschrieben …`,
    done: (items, file) => `${tracks(items)} in ${file}.`,
    name: 'Tracks',
    notes: {
      gone: (note) => `${tracks(note.count)} ausgelassen, denn die Dateien fehlen: ${which(note)}`,
      address: (note) =>
        `${count(note.count, 'Name passt', 'Namen passen')} in keine Textzeile und ${note.count === 1 ? 'steht' : 'stehen'} als file://-Adresse da; manche Player lesen das nicht: ${which(note)}`,
      absolute: (note) =>
        `${count(note.count, 'Pfad', 'Pfade')} vollständig geschrieben, da auf einem anderen Laufwerk: ${which(note)}`,
      apostrophe: (note) =>
        `${count(note.count, 'Zelle', 'Zellen')} mit Apostroph, damit keine Formel daraus wird: ${which(note)}`,
      'not-text': (note) =>
        `${count(note.count, 'Name enthält', 'Namen enthalten')} Bytes, die kein Text sind (\ufffd): ${which(note)}`,
    },
  },
};
