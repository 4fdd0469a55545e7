import { existsSync } from 'node:fs';
import type { Dialogs } from './dialogs.ts';
import type { ShellParts } from './shell.ts';

/**
 * Opens the library of the start: the one that was asked for, that of the last time, or the usual one. Asks what to do
 * where it can't be opened.
 * @returns whether one is open
 */
export async function openFirstLibrary(
  { libraries, log, places, settings }: Pick<ShellParts, 'libraries' | 'log' | 'places' | 'settings'>,
  dialogs: Pick<Dialogs, 'library' | 'notOpened'>,
  wanted: string | undefined,
): Promise<boolean> {
  const [last] = settings.state.recent;
  const reopened = settings.state.reopen && last !== undefined && existsSync(last) ? last : undefined;
  let file = wanted ?? reopened ?? places.library;
  for (;;) {
    try {
      await libraries.open(file);
      return true;
    } catch (error) {
      log.error('library', `${file} was not opened`, error);
      const choice = await dialogs.notOpened(error);
      if (choice === 'quit') return false;
      if (choice === 'other') file = (await dialogs.library()) ?? file;
    }
  }
}
