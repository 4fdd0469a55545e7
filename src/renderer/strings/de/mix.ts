import type { KeyRelation, MixLevel } from '../../../shared/music/compatible.ts';
import { count, number, percentage } from './formats.ts';

type English = typeof import('../en/mix.ts').mix;

const shiftText = new Intl.NumberFormat('de', {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

const levels: Readonly<Record<MixLevel, string>> = {
  perfect: 'Perfekt',
  good: 'Gut',
  energy: 'Energie',
  risky: 'Gewagt',
};

const relations: Readonly<Record<KeyRelation, string>> = {
  same: 'gleiche Tonart',
  'adjacent-up': 'Quinte aufwärts',
  'adjacent-down': 'Quinte abwärts',
  relative: 'Paralleltonart',
  'whole-tone-up': 'Ganzton aufwärts',
  'semitone-up': 'Halbton aufwärts',
  'whole-tone-down': 'Ganzton abwärts',
  'semitone-down': 'Halbton abwärts',
  'diagonal-up': 'diagonal',
  'diagonal-down': 'diagonal',
  parallel: 'Varianttonart',
};

export const mix: English = {
  wheelHint:
    'Eine Tonart anklicken; mit Strg mehrere, mit Umschalt alle dazwischen. Pfeiltasten gehen im Kreis, die Leertaste nimmt auf oder heraus, Eingabe wählt nur diese.',
  major: 'Dur',
  minor: 'Moll',
  ring: (mode) => (mode === 'major' ? 'Alle Dur-Tonarten' : 'Alle Moll-Tonarten'),
  noKeys: 'Keine Tonart gewählt',
  chosen: (keys) => count(keys, 'Tonart', 'Tonarten'),
  mixes: (level) => `passt: ${levels[level].toLowerCase()}`,
  levels,
  levelHints: {
    perfect: 'Dieselbe Tonart',
    good: 'Kaum ein Ton Unterschied',
    energy: 'Hörbar aufwärts oder abwärts',
    risky: 'Hängt von den Tracks ab: erst hören',
  },
  count: 'Gezählt nach',
  sources: {
    effective: 'Tag, sonst Vorhersage',
    tag: 'Tag',
    prediction: 'Vorhersage',
  },
  rule: 'Passende Tonarten',
  ruleHint:
    'Welche Schritte im Kreis in dieser Bibliothek als passend gelten: für den Kreis, für 8A~ und für Passendes.',
  preset: 'Regel',
  presets: {
    strict: 'Streng: nur dieselben Töne',
    classic: 'Klassisch: ein Schritt und die Paralleltonart',
    energy: 'Klassisch und Anhebungen',
    wide: 'Alles, was gehen kann',
  },
  ownRule: 'Eigene',
  steps: {
    adjacent: 'Ein Schritt im Kreis (8A → 9A, 7A)',
    relative: 'Paralleltonart (8A → 8B)',
    'whole-tone-up': 'Zwei Schritte aufwärts, ein Ganzton (8A → 10A)',
    'semitone-up': 'Sieben Schritte aufwärts, ein Halbton (8A → 3A)',
    'whole-tone-down': 'Zwei Schritte abwärts (8A → 6A)',
    'semitone-down': 'Sieben Schritte abwärts (8A → 1A)',
    diagonal: 'Ein Schritt und der andere Ring (8A → 9B, 7B)',
    parallel: 'Gleicher Grundton, anderes Tongeschlecht (8A → 11B)',
  },
  title: 'Passt gut zu',
  open: 'Was passt dazu?',
  tabs: 'In welcher Ordnung',
  mixesWell: 'Passt gut',
  soundsAlike: 'Klingt ähnlich',
  choose: 'Einen Track wählen, um zu sehen, was dazu passt.',
  chooseHint: 'In der Trackliste einen wählen und „Was passt dazu?“ oder Alt+M drücken.',
  back: 'Zurück zum vorigen Track',
  looking: 'Wird verglichen …',
  none: 'Nichts in der Bibliothek passt dazu.',
  noneHint: 'Vielleicht ist die Regel streng, oder Tracks fehlen Tonart und Tempo.',
  noneAlike: 'Es gibt nichts zum Vergleichen.',
  noSound: 'Klänge lassen sich noch nicht vergleichen; es zählen nur Tonart und Tempo.',
  noSoundHint: 'Sobald Tracks analysiert sind, steht Ähnliches vorn.',
  listen: 'Bibliothek analysieren',
  compared: (tracks) => `Von ${count(tracks, 'analysiertem Track', 'analysierten Tracks')}.`,
  playWord: 'Abspielen:',
  pauseWord: 'Anhalten:',
  play: (name) => `„${name}“ abspielen`,
  pause: (name) => `„${name}“ anhalten`,
  next: (name) => `Was passt zu „${name}“?`,
  add: (name) => `„${name}“ in eine Playlist aufnehmen`,
  relation: (relation) => relations[relation],
  relations,
  clash: 'Tonarten beißen sich',
  keyUnknown: 'Tonart unbekannt',
  pace: (pace, shift) => {
    const by = Math.abs(shift) < 0.0005 ? 'gleiches Tempo' : shiftText.format(shift);
    if (pace === 'same') return by;
    return `${pace === 'half' ? 'halbes Tempo' : 'doppeltes Tempo'}${Math.abs(shift) < 0.0005 ? '' : `, ${by}`}`;
  },
  tempoFar: 'Tempo zu weit weg',
  alike: (similarity) => {
    if (similarity > 0.75) return 'sehr ähnlich';
    if (similarity > 0.45) return 'ähnlich';
    return similarity > 0.1 ? 'etwas ähnlich' : 'klingt anders';
  },
  similarity: (similarity) => `${percentage.format(Math.max(0, similarity))} ähnlich`,
  bpm: (bpm) => `${number.format(Math.round(bpm * 10) / 10)} BPM`,
  head: { track: 'Track', key: 'Tonart', why: 'Warum', actions: 'Aktionen' },
};
