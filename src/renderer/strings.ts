import type { EditKind, WorkKind } from '../shared/contract/index.ts';
import type { QueryProblemCode } from '../shared/query/parse.ts';
import type { ShortcutText } from './lib/shortcuts.ts';

const number = new Intl.NumberFormat('en');
const percentage = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

const count = (value: number, one: string, many: string): string =>
  `${number.format(value)} ${value === 1 ? one : many}`;

const fields = {
  title: 'Title',
  artist: 'Artist',
  album: 'Album',
  albumArtist: 'Album artist',
  genre: 'Genre',
  key: 'Key',
  trackNumber: 'Track',
  trackTotal: 'Tracks',
  discNumber: 'Disc',
  discTotal: 'Discs',
  date: 'Date',
  bpm: 'BPM',
  composer: 'Composer',
  comment: 'Comment',
  grouping: 'Grouping',
  rating: 'Rating',
} as Readonly<Record<string, string>>;

/** A tag by its name; a free-form one by the name that it has in the file. */
const fieldName = (field: string): string => fields[field] ?? field.replace(/^custom:/, '');

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Everything that the user interface says, in English: the one place to translate. */
export const t = {
  app: 'Cratewise',
  number: (value: number) => number.format(value),
  percent: (probability: number) =>
    probability > 0 && probability < 0.005 ? `<${percentage.format(0.01)}` : percentage.format(probability),
  tracks: (value: number) => count(value, 'track', 'tracks'),

  search: {
    label: 'Search',
    placeholder: 'Words, or key:8A~ genre:techno bpm:>120',
    hint: 'Press / to search',
    clear: 'Clear the search',
    completions: 'Ways to go on',
    saved: 'Saved searches',
    savedNone: 'No search is saved yet.',
    saveAs: 'Save this search as',
    save: 'Save',
    forget: (name: string) => `Forget the search “${name}”`,
    problem: (code: QueryProblemCode, field: string, value: string) => {
      switch (code) {
        case 'empty':
          return `${field}: needs something behind it.`;
        case 'no-key':
          return `“${value}” is no key. Write it like 8A, Am or 1m; 8A~ also finds what mixes with it.`;
        case 'no-number':
          return `“${value}” is no number. Write ${field}:>120, ${field}:120-128 or ${field}:<=90.`;
        case 'no-duration':
          return `“${value}” is no length. Write ${field}:<6:30 or ${field}:>90 (seconds).`;
        case 'no-field':
          return `There is no field “${value}”. There are key, genre, title, artist, year and the like.`;
        case 'no-task':
          return `${field}: takes key, genre or any.`;
        case 'no-state':
          return `${field}: takes edited, failed, written, predicted, unsure, reviewed, unreviewed, unheard or problem.`;
      }
    },
    fields: {
      key: 'Key; 8A~ also what mixes with it',
      genre: 'Genre; several with commas',
      bpm: 'Tempo, like >120 or 120-128',
      year: 'Year, like 1990-1999',
      length: 'Length, like <6:00',
      conf: 'How sure the predictions are, like <.6',
      keyconf: 'How sure the key is',
      genreconf: 'How sure the genre is',
      missing: 'A tag that is not there',
      has: 'A tag that is there',
      differs: 'Tag and prediction differ',
      is: 'State: edited, written, unsure…',
      title: 'Only in the title',
      artist: 'Only in the artist',
      album: 'Only in the album',
      albumartist: 'Only in the album artist',
      comment: 'Only in the comment',
      path: 'Only in folder and file name',
      format: 'Kind of file, like flac',
      added: 'Added to the library, like <7d',
    } as Readonly<Record<string, string>>,
    found: (found: number, all: number) =>
      found === all
        ? count(all, 'track', 'tracks')
        : `${number.format(found)} of ${count(all, 'track', 'tracks')}`,
  },

  filters: {
    title: 'Filters',
    clear: 'Clear all',
    key: 'Key',
    compatible: 'Also keys that mix',
    compatibleHint: 'One step round the wheel, and the relative major or minor',
    missing: 'Without a tag',
    missingKey: 'No key',
    missingGenre: 'No genre',
    differs: 'Tag differs from prediction',
    differsKey: 'Key differs',
    differsGenre: 'Genre differs',
    genre: 'Genre',
    anyGenre: 'Any genre',
    genreOption: (genre: string, files: number) => `${genre} (${number.format(files)})`,
    wheel: 'Keys on the Camelot wheel',
    wheelSegment: (code: string, name: string, files: number | null) =>
      files === null ? `${code}, ${name}` : `${code}, ${name}, ${count(files, 'track', 'tracks')}`,
    notation: 'Keys as',
    notations: { standard: 'Am', camelot: '8A', 'open-key': '1m' },
    notationNames: {
      standard: 'Standard, like Am',
      camelot: 'Camelot, like 8A',
      'open-key': 'Open Key, like 1m',
    },
  },

  table: {
    label: 'Tracks',
    columns: {
      state: 'State',
      title: 'Title',
      artist: 'Artist',
      album: 'Album',
      albumArtist: 'Album artist',
      key: 'Key',
      genre: 'Genre',
      bpm: 'BPM',
      date: 'Year',
      duration: 'Length',
      trackNumber: 'Track',
      discNumber: 'Disc',
      composer: 'Composer',
      comment: 'Comment',
      grouping: 'Grouping',
      rating: 'Rating',
      path: 'Path',
      added: 'Added',
    },
    date: (at: number) => date.format(at),
    sortFurther: 'Shift-click: sort by this as well',
    sortPlace: (place: number) => `sorted ${place === 1 ? 'first' : `${place}.`} by this`,
    resize: (column: string) => `Width of ${column}`,
    columnsTitle: 'Columns',
    columnsReset: 'As they were at first',
    moveLeft: (column: string) => `Move ${column} to the left`,
    moveRight: (column: string) => `Move ${column} to the right`,
    edited: 'edited, not written',
    editing: (field: string) => `Edit ${field}`,
    editingSeveral: (field: string, tracks: number) => `Edit ${field} of ${count(tracks, 'track', 'tracks')}`,
    several: (tracks: number) => `× ${number.format(tracks)}`,
    multiple: '(multiple)',
    chosen: (tracks: number) => `${number.format(tracks)} chosen`,
    sortBy: (column: string) => `Sort by ${column}`,
    loading: 'Loading…',
    none: 'No track matches.',
    noneHint: 'Change the search, or clear the filters.',
    loadFailed: 'The list could not be loaded.',
  },

  states: {
    predicted: 'Predicted, not tagged',
    tagged: 'Tagged',
    written: 'Tagged, written by Cratewise',
    edited: 'Edited, not written yet',
    failed: 'Edited, and writing it failed',
    differs: 'Tagged, prediction differs',
    empty: 'Neither tagged nor predicted',
    problem: 'There was a problem with this file',
    missing: 'The file is gone',
    offline: 'Its folder can’t be reached',
  },

  prediction: {
    predicted: (value: string, confidence: string) => `Predicted: ${value}, ${confidence} sure`,
    predictedInstead: (value: string, confidence: string) => `Prediction says ${value}, ${confidence} sure`,
    unsure: 'Unsure',
    unsureBetween: (first: string, second: string) => `Unsure: ${first} or ${second}?`,
    sure: (confidence: string) => `${confidence} sure`,
    runnerUp: (label: string, probability: string) => `Runner-up ${label}, ${probability}`,
    others: (labels: number) => `${number.format(labels)} others`,
    by: (predictor: string, version: string) => `by ${predictor}, version ${version}`,
    distribution: (task: string) => `${task}: how likely each is`,
    none: 'Not listened to yet.',
    silent: {
      silence: 'No prediction: the track is silent.',
      'too-short': 'No prediction: the track is too short to tell.',
    } as Readonly<Record<string, string>>,
    silentOther: (reason: string) => `No prediction (${reason}).`,
  },

  details: {
    title: 'Details',
    close: 'Close the details',
    nothing: 'Choose a track to see what is known of it.',
    gone: 'This track is not in the library any more.',
    key: 'Key',
    genre: 'Genre',
    tagged: 'Tagged',
    notTagged: 'no tag',
    tags: 'Tags',
    noTags: 'The file has no tags.',
    several: (tracks: number) => count(tracks, 'track', 'tracks'),
    severalHint: 'What you type is given to all of them. Nothing is written before you say so.',
    counting: 'Comparing…',
    was: (before: string) => (before === '' ? 'was empty' : `was “${before}”`),
    revert: (field: string) => `Take back the edit of ${field}`,
    empty: 'empty',
    otherTags: 'Other tags',
    reviewed: {
      accepted: 'You accepted this.',
      changed: 'You changed this.',
      rejected: 'You said this is wrong.',
    },
    field: fieldName,
    file: 'File',
    path: 'Path',
    format: 'Format',
    sound: (rate: string, channels: string) => [rate, channels].filter((part) => part !== '').join(', '),
    rate: (hertz: number) => `${number.format(hertz / 1000)} kHz`,
    channels: (channels: number) =>
      channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`,
    size: 'Size',
    megabytes: (bytes: number) =>
      `${new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(bytes / 1e6)} MB`,
    length: 'Length',
    fields,
  },

  work: {
    addFolder: 'Add a folder',
    folder: 'Folder',
    folderPlaceholder: '/home/you/Music',
    add: 'Add',
    cancel: 'Cancel',
    scan: 'Look for changes',
    analyse: 'Listen',
    analyseHint: 'Listen to every track that has no prediction yet',
    stop: 'Stop',
    stopping: 'Stopping…',
    running: {
      scan: 'Scanning',
      analyse: 'Listening',
      write: 'Writing',
      undo: 'Putting back',
      learn: 'Learning from your tags',
    } satisfies Record<WorkKind, string>,
    progress: (done: number, total: number) =>
      total > 0 ? `${number.format(done)} of ${number.format(total)}` : number.format(done),
    failed: (files: number) => `${count(files, 'file', 'files')} failed`,
    finished: {
      scan: (done: number) => `Scan finished: ${count(done, 'file', 'files')}`,
      analyse: (done: number) => `Listened to ${count(done, 'track', 'tracks')}`,
      write: (done: number) => `Wrote ${count(done, 'file', 'files')}`,
      undo: (done: number) => `Put back ${count(done, 'file', 'files')}`,
      learn: () => 'Learning finished',
    },
    stopped: {
      scan: 'Scan stopped. The next one goes on from there.',
      analyse: 'Listening stopped. It goes on from there next time.',
      write: 'Writing stopped. The rest is still waiting.',
      undo: 'Stopped. The rest is as it was written.',
      learn: 'Learning stopped. Nothing was changed.',
    } satisfies Record<WorkKind, string>,
    broke: (message: string) => `It ended early: ${message}`,
    waiting: (tracks: number) => `${count(tracks, 'track', 'tracks')} waiting`,
  },

  first: {
    title: 'Point it at your music',
    text: 'Cratewise reads the tags of every file in a folder, then listens and predicts genre and key. Your files are only read.',
  },

  views: {
    label: 'Views',
    tracks: 'Tracks',
    review: 'Review',
  },

  tools: {
    label: 'Tools',
    undo: (what: string | null) => (what === null ? 'Undo' : `Undo: ${what}`),
    redo: (what: string | null) => (what === null ? 'Redo' : `Redo: ${what}`),
    replace: 'Find and replace',
    history: 'What was written',
    columns: 'Columns',
    help: 'Keyboard shortcuts',
  },

  edits: {
    step: (kind: EditKind, field: string | null, files: number) => {
      const what = field === null ? 'tags' : fieldName(field).toLowerCase();
      const many = count(files, 'track', 'tracks');
      switch (kind) {
        case 'set':
          return `${what} of ${many} edited`;
        case 'fill':
          return `${what} of ${many} filled`;
        case 'replace':
          return `text of ${many} replaced`;
        case 'revert':
          return `edits of ${many} taken back`;
        case 'review':
          return `${what} of ${many} reviewed`;
        case 'write':
          return `${many} written`;
      }
    },
    done: (what: string) => capital(what),
    undone: (what: string) => `Undone: ${what}`,
    redone: (what: string) => `Done again: ${what}`,
    nothingChanged: 'Nothing changed: it says that already.',
    nothingToUndo: 'There is nothing to undo.',
    nothingToRedo: 'There is nothing to do again.',
    waiting: (files: number) => `${count(files, 'track', 'tracks')} edited, not written yet`,
    failed: (files: number) => `${count(files, 'file', 'files')} could not be written`,
    show: 'Show them',
    discard: 'Discard…',
    discardSure: (files: number) => `Discard the edits of ${count(files, 'track', 'tracks')}?`,
    discardYes: 'Discard',
    discardNo: 'Keep',
    write: 'Review and write…',
  },

  write: {
    title: (files: number) => `Write ${count(files, 'file', 'files')}`,
    intro: 'This is what changes in your files, and nothing else does. Every write can be undone later.',
    scopeChosen: (files: number) => `Only the ${number.format(files)} chosen`,
    options: 'Options',
    onlyEmpty: 'Only fill fields that are empty',
    keepModifiedTime: 'Keep the time of change of the files',
    notation: 'Keys as',
    multiValue: 'Several values in ID3v2.3',
    multiValues: { joined: 'joined: House; Dub', nul: 'separate (some players show the first)' },
    field: 'Field',
    nothing: 'Nothing to write here: the file says this already.',
    filled: 'Nothing to write here: the fields are filled.',
    empty: 'empty',
    to: 'becomes',
    more: (files: number) => `Show ${number.format(files)} more`,
    loading: 'Looking at the files…',
    start: (files: number) => `Write ${count(files, 'file', 'files')}`,
    cancel: 'Not now',
    close: 'Close',
    stop: 'Stop',
    progress: (done: number, total: number) =>
      `Writing ${number.format(done)} of ${count(total, 'file', 'files')}`,
    done: (files: number) => `${count(files, 'file', 'files')} written.`,
    doneNone: 'No file was written.',
    stopped: (files: number) => `Stopped after ${count(files, 'file', 'files')}. The rest is still waiting.`,
    failed: (files: number) =>
      `${count(files, 'file', 'files')} could not be written and ${files === 1 ? 'stays as it was' : 'stay as they were'}:`,
    takeBack: 'Undo this write…',
    scanAgain: 'Look for changes in the files',
    location: 'where in the file',
  },

  history: {
    title: 'What was written',
    intro: 'Each write can be put back byte for byte, as long as nothing else has changed the file since.',
    none: 'Nothing was written yet.',
    at: (time: number) => moment.format(time),
    label: (label: string) => {
      const undone = /^undo batch (\d+)$/.exec(label)?.[1];
      if (undone !== undefined) return `Put back write ${undone}`;
      return (
        { app: 'Written here', undo: 'Put back', autotag: 'Written by autotag', tag: 'Written by tag' }[
          label
        ] ?? label
      );
    },
    number: (id: number) => `Write ${id}`,
    counts: (done: number, undone: number, failed: number, open: number) =>
      [
        done > 0 ? `${number.format(done)} written` : '',
        undone > 0 ? `${number.format(undone)} put back` : '',
        failed > 0 ? `${number.format(failed)} failed` : '',
        open > 0 ? `${number.format(open)} not finished` : '',
      ]
        .filter((part) => part !== '')
        .join(', '),
    show: 'Show files',
    hide: 'Hide files',
    undo: 'Put back…',
    sure: (files: number) => `Put ${count(files, 'file', 'files')} back as they were?`,
    sureEdits: 'What was written waits as an edit again.',
    yes: 'Put back',
    no: 'Leave',
    running: (done: number, total: number) =>
      `Putting back ${number.format(done)} of ${count(total, 'file', 'files')}`,
    states: { done: 'written', undone: 'put back', failed: 'failed', open: 'not finished' },
    finished: (done: number, failed: number) =>
      failed === 0
        ? `${count(done, 'file', 'files')} put back.`
        : `${count(done - failed, 'file', 'files')} put back, ${number.format(failed)} were changed since and left alone.`,
  },

  review: {
    task: 'What to review',
    scope: 'Which tracks',
    scopes: {
      missing: 'Without a tag',
      differs: 'Tagged otherwise',
      all: 'All predictions',
    },
    order: 'Order',
    surestFirst: 'Surest first',
    unsureFirst: 'Least sure first',
    queue: 'Waiting for review',
    left: (left: number, decided: number) =>
      decided === 0
        ? `${count(left, 'prediction', 'predictions')} to review`
        : `${number.format(left)} left, ${number.format(decided)} done`,
    accept: (label: string) => `${label} is right`,
    runnerUp: (label: string) => `It is ${label}`,
    change: 'Something else…',
    changeTo: { key: 'The key is', genre: 'The genre is' },
    changeDone: 'Done',
    reject: 'Wrong',
    skip: 'Skip',
    hint: 'What you accept or change is remembered, and waits as an edit where the tag says otherwise. Nothing is written before you say so.',
    none: 'Nothing left to review here.',
    noneHint: 'Listen to more tracks, or choose other ones above.',
    noneDone: (decided: number) =>
      `${count(decided, 'prediction', 'predictions')} reviewed. What was accepted waits to be written.`,
    from: 'At least',
    acceptAll: (tracks: number) => `Accept all ${number.format(tracks)}`,
    acceptAllSure: (tracks: number, from: string) =>
      `Accept ${count(tracks, 'prediction', 'predictions')} that are ${from} sure or more?`,
    acceptAllYes: 'Accept',
    acceptAllNo: 'Not now',
  },

  replace: {
    title: 'Find and replace',
    find: 'Find',
    with: 'Replace with',
    in: 'In',
    allFields: 'All text fields',
    matchCase: 'Match case',
    wholeWord: 'Whole words',
    scopeChosen: (tracks: number) => `In ${count(tracks, 'chosen track', 'chosen tracks')}`,
    scopeAll: (tracks: number) => `In ${count(tracks, 'track', 'tracks')} found`,
    preview: (files: number, places: number) =>
      files === 0
        ? 'Nothing found.'
        : `${count(places, 'field', 'fields')} in ${count(files, 'track', 'tracks')} would change:`,
    and: (more: number) => `… and ${number.format(more)} more`,
    start: 'Replace',
    cancel: 'Cancel',
    hint: 'Nothing is written to files: the changes wait as edits, and can be undone.',
  },

  help: {
    title: 'Keyboard shortcuts',
    close: 'Close',
    groups: {
      everywhere: 'Everywhere',
      table: 'In the table',
      editing: 'While editing a cell',
      head: 'On a column’s head',
      review: 'In review',
      wheel: 'On the wheel of keys',
    },
    texts: {
      search: 'Search',
      help: 'Show this',
      views: 'Tracks / review',
      undo: 'Undo, whatever it was',
      redo: 'Do it again',
      write: 'Preview and write edits',
      history: 'What was written, and putting it back',
      replace: 'Find and replace',
      walk: 'Walk from cell to cell',
      page: 'A screen up or down',
      ends: 'First or last track',
      extend: 'Choose several',
      toggle: 'Choose or leave out this one',
      all: 'Choose everything found',
      edit: 'Edit the field, of all that are chosen',
      commit: 'Done',
      commitNext: 'Done, and the next field',
      commitDown: 'Done, and the same field of the next track',
      cancel: 'Leave it as it was',
      clear: 'Clear the field',
      fill: 'Fill down from the first chosen',
      copy: 'Copy the field',
      paste: 'Paste into the field, of all that are chosen',
      collapse: 'Back to one track, then close the details',
      sortFurther: 'Sort by this as well',
      moveColumn: 'Move the column',
      sizeColumn: 'Make it narrower or wider',
      accept: 'The prediction is right',
      runnerUp: 'The runner-up is right',
      change: 'Something else is right',
      skip: 'Next',
      back: 'Back to the one before',
      reject: 'It is wrong, and I don’t know better',
      task: 'Key / genre',
      wheel: 'Go round the wheel',
      wheelChoose: 'Choose the key',
    } satisfies Record<ShortcutText, string>,
    statesTitle: 'Marks',
  },

  connection: {
    connecting: 'Opening the library…',
    lost: 'The connection to Cratewise ended.',
    lostHint: 'Start “cratewise serve” again, and open the address that it prints.',
    noToken: 'This address lacks its secret.',
    noTokenHint: 'Open the whole address that “cratewise serve” prints, with everything behind the #.',
    reload: 'Try again',
    failed: (message: string) => `That did not work: ${message}`,
    dismiss: 'Dismiss',
  },
};
