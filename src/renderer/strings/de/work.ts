import { count, number } from './formats.ts';

export const work: typeof import('../en/work.ts').work = {
  addFolder: 'Ordner hinzufügen',
  chooseFolders: 'Ordner wählen …',
  folder: 'Ordner',
  folderPlaceholder: '/home/name/Musik',
  add: 'Hinzufügen',
  scan: 'Neu einlesen',
  analyse: 'Analysieren',
  analyseHint: 'Alle Tracks analysieren, für die es noch keine Vorhersage gibt',
  stop: 'Anhalten',
  stopping: 'Wird angehalten …',
  running: {
    scan: 'Einlesen',
    analyse: 'Analyse',
    write: 'Schreiben',
    undo: 'Wiederherstellen',
    learn: 'Lernen aus den Tags',
  },
  progress: (done, total) =>
    total > 0 ? `${number.format(done)} von ${number.format(total)}` : number.format(done),
  failed: (files) => `${count(files, 'Datei', 'Dateien')} gescheitert`,
  finished: {
    scan: (done) => `Einlesen fertig: ${count(done, 'Datei', 'Dateien')}`,
    analyse: (done) => `${count(done, 'Track', 'Tracks')} analysiert`,
    write: (done) => `${count(done, 'Datei', 'Dateien')} geschrieben`,
    undo: (done) => `${count(done, 'Datei', 'Dateien')} wiederhergestellt`,
    learn: () => 'Lernen fertig',
  },
  stopped: {
    scan: 'Einlesen angehalten. Das nächste setzt dort fort.',
    analyse: 'Analyse angehalten. Die nächste setzt dort fort.',
    write: 'Schreiben angehalten. Der Rest bleibt vorgemerkt.',
    undo: 'Angehalten. Der Rest bleibt wie geschrieben.',
    learn: 'Lernen angehalten. Nichts wurde geändert.',
  },
  broke: (message) => `Vorzeitig beendet: ${message}`,
};
