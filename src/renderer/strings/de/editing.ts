import { count, fieldName, number } from './formats.ts';

type English = typeof import('../en/editing.ts');

export const edits: English['edits'] = {
  step: (kind, field, files) => {
    const what = field === null ? 'Tags' : fieldName(field);
    const many = count(files, 'Track', 'Tracks');
    switch (kind) {
      case 'set':
        return `${what} bei ${many} geändert`;
      case 'fill':
        return `${what} bei ${many} ausgefüllt`;
      case 'replace':
        return `Text bei ${many} ersetzt`;
      case 'revert':
        return `Änderungen bei ${many} zurückgenommen`;
      case 'review':
        return `${what} bei ${many} geprüft`;
      case 'write':
        return `${many} geschrieben`;
    }
  },
  done: (what) => what,
  undone: (what) => `Rückgängig gemacht: ${what}`,
  redone: (what) => `Wiederholt: ${what}`,
  nothingChanged: 'Nichts geändert: Das steht dort schon.',
  nothingToUndo: 'Es gibt nichts rückgängig zu machen.',
  nothingToRedo: 'Es gibt nichts zu wiederholen.',
  waiting: (files) => `${count(files, 'Track', 'Tracks')} geändert, nicht geschrieben`,
  failed: (files) => `${count(files, 'Datei', 'Dateien')} nicht geschrieben`,
  show: 'Anzeigen',
  discard: 'Verwerfen …',
  discardSure: (files) => `Änderungen an ${count(files, 'Track', 'Tracks')} verwerfen?`,
  discardYes: 'Verwerfen',
  discardNo: 'Behalten',
  write: 'Prüfen und schreiben …',
};

export const replace: English['replace'] = {
  title: 'Suchen und ersetzen',
  find: 'Suchen',
  with: 'Ersetzen durch',
  in: 'In',
  allFields: 'Alle Textfelder',
  matchCase: 'Groß-/Kleinschreibung',
  wholeWord: 'Ganze Wörter',
  scopeChosen: (tracks) => `In ${count(tracks, 'ausgewähltem Track', 'ausgewählten Tracks')}`,
  scopeAll: (tracks) => `In ${count(tracks, 'gefundenem Track', 'gefundenen Tracks')}`,
  preview: (files, places) =>
    files === 0
      ? 'Nichts gefunden.'
      : `${count(places, 'Feld', 'Felder')} in ${count(files, 'Track', 'Tracks')} würden sich ändern:`,
  and: (more) => `… und ${number.format(more)} weitere`,
  start: 'Ersetzen',
  cancel: 'Abbrechen',
  hint: 'In Dateien wird nichts geschrieben: Die Änderungen werden vorgemerkt und lassen sich rückgängig machen.',
};
