export const player: typeof import('../en/player.ts').player = {
  label: 'Player',
  play: 'Wiedergeben',
  pause: 'Anhalten',
  unplayable:
    'Diese Datei lässt sich nicht wiedergeben: Sie ist beschädigt oder in einer Weise kodiert, die nicht dekodiert werden kann.',
  brokenOff: 'Die Wiedergabe ist abgebrochen. Ist das Laufwerk noch verbunden?',
};
