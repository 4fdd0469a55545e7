import { counted, number, percentage } from './formats.ts';

const tracks = (value: number) => counted(value, { one: 'Track', other: 'Tracks' });

export const map: typeof import('../en/map.ts').map = {
  label: 'Karte der Tracks',
  plot: (shown) => `Karte mit ${tracks(shown)}`,
  plotHint:
    'Was ähnlich klingt, liegt nah beieinander. Pfeiltasten führen von Track zu Track, Eingabe spielt, Leertaste wählt aus, Plus und Minus zoomen, Umschalt mit Pfeiltasten verschiebt die Ansicht, Strg+A wählt alles Sichtbare aus.',
  colour: 'Farbe',
  colours: {
    genre: 'Genre',
    key: 'Tonart',
    genreConfidence: 'Sicherheit des Genres',
    keyConfidence: 'Sicherheit der Tonart',
  },
  source: 'Gehört mit',
  sourceOption: (name, heard) => `${name} (${number.format(heard)})`,
  sources: {
    mfcc: 'Klangfarbe (eingebaut)',
    'mfcc-12k': 'Klangfarbe (eingebaut, mit Höhen)',
    chroma: 'Harmonie (eingebaut)',
    'spectral-shape': 'Spektrum (eingebaut)',
    choi: 'CHOI',
    musicnn: 'MUSICNN',
    'musicnn-tags': 'Tags von MUSICNN',
    clmr: 'CLMR',
    'musicgen-small': 'MusicGen small',
    'musicgen-medium': 'MusicGen medium',
    'musicgen-large': 'MusicGen large',
    jukebox: 'Jukebox',
  },
  tools: 'Beim Ziehen',
  tool: {
    move: 'Ansicht verschieben',
    lasso: 'Mit dem Lasso auswählen (oder mit Umschalt ziehen)',
    rectangle: 'Mit einem Rechteck auswählen',
  },
  zoomIn: 'Vergrößern',
  zoomOut: 'Verkleinern',
  fit: 'Alles zeigen',
  chooseInView: 'Alles Sichtbare auswählen',
  again: 'Neu anordnen',
  legend: 'Legende',
  legendAll: 'Alle zeigen',
  legendHint: 'Abwählen, was nicht gezeigt werden soll',
  other: 'Andere Genres',
  none: {
    genre: 'Ohne Genre',
    key: 'Ohne Tonart',
    genreConfidence: 'Ohne Vorhersage',
    keyConfidence: 'Ohne Vorhersage',
  },
  sure: (from, below) =>
    below === null
      ? `${percentage.format(from)} oder mehr`
      : from === 0
        ? `Unter ${percentage.format(below)}`
        : `${percentage.format(from)} bis ${percentage.format(below)}`,
  near: 'In der Nähe',
  nearNone:
    'Einen Track anklicken oder mit den Pfeiltasten hingehen: Was um ihn herum liegt, steht dann hier.',
  play: (name) => `${name} abspielen`,
  unknownArtist: 'Unbekannt',
  noKey: 'ohne Tonart',
  noGenre: 'ohne Genre',
  predictedGenre: (genre, sure) => `${genre}, vorhergesagt (${sure})`,
  found: (found, all) => `${number.format(found)} von ${tracks(all)} gefunden`,
  shown: tracks,
  stages: {
    reading: 'Gehörtes wird gelesen',
    neighbours: 'Ähnliches wird gesucht',
    layout: 'Tracks werden angeordnet',
    placing: 'Neue Tracks werden eingefügt',
  },
  stage: (stage, share) => `${stage}, ${percentage.format(share)}`,
  stop: 'Anhalten',
  failed: (message) => `Die Karte ließ sich nicht erstellen: ${message}`,
  tooMany: (most) => `Hier lassen sich höchstens ${number.format(most)} Tracks auf einmal auswählen.`,
  partly: (heard, all) =>
    heard / all < 0.995
      ? `${percentage.format(Math.floor((heard / all) * 100) / 100)} der Tracks sind auf der Karte: Die anderen wurden auf diese Art noch nicht analysiert.`
      : `${counted(all - heard, { one: 'Track fehlt', other: 'Tracks fehlen' })} auf der Karte: auf diese Art noch nicht analysiert.`,
  few: 'So wenige Tracks werden nach den zwei Merkmalen gezeigt, in denen sie sich am meisten unterscheiden.',
  loading: 'Karte wird geholt …',
  making: 'Karte wird erstellt',
  empty: 'Noch gibt es keine Karte',
  emptyHint:
    'Sie zeigt, welche Tracks ähnlich klingen. Dafür müssen sie zuerst analysiert werden; die Dateien werden nur gelesen.',
  emptyRunning: 'Die Analyse läuft. Die Karte entsteht, sobald die ersten Tracks fertig sind.',
  listen: 'Tracks analysieren',
};
