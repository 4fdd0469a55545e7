export const desktop = {
  title: 'On this computer',
  hint: 'For the app, whichever library is open.',
  notify: 'Say when long work has ended and I look elsewhere',
  keepAwake: 'Keep the computer awake while work runs',
  reopen: 'Begin with the library of the last time',
  drop: 'Drop to add to the library',
  dropHint: 'Folders and files. They are only read.',
  dropInBrowser: 'A browser does not tell where dropped files lie. Add the folder by its path instead.',
};
