import type { WorkKind } from '../../../shared/contract/index.ts';
import { count, number } from './formats.ts';

export const work = {
  addFolder: 'Add a folder',
  chooseFolders: 'Choose folders…',
  folder: 'Folder',
  folderPlaceholder: '/home/you/Music',
  add: 'Add',
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
};
