import { count, moment, number } from './formats.ts';

type English = typeof import('../en/writing.ts');

const files = (value: number) => count(value, 'Datei', 'Dateien');

export const write: English['write'] = {
  title: (value) => `${files(value)} schreiben`,
  intro:
    'Das ändert sich in den Dateien, und sonst nichts. Jedes Schreiben lässt sich später rückgängig machen.',
  scopeChosen: (value) => `Nur die ${number.format(value)} ausgewählten`,
  options: 'Optionen',
  onlyEmpty: 'Nur leere Felder ausfüllen',
  keepModifiedTime: 'Änderungszeit der Dateien behalten',
  notation: 'Tonarten als',
  multiValue: 'Mehrere Werte in ID3v2.3',
  multiValues: { joined: 'verbunden: House; Dub', nul: 'getrennt (manche Player zeigen den ersten)' },
  nothing: 'Hier ist nichts zu schreiben: Das steht schon in der Datei.',
  filled: 'Hier ist nichts zu schreiben: Die Felder sind ausgefüllt.',
  empty: 'leer',
  to: 'wird zu',
  more: (value) => `${number.format(value)} weitere anzeigen`,
  loading: 'Dateien werden angesehen …',
  start: (value) => `${files(value)} schreiben`,
  cancel: 'Nicht jetzt',
  close: 'Schließen',
  stop: 'Anhalten',
  progress: (done, total) => `${number.format(done)} von ${files(total)} geschrieben`,
  done: (value) => `${files(value)} geschrieben.`,
  doneNone: 'Keine Datei wurde geschrieben.',
  stopped: (value) => `Nach ${count(value, 'Datei', 'Dateien')} angehalten. Der Rest bleibt vorgemerkt.`,
  failed: (value) =>
    value === 1
      ? '1 Datei konnte nicht geschrieben werden und bleibt, wie sie war:'
      : `${files(value)} konnten nicht geschrieben werden und bleiben, wie sie waren:`,
  takeBack: 'Rückgängig machen …',
  scanAgain: 'Dateien neu einlesen',
  location: 'Ort in der Datei',
};

export const history: English['history'] = {
  title: 'Schreibverlauf',
  intro:
    'Jedes Schreiben lässt sich Byte für Byte zurücknehmen, solange nichts anderes die Datei seither geändert hat.',
  none: 'Noch nichts geschrieben.',
  at: (time) => moment.format(time),
  label: (label) => {
    const undone = /^undo batch (\d+)$/.exec(label)?.[1];
    if (undone !== undefined) return `Schreiben ${undone} zurückgenommen`;
    return (
      {
        app: 'Hier geschrieben',
        undo: 'Zurückgenommen',
        autotag: 'Mit autotag geschrieben',
        tag: 'Mit tag geschrieben',
      }[label] ?? label
    );
  },
  number: (id) => `Schreiben ${id}`,
  counts: (done, undone, failed, open) =>
    [
      done > 0 ? `${number.format(done)} geschrieben` : '',
      undone > 0 ? `${number.format(undone)} zurückgenommen` : '',
      failed > 0 ? `${number.format(failed)} gescheitert` : '',
      open > 0 ? `${number.format(open)} nicht abgeschlossen` : '',
    ]
      .filter((part) => part !== '')
      .join(', '),
  show: 'Dateien anzeigen',
  hide: 'Dateien ausblenden',
  undo: 'Zurücknehmen …',
  sure: (value) => `${files(value)} wiederherstellen, wie sie vorher waren?`,
  sureEdits: 'Das Geschriebene wartet dann wieder als Änderung.',
  yes: 'Wiederherstellen',
  no: 'So lassen',
  running: (done, total) => `${number.format(done)} von ${files(total)} wiederhergestellt`,
  leftAlone: (value) =>
    value === 1
      ? '1 Datei wurde seither von etwas anderem geändert oder ist nicht beschreibbar und blieb, wie sie ist.'
      : `${files(value)} wurden seither von etwas anderem geändert oder sind nicht beschreibbar und blieben, wie sie sind.`,
  force: 'Alte Werte schreiben …',
  forceSure: (value) =>
    `Die alten Werte trotzdem in ${files(value)} schreiben? Was seither jemand anderes in diese Felder geschrieben hat, geht verloren; alles Übrige bleibt. Auch das ist ein Schreiben und lässt sich zurücknehmen.`,
  forceYes: 'Alte Werte schreiben',
  states: {
    done: 'geschrieben',
    undone: 'zurückgenommen',
    failed: 'gescheitert',
    open: 'nicht abgeschlossen',
  },
  finished: (done, failed) =>
    failed === 0
      ? `${files(done)} wiederhergestellt.`
      : `${files(done - failed)} wiederhergestellt, ${number.format(failed)} seither geändert und so gelassen.`,
};
