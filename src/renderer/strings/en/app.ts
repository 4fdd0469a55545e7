export const first = {
  title: 'Where is your music?',
  text: 'Choose a folder. Cratewise reads the tags of every file in it, listens to the sound, and predicts genre and key.',
  drop: 'Or drop folders anywhere in this window.',
  usual: 'Folders that are often chosen',
  promises: [
    'Your files are only read. Nothing is written before you have seen what changes.',
    'Every write can be put back, byte for byte.',
    'No sound leaves this computer.',
  ] as readonly string[],
};

export const views = {
  label: 'Views',
  tracks: 'Tracks',
  review: 'Review',
  map: 'Map',
  mix: 'Mix',
  models: 'Models',
  learn: 'Learn',
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
  lostAgain: 'Trying to connect again…',
  lostHint: 'If “cratewise serve” was ended, start it again and open the address that it prints.',
  noOpen: 'The library could not be opened.',
  noToken: 'This address lacks its secret.',
  noTokenHint: 'Open the whole address that “cratewise serve” prints, with everything behind the #.',
  reload: 'Try again',
  failed: (message: string) => `That did not work: ${message}`,
  dismiss: 'Dismiss',
};

export const nothing = {
  reading: 'Reading the folders…',
  readingHint: 'Tracks appear here as they are found. There is no need to wait.',
  noMusic: 'There is no music in these folders.',
  noMusicHint: 'No file in them has sound that Cratewise knows. Add another folder, or look again.',
  away: 'The tracks are away with their folder.',
  awayHint: 'Connect the drive or the network folder, then look again.',
  clear: 'Clear search and filters',
};

export const notices = {
  offline: (folders: readonly string[]) =>
    folders.length === 1
      ? `${folders[0]} can’t be reached.`
      : `${folders.length} folders can’t be reached: ${folders.join(', ')}.`,
  offlineHint: 'Nothing is forgotten: tracks and edits stay, and are back when the folder is.',
  offlineAgain: 'Look again',
  unheard: 'Nothing has been listened to yet.',
  listen: 'Predict genre and key',
  unheardHint: 'What is predicted comes from the sound; no file is changed.',
};
