import { count, number } from './formats.ts';

type English = typeof import('../en/finding.ts');

export const search: English['search'] = {
  label: 'Suche',
  placeholder: 'Wörter, oder key:8A~ genre:techno bpm:>120',
  hint: 'Suchen mit /',
  completions: 'Vorschläge',
  saved: 'Gespeicherte Suchen',
  savedNone: 'Noch keine Suche gespeichert.',
  saveAs: 'Diese Suche speichern als',
  save: 'Speichern',
  forget: (name) => `Suche „${name}“ löschen`,
  problem: (code, field, value) => {
    switch (code) {
      case 'empty':
        return `Hinter ${field}: fehlt etwas.`;
      case 'no-key':
        return `„${value}“ ist keine Tonart. Schreibweise: 8A, Am oder 1m; 8A~ findet auch, was dazu passt.`;
      case 'no-number':
        return `„${value}“ ist keine Zahl. Schreibweise: ${field}:>120, ${field}:120-128 oder ${field}:<=90.`;
      case 'no-duration':
        return `„${value}“ ist keine Länge. Schreibweise: ${field}:<6:30 oder ${field}:>90 (Sekunden).`;
      case 'no-field':
        return `Ein Feld „${value}“ gibt es nicht. Es gibt key, genre, title, artist, year und andere.`;
      case 'no-task':
        return `Hinter ${field}: steht key, genre oder any.`;
      case 'no-state':
        return `Hinter ${field}: steht edited, failed, written, predicted, unsure, reviewed, unreviewed, unheard oder problem.`;
      case 'alone':
        return `Neben ${value} fehlt eine Bedingung. Um das Wort selbst zu suchen: "${value}".`;
    }
  },
  fields: {
    key: 'Tonart; 8A~ auch, was dazu passt',
    genre: 'Genre; mehrere mit Komma',
    bpm: 'Tempo, etwa >120 oder 120-128',
    year: 'Jahr, etwa 1990-1999',
    length: 'Länge, etwa <6:00',
    conf: 'Wie sicher die Vorhersagen sind, etwa <.6',
    keyconf: 'Wie sicher die Tonart ist',
    genreconf: 'Wie sicher das Genre ist',
    missing: 'Ein Tag, das fehlt',
    has: 'Ein Tag, das vorhanden ist',
    differs: 'Tag und Vorhersage weichen ab',
    is: 'Zustand: edited, written, unsure …',
    title: 'Nur im Titel',
    artist: 'Nur im Interpreten',
    album: 'Nur im Album',
    albumartist: 'Nur im Albuminterpreten',
    comment: 'Nur im Kommentar',
    path: 'Nur in Ordner und Dateiname',
    format: 'Dateiart, etwa flac',
    added: 'Hinzugefügt, etwa <7d',
  },
  found: (found, all) =>
    found === all
      ? count(all, 'Track', 'Tracks')
      : `${number.format(found)} von ${count(all, 'Track', 'Tracks')}`,
};

export const filters: English['filters'] = {
  title: 'Filter',
  clear: 'Zurücksetzen',
  key: 'Tonart',
  compatible: 'Auch passende Tonarten',
  compatibleHint: 'Ein Schritt im Kreis und die parallele Dur- oder Molltonart',
  missing: 'Ohne Tag',
  missingKey: 'Keine Tonart',
  missingGenre: 'Kein Genre',
  differs: 'Tag weicht von Vorhersage ab',
  differsKey: 'Andere Tonart',
  differsGenre: 'Anderes Genre',
  genre: 'Genre',
  anyGenre: 'Alle Genres',
  genreOption: (genre, files) => `${genre} (${number.format(files)})`,
  wheel: 'Tonarten auf dem Camelot-Rad',
  wheelSegment: (code, name, files) =>
    files === null ? `${code}, ${name}` : `${code}, ${name}, ${count(files, 'Track', 'Tracks')}`,
  notationNames: {
    standard: 'Standard, etwa Am',
    camelot: 'Camelot, etwa 8A',
    'open-key': 'Open Key, etwa 1m',
  },
};
