import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { SHELL_CHANNELS, type ShellLook, type ShellSettings } from '../../shared/shell.ts';
import type { Log } from '../log/log.ts';
import { lookSchema, shellSettingsSchema } from './app-settings.ts';
import { isTrustedSender } from './ports.ts';

/** What answers the page's side of the bridge. */
export interface BridgeAnswers {
  chooseFolders(): Promise<string[]>;
  settings(): ShellSettings;
  setSettings(settings: ShellSettings): ShellSettings;
  setLook(look: ShellLook): void;
}

const nothing = z.undefined();

/**
 * Answers the page. Each channel looks at who asks, and at what with: our own page's main frame, and what its schema
 * allows.
 */
export function answerBridge(ipcMain: Pick<IpcMain, 'handle'>, answers: BridgeAnswers, log: Log): void {
  function answer<T>(channel: string, schema: z.ZodType<T>, act: (input: T) => unknown): void {
    ipcMain.handle(channel, async (event: IpcMainInvokeEvent, ...given: unknown[]) => {
      const [input, ...more] = given;
      const parsed = schema.safeParse(input);
      if (!isTrustedSender(event) || !parsed.success || more.length > 0) {
        log.warn('bridge', `${channel} was refused`);
        // It says nothing of why: whoever asks like that is not our page.
        throw new Error('refused');
      }
      return act(parsed.data);
    });
  }
  answer(SHELL_CHANNELS.chooseFolders, nothing, () => answers.chooseFolders());
  answer(SHELL_CHANNELS.settings, nothing, () => answers.settings());
  answer(SHELL_CHANNELS.setSettings, shellSettingsSchema, (settings) => answers.setSettings(settings));
  answer(SHELL_CHANNELS.setLook, lookSchema, (look) => answers.setLook(look));
}
