type English = typeof import('../en/app.ts');

export const first: English['first'] = {
  title: 'Wo liegt die Musik?',
  text: 'Einen Ordner wählen: Cratewise liest die Tags aller Dateien darin, analysiert den Klang und sagt Genre und Tonart vorher.',
  drop: 'Oder Ordner irgendwo in dieses Fenster ziehen.',
  usual: 'Häufig gewählte Ordner',
  promises: [
    'Dateien werden nur gelesen. Geschrieben wird erst, wenn zu sehen war, was sich ändert.',
    'Jedes Schreiben lässt sich Byte für Byte zurücknehmen.',
    'Kein Ton verlässt diesen Computer.',
  ],
};

export const views: English['views'] = {
  label: 'Ansichten',
  tracks: 'Tracks',
  review: 'Prüfen',
  map: 'Karte',
  mix: 'Mix',
  models: 'Modelle',
  learn: 'Lernen',
};

export const tools: English['tools'] = {
  label: 'Werkzeuge',
  undo: (what) => (what === null ? 'Rückgängig' : `Rückgängig: ${what}`),
  redo: (what) => (what === null ? 'Wiederholen' : `Wiederholen: ${what}`),
  replace: 'Suchen und ersetzen',
  history: 'Schreibverlauf',
  columns: 'Spalten',
  settings: 'Einstellungen',
  help: 'Tastenkürzel',
};

export const connection: English['connection'] = {
  connecting: 'Bibliothek wird geöffnet …',
  lost: 'Die Verbindung zu Cratewise ist beendet.',
  lostAgain: 'Die Verbindung wird neu aufgebaut …',
  lostHint: 'Wurde „cratewise serve“ beendet: neu starten und die Adresse öffnen, die es anzeigt.',
  noOpen: 'Die Bibliothek ließ sich nicht öffnen.',
  noToken: 'In dieser Adresse fehlt der Schlüssel.',
  noTokenHint: 'Die ganze Adresse öffnen, die „cratewise serve“ anzeigt, einschließlich allem hinter dem #.',
  reload: 'Erneut versuchen',
  failed: (message) => `Das hat nicht geklappt: ${message}`,
  dismiss: 'Schließen',
};

export const nothing: English['nothing'] = {
  reading: 'Die Ordner werden eingelesen …',
  readingHint: 'Tracks erscheinen hier, sobald sie gefunden sind. Warten ist nicht nötig.',
  noMusic: 'In diesen Ordnern ist keine Musik.',
  noMusicHint:
    'Keine Datei darin enthält Ton, den Cratewise kennt. Einen anderen Ordner hinzufügen oder neu einlesen.',
  away: 'Die Tracks sind mit ihrem Ordner nicht erreichbar.',
  awayHint: 'Laufwerk oder Netzwerkordner verbinden, dann neu einlesen.',
  clear: 'Suche und Filter zurücksetzen',
};

export const notices: English['notices'] = {
  offline: (folders) =>
    folders.length === 1
      ? `${folders[0]} ist nicht erreichbar.`
      : `${folders.length} Ordner sind nicht erreichbar: ${folders.join(', ')}.`,
  offlineHint: 'Nichts geht verloren: Tracks und Änderungen bleiben und sind mit dem Ordner wieder da.',
  offlineAgain: 'Neu einlesen',
  unheard: 'Noch ist nichts analysiert.',
  listen: 'Genre und Tonart vorhersagen',
  unheardHint: 'Vorhergesagt wird aus dem Klang; keine Datei wird verändert.',
};
