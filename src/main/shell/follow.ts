import type { WorkState } from '../../shared/contract/index.ts';
import type { Log } from '../log/log.ts';
import type { OpenedLibrary } from './libraries.ts';

export interface Followers {
  /** Called with each state, and with the one before it. */
  onState(state: WorkState, before: WorkState | undefined): void;
  /** Called with how many files wait to be written, when that may have changed. */
  onWaiting(files: number): void;
}

/** Follows what goes on in a library until it is closed. */
export async function followLibrary(
  { library, work, closing }: OpenedLibrary,
  { onState, onWaiting }: Followers,
  log: Log,
): Promise<void> {
  let before: WorkState | undefined;
  for await (const state of work.watch(closing)) {
    if (closing.aborted) return;
    onState(state, before);
    noteWork(state, before, log);
    // Counting edits is not for every file that was listened to.
    if (state.edits !== before?.edits || state.last !== before.last)
      onWaiting(library.catalogue.edits.counts().files);
    before = state;
  }
}

function noteWork({ running, last }: WorkState, before: WorkState | undefined, log: Log): void {
  if (running && running.kind !== before?.running?.kind) log.info('work', `${running.kind} begins`);
  if (last && last !== before?.last) {
    const text = `${last.kind} ${last.outcome}: ${last.done} done, ${last.failed} failed`;
    if (last.problem) log.warn('work', `${text}: ${last.problem.code}: ${last.problem.message}`);
    else log.info('work', text);
  }
}
