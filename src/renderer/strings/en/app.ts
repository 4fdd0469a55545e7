export const first = {
  title: 'Point it at your music',
  text: 'Cratewise reads the tags of every file in a folder, then listens and predicts genre and key. Your files are only read.',
};

export const views = {
  label: 'Views',
  tracks: 'Tracks',
  review: 'Review',
};

export const tools = {
  label: 'Tools',
  undo: (what: string | null) => (what === null ? 'Undo' : `Undo: ${what}`),
  redo: (what: string | null) => (what === null ? 'Redo' : `Redo: ${what}`),
  replace: 'Find and replace',
  history: 'What was written',
  columns: 'Columns',
  settings: 'Settings',
  help: 'Keyboard shortcuts',
};

export const connection = {
  connecting: 'Opening the library…',
  lost: 'The connection to Cratewise ended.',
  lostHint: 'Start “cratewise serve” again, and open the address that it prints.',
  noToken: 'This address lacks its secret.',
  noTokenHint: 'Open the whole address that “cratewise serve” prints, with everything behind the #.',
  reload: 'Try again',
  failed: (message: string) => `That did not work: ${message}`,
  dismiss: 'Dismiss',
};
