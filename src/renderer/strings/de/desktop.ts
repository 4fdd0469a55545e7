export const desktop: typeof import('../en/desktop.ts').desktop = {
  title: 'Auf diesem Computer',
  hint: 'Gilt für die App, egal welche Bibliothek geöffnet ist.',
  notify: 'Bescheid geben, wenn lange Arbeit fertig ist und das Fenster nicht vorn ist',
  keepAwake: 'Computer wach halten, solange gearbeitet wird',
  reopen: 'Mit der zuletzt geöffneten Bibliothek beginnen',
  drop: 'Hier ablegen, um es in die Bibliothek aufzunehmen',
  dropHint: 'Ordner und Dateien. Sie werden nur gelesen.',
  dropInBrowser:
    'Ein Browser verrät nicht, wo abgelegte Dateien liegen. Den Ordner stattdessen über seinen Pfad hinzufügen.',
};
