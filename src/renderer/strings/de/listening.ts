import { clock } from '../../../shared/clock.ts';
import { count, number } from './formats.ts';

const rounded = (value: number): string =>
  number.format(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));

export const listening: typeof import('../en/listening.ts').listening = {
  details: 'Was gerade geschieht',
  states: {
    off: 'Zurzeit wird nichts analysiert.',
    running: 'Analyse',
    waiting: 'Die Analyse geht danach weiter',
    paused: 'Pausiert',
  },
  with: (model) => `mit ${model}`,
  pause: 'Pause',
  resume: 'Fortsetzen',
  cancel: 'Abbrechen',
  cancelSure:
    'Was wartet, wird von der Liste genommen. Was gehört ist, bleibt; der Rest kann jederzeit analysiert werden.',
  cancelYes: 'Analyse abbrechen',
  cancelNo: 'Behalten',
  stopping: 'Die begonnenen Tracks werden noch fertig …',
  pace: (perMinute, times) => `${rounded(perMinute)} Tracks je Minute, ${rounded(times)}× Echtzeit`,
  left: (seconds) => `noch ${clock(seconds)}`,
  counting: 'Das Tempo zeigt sich gleich …',
  done: (done, total) => `${number.format(done)} von ${count(total, 'Track', 'Tracks')}`,
  failed: (tracks) => `${number.format(tracks)} gescheitert`,
  line: (kinds) => `In der Reihe: ${kinds.join(', ')}`,
  chosen: (tracks) =>
    tracks === 1 ? 'Der ausgewählte Track' : `Die ${number.format(tracks)} ausgewählten Tracks`,
  first: 'Zuerst analysieren',
  again: 'Noch einmal analysieren',
  looked: 'Was auf dem Bildschirm steht, kommt von selbst zuerst.',
  afterScan: 'Neue Tracks nach jedem Einlesen analysieren',
  installs: (models) => `${count(models, 'Modell wird', 'Modelle werden')} installiert`,
  show: 'Zeigen',
  begin: 'Alles Neue analysieren',
  problems: {
    title: 'Dateien mit Problemen',
    hint: 'In diesen Dateien wurde nichts verändert. Der Rest der Bibliothek ist nicht betroffen.',
    open: (files) => count(files, 'Datei mit einem Problem', 'Dateien mit Problemen'),
    none: 'Keine Datei hat ein Problem.',
    noneFound: 'Kein Problem passt dazu.',
    filter: 'In Pfad oder Grund suchen',
    kind: 'Art',
    areas: { read: 'Nicht lesbar', listen: 'Nicht analysiert', write: 'Nicht geschrieben' },
    all: 'Alle',
    setAside: 'Beiseitegelegt: hat die Analyse zweimal zum Absturz gebracht',
    tryAgain: 'Noch einmal',
    tryAll: (files) => `Alle ${number.format(files)} noch einmal`,
    writeAgain: 'Änderungen ansehen und schreiben …',
    tried: (files) => `${count(files, 'Datei wird', 'Dateien werden')} noch einmal versucht.`,
    find: 'In der Tabelle zeigen',
    copy: 'Pfad kopieren',
    copied: 'Kopiert',
    hear: 'Abspielen',
    more: (files) => `${number.format(files)} weitere zeigen`,
    close: 'Schließen',
    choose: (file) => `${file} auswählen`,
    tryChosen: (files) => `${count(files, 'Datei', 'Dateien')} noch einmal`,
    copyAll: 'Liste kopieren',
  },
};
