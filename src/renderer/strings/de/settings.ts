export const settings: typeof import('../en/settings.ts').settings = {
  title: 'Einstellungen',
  close: 'Schließen',
  hint: 'Gelten sofort und werden mit dieser Bibliothek gespeichert.',
  look: 'Aussehen',
  language: 'Sprache',
  languageSystem: 'Wie das System',
  theme: 'Farben',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  keys: 'Tonarten',
  notation: 'Anzeigen und schreiben als',
  writing: 'Schreiben',
  writingHint: 'Womit jedes Schreiben beginnt; dort lässt es sich jeweils noch ändern.',
};
