import type { EditKind } from '../../../shared/contract/index.ts';
import { capital, count, fieldName, number } from './formats.ts';

export const edits = {
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
};

export const replace = {
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
};
