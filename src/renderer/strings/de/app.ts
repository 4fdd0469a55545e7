type English = typeof import('../en/app.ts');

export const first: English['first'] = {
  title: 'Wo liegt die Musik?',
  text: 'Cratewise liest die Tags aller Dateien eines Ordners, analysiert dann den Klang und sagt Genre und Tonart vorher. Die Dateien werden dabei nur gelesen.',
};

export const views: English['views'] = {
  label: 'Ansichten',
  tracks: 'Tracks',
  review: 'Prüfen',
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
  lostHint: '„cratewise serve“ neu starten und die angezeigte Adresse öffnen.',
  noToken: 'In dieser Adresse fehlt der Schlüssel.',
  noTokenHint: 'Die ganze Adresse öffnen, die „cratewise serve“ anzeigt, einschließlich allem hinter dem #.',
  reload: 'Erneut versuchen',
  failed: (message) => `Das hat nicht geklappt: ${message}`,
  dismiss: 'Schließen',
};
