export const settings = {
  title: 'Settings',
  close: 'Close',
  hint: 'Kept with this library, and valid at once.',
  look: 'Look',
  language: 'Language',
  languageSystem: 'As the system',
  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  keys: 'Keys',
  notation: 'Shown and written as',
  writing: 'Writing',
  writingHint: 'What each write begins with; it can be changed there for that one.',
};
