import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { DialogApi, ElectronApi } from './api.ts';
import { LIBRARY_EXTENSION } from './arguments.ts';
import type { ShellStrings } from './strings/index.ts';

/** The system's dialogs that the app opens. */
export class Dialogs {
  readonly #dialog: DialogApi;
  readonly #app: Pick<ElectronApi['app'], 'getPath'>;
  readonly #strings: () => ShellStrings;

  constructor({ dialog, app }: Pick<ElectronApi, 'dialog' | 'app'>, strings: () => ShellStrings) {
    this.#dialog = dialog;
    this.#app = app;
    this.#strings = strings;
  }

  /** Folders of music; none when the dialog was closed. */
  async folders(): Promise<string[]> {
    const { dialog: t } = this.#strings();
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      title: t.chooseFolders,
      buttonLabel: t.add,
      properties: ['openDirectory', 'multiSelections'],
    });
    return canceled ? [] : [...filePaths];
  }

  /** A library that is there. */
  async library(): Promise<string | undefined> {
    const { dialog: t } = this.#strings();
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      title: t.openLibrary,
      filters: [this.#libraries],
      properties: ['openFile'],
    });
    return canceled ? undefined : filePaths[0];
  }

  /** Where to make a library. One that is there already is opened as it is. */
  async newLibrary(): Promise<string | undefined> {
    const { dialog: t } = this.#strings();
    const { canceled, filePath } = await this.#dialog.showSaveDialog({
      title: t.newLibrary,
      defaultPath: join(this.#app.getPath('documents'), `${t.libraryName}${LIBRARY_EXTENSION}`),
      filters: [this.#libraries],
    });
    if (canceled || !filePath) return undefined;
    return extname(filePath).toLowerCase() === LIBRARY_EXTENSION ? filePath : filePath + LIBRARY_EXTENSION;
  }

  /** Saves a report where the user says. @returns where; undefined when it was not saved */
  async saveReport(text: string, now = new Date()): Promise<string | undefined> {
    const { dialog: t } = this.#strings();
    const { canceled, filePath } = await this.#dialog.showSaveDialog({
      defaultPath: join(
        this.#app.getPath('documents'),
        `${t.reportName} ${now.toISOString().slice(0, 10)}.txt`,
      ),
      filters: [{ name: t.textFiles, extensions: ['txt'] }],
    });
    if (canceled || !filePath) return undefined;
    try {
      await writeFile(filePath, text, { mode: 0o600 });
      return filePath;
    } catch (error) {
      await this.problem(t.notSaved, error);
      return undefined;
    }
  }

  /** Whether to leave a library in which something runs. */
  async leaveBusy(): Promise<boolean> {
    const { dialog: t } = this.#strings();
    const { response } = await this.#dialog.showMessageBox({
      type: 'question',
      message: t.switchBusy,
      detail: t.switchBusyDetail,
      buttons: [t.stay, t.switchAnyway],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    return response === 1;
  }

  /** The library of the start can't be opened: what now? */
  async notOpened(error: unknown): Promise<'retry' | 'other' | 'quit'> {
    const { dialog: t, menu } = this.#strings();
    const { response } = await this.#dialog.showMessageBox({
      type: 'error',
      message: t.notOpened,
      detail: messageOf(error),
      buttons: [t.retry, t.other, menu.quit],
      defaultId: 0,
      cancelId: 2,
      noLink: true,
    });
    return (['retry', 'other', 'quit'] as const)[response] ?? 'quit';
  }

  /** Tells what did not work. */
  async problem(message: string, error: unknown): Promise<void> {
    await this.#dialog.showMessageBox({ type: 'error', message, detail: messageOf(error) });
  }

  get #libraries() {
    return { name: this.#strings().dialog.libraries, extensions: [LIBRARY_EXTENSION.slice(1)] };
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
