import { count, moment, number } from './formats.ts';

export const write = {
  title: (files: number) => `Write ${count(files, 'file', 'files')}`,
  intro: 'This is what changes in your files, and nothing else does. Every write can be undone later.',
  scopeChosen: (files: number) => `Only the ${number.format(files)} chosen`,
  options: 'Options',
  onlyEmpty: 'Only fill fields that are empty',
  keepModifiedTime: 'Keep the time of change of the files',
  notation: 'Keys as',
  multiValue: 'Several values in ID3v2.3',
  multiValues: { joined: 'joined: House; Dub', nul: 'separate (some players show the first)' },
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
};

export const history = {
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
  leftAlone: (files: number) =>
    `${count(files, 'file was', 'files were')} changed by something else since, or can’t be written to, and ${files === 1 ? 'was' : 'were'} left alone.`,
  force: 'Put old values back…',
  forceSure: (files: number) =>
    `Write the old values into ${count(files, 'file', 'files')} anyway? What something else has put into these fields since is lost; all else in ${files === 1 ? 'the file' : 'the files'} stays. This is a write like any other, and can be put back.`,
  forceYes: 'Write the old values',
  states: { done: 'written', undone: 'put back', failed: 'failed', open: 'not finished' },
  finished: (done: number, failed: number) =>
    failed === 0
      ? `${count(done, 'file', 'files')} put back.`
      : `${count(done - failed, 'file', 'files')} put back, ${number.format(failed)} were changed since and left alone.`,
};
