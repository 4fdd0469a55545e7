import { count, date, number } from './formats.ts';

type English = typeof import('../en/table.ts');

export const table: English['table'] = {
  label: 'Tracks',
  columns: {
    state: 'Zustand',
    title: 'Titel',
    artist: 'Interpret',
    album: 'Album',
    albumArtist: 'Albuminterpret',
    key: 'Tonart',
    genre: 'Genre',
    bpm: 'BPM',
    date: 'Jahr',
    duration: 'Länge',
    trackNumber: 'Nr.',
    discNumber: 'CD',
    composer: 'Komponist',
    comment: 'Kommentar',
    grouping: 'Gruppierung',
    rating: 'Wertung',
    path: 'Pfad',
    added: 'Hinzugefügt',
  },
  date: (at) => date.format(at),
  sortFurther: 'Umschalt-Klick: zusätzlich hiernach sortieren',
  sortPlace: (place) => `an ${place}. Stelle hiernach sortiert`,
  resize: (column) => `Breite der Spalte ${column}`,
  columnsTitle: 'Spalten',
  columnsReset: 'Wie am Anfang',
  moveLeft: (column) => `${column} nach links`,
  moveRight: (column) => `${column} nach rechts`,
  edited: 'geändert, nicht geschrieben',
  editing: (field) => `${field} bearbeiten`,
  editingSeveral: (field, tracks) => `${field} bei ${count(tracks, 'Track', 'Tracks')} bearbeiten`,
  several: (tracks) => `× ${number.format(tracks)}`,
  multiple: '(mehrere)',
  chosen: (tracks) => `${number.format(tracks)} ausgewählt`,
  sortBy: (column) => `Nach ${column} sortieren`,
  loading: 'Wird geladen …',
  none: 'Kein Track passt.',
  noneHint: 'Die Suche ändern oder die Filter zurücksetzen.',
  loadFailed: 'Die Liste konnte nicht geladen werden.',
};

export const states: English['states'] = {
  predicted: 'Vorhergesagt, kein Tag',
  tagged: 'Tag vorhanden',
  written: 'Tag von Cratewise geschrieben',
  edited: 'Geändert, noch nicht geschrieben',
  failed: 'Geändert, Schreiben ist gescheitert',
  differs: 'Tag vorhanden, Vorhersage weicht ab',
  empty: 'Weder Tag noch Vorhersage',
  problem: 'Mit dieser Datei gab es ein Problem',
  missing: 'Die Datei ist weg',
  offline: 'Der Ordner ist nicht erreichbar',
};

export const prediction: English['prediction'] = {
  unsure: 'Unsicher',
  unsureBetween: (first, second) => `Unsicher: ${first} oder ${second}?`,
  sure: (confidence) => `zu ${confidence} sicher`,
  others: (labels) => `${number.format(labels)} andere`,
  by: (predictor, version) => `von ${predictor}, Version ${version}`,
  distribution: (task) => `${task}: wie wahrscheinlich was ist`,
  none: 'Noch nicht analysiert.',
  silent: {
    silence: 'Keine Vorhersage: Der Track ist still.',
    'too-short': 'Keine Vorhersage: Der Track ist zu kurz.',
  },
  silentOther: (reason) => `Keine Vorhersage (${reason}).`,
};
