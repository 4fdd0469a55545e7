import type { WorkKind } from '../../shared/contract/index.ts';
import type { Log } from '../log/log.ts';
import type { AppWindow, DialogApi, ElectronApi } from './api.ts';
import type { ShellStrings } from './strings/index.ts';

/**
 * Closing takes as long as the file in hand. After this it is cut off, which harms no file: a write that was begun is
 * finished or taken back at the next start.
 */
const CLOSE_MS = 20_000;
/** The system waits for no app for long. */
const SHUTDOWN_MS = 4_000;

export interface QuitParts {
  readonly app: Pick<ElectronApi['app'], 'on' | 'quit' | 'exit'>;
  readonly dialog: Pick<DialogApi, 'showMessageBox'>;
  readonly strings: () => ShellStrings;
  readonly log: Log;
  /** What runs; undefined when nothing does. */
  readonly running: () => WorkKind | undefined;
  /** Lets the file in hand be finished and closes the library. */
  readonly close: () => Promise<void>;
}

/** The way out of the app: asks while work runs, closes the library, and only then lets the app end. */
export class Quitter {
  readonly #parts: QuitParts;
  #phase: 'open' | 'asking' | 'closing' | 'closed' = 'open';
  #forced = false;

  constructor(parts: QuitParts) {
    this.#parts = parts;
  }

  /** Whether the app is on its way out. */
  get leaving(): boolean {
    return this.#phase === 'closing' || this.#phase === 'closed';
  }

  listen({
    powerMonitor,
    process,
  }: Pick<ElectronApi, 'powerMonitor'> & { process: Pick<NodeJS.EventEmitter, 'on'> }): void {
    this.#parts.app.on('before-quit', (event) => {
      if (this.#phase === 'closed') return;
      event.preventDefault();
      void this.#leave();
    });
    // Electron's types leave out the event, by which a shutdown is put off until the app has ended.
    powerMonitor.on('shutdown', (...given: readonly { preventDefault?(): void }[]) => {
      given[0]?.preventDefault?.();
      this.force('the computer shuts down');
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => this.force(signal));
  }

  /** Windows tells each window that the user logs off. */
  watch(window: Pick<AppWindow, 'on'>): void {
    window.on('query-session-end', (event) => {
      // It would end at once otherwise, with a file in hand.
      event.preventDefault();
      this.force('the session ends');
    });
    window.on('session-end', () => this.force('the session ends'));
  }

  /** Quits without asking. */
  force(why: string): void {
    if (this.#forced) return;
    this.#forced = true;
    this.#parts.log.info('quit', `without asking: ${why}`);
    void this.#leave();
  }

  async #leave(): Promise<void> {
    // While a question is open only force goes on.
    if (this.leaving || (this.#phase === 'asking' && !this.#forced)) return;
    if (!this.#forced && !(await this.#agreed())) return;
    if (this.leaving) return;
    this.#phase = 'closing';
    const { app, close, log } = this.#parts;
    const end = await within(close(), this.#forced ? SHUTDOWN_MS : CLOSE_MS);
    if (end !== 'done') log.error('quit', 'the library was not closed in order', end);
    else log.info('quit', 'closed');
    this.#phase = 'closed';
    if (end === 'done') app.quit();
    else app.exit(1);
  }

  async #agreed(): Promise<boolean> {
    const { dialog, running, strings } = this.#parts;
    const kind = running();
    if (kind === undefined) return true;
    this.#phase = 'asking';
    const t = strings();
    try {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message: t.dialog.quitBusy(t.work[kind]),
        detail: t.dialog.quitBusyDetail,
        buttons: [t.dialog.keepOn, t.dialog.quit],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      });
      return response === 1;
    } finally {
      if (this.#phase === 'asking') this.#phase = 'open';
    }
  }
}

/** `done`, or why it is not. */
async function within(closing: Promise<void>, milliseconds: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<unknown>((resolve) => {
    timer = setTimeout(() => resolve(`not within ${milliseconds} ms`), milliseconds);
  });
  const closed = closing.then(
    () => 'done',
    (error: unknown) => error,
  );
  const end = await Promise.race([closed, late]);
  clearTimeout(timer);
  return end;
}
