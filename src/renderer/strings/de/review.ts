import { count, number } from './formats.ts';

export const review: typeof import('../en/review.ts').review = {
  task: 'Was prüfen',
  scope: 'Welche Tracks',
  scopes: {
    missing: 'Ohne Tag',
    differs: 'Tag weicht ab',
    all: 'Alle Vorhersagen',
  },
  order: 'Reihenfolge',
  surestFirst: 'Sicherste zuerst',
  unsureFirst: 'Unsicherste zuerst',
  queue: 'Noch zu prüfen',
  left: (left, decided) =>
    decided === 0
      ? `${count(left, 'Vorhersage', 'Vorhersagen')} zu prüfen`
      : `${number.format(left)} übrig, ${number.format(decided)} erledigt`,
  accept: (label) => `${label} stimmt`,
  runnerUp: (label) => `Es ist ${label}`,
  change: 'Etwas anderes …',
  changeTo: { key: 'Die Tonart ist', genre: 'Das Genre ist' },
  changeDone: 'Fertig',
  reject: 'Falsch',
  skip: 'Überspringen',
  hint: 'Bestätigtes und Berichtigtes bleibt gemerkt und wartet als Änderung, wo das Tag etwas anderes sagt. Geschrieben wird erst nach Bestätigung.',
  none: 'Hier gibt es nichts mehr zu prüfen.',
  noneHint: 'Mehr Tracks analysieren oder oben andere wählen.',
  noneDone: (decided) =>
    `${count(decided, 'Vorhersage', 'Vorhersagen')} geprüft. Was bestätigt wurde, kann geschrieben werden.`,
  from: 'Ab',
  acceptAll: (tracks) => `Alle ${number.format(tracks)} bestätigen`,
  acceptAllSure: (tracks, from) =>
    `${count(tracks, 'Vorhersage', 'Vorhersagen')} bestätigen, die mindestens zu ${from} sicher sind?`,
  acceptAllYes: 'Bestätigen',
  acceptAllNo: 'Nicht jetzt',
};
