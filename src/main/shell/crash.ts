import type { Log } from '../log/log.ts';
import type { AppContents, AppWindow, DialogApi, ElectronApi } from './api.ts';
import type { ShellStrings } from './strings/index.ts';

/** So many crashes within this time are no accident. */
const OFTEN = 3;
const OFTEN_MS = 60_000;

export interface CrashParts {
  readonly app: Pick<ElectronApi['app'], 'on' | 'quit'>;
  readonly dialog: Pick<DialogApi, 'showMessageBox'>;
  readonly strings: () => ShellStrings;
  readonly log: Log;
  readonly now?: () => number;
}

/** Notes what breaks, and asks the user what to do about it. */
export class CrashWatch {
  readonly #parts: CrashParts;
  readonly #crashes: number[] = [];
  /** Pages that we ended ourselves, because they hung. */
  readonly #ended = new WeakSet<object>();
  #asking = false;

  constructor(parts: CrashParts) {
    this.#parts = parts;
  }

  listen(process: Pick<NodeJS.EventEmitter, 'on'>): void {
    const { app, log } = this.#parts;
    app.on('render-process-gone', (_event, contents, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      if (this.#ended.delete(contents)) {
        contents.reload();
        return;
      }
      log.error('crash', `the window’s process is gone: ${reason}, exit code ${exitCode}`);
      void this.#offerReload(contents);
    });
    app.on('child-process-gone', (_event, { type, reason, exitCode, name, serviceName }) => {
      if (reason === 'clean-exit') return;
      // Workers are started again by their pool; Chromium starts its own.
      log.warn('crash', `${type} ${name ?? serviceName ?? ''} is gone: ${reason}, exit code ${exitCode}`);
    });
    process.on('uncaughtException', (error: unknown) => {
      log.error('crash', 'uncaught', error);
      void this.#tell(error);
    });
    process.on('unhandledRejection', (error: unknown) => log.error('crash', 'nobody waited for it', error));
  }

  /** Asks when a window does not answer. */
  watch(
    window: Pick<AppWindow, 'on' | 'isDestroyed'> & {
      readonly webContents: Pick<AppContents, 'forcefullyCrashRenderer'>;
    },
  ): void {
    let answered = new AbortController();
    window.on('unresponsive', () => {
      this.#parts.log.warn('crash', 'the window does not answer');
      answered = new AbortController();
      const { dialog: t } = this.#parts.strings();
      void this.#ask({
        message: t.hung,
        detail: t.hungDetail,
        buttons: [t.wait, t.reload],
        signal: answered.signal,
      }).then((response) => {
        if (response !== 1 || window.isDestroyed()) return;
        // One that hangs can't reload: it is ended first, and loaded anew when it is gone.
        this.#ended.add(window.webContents);
        window.webContents.forcefullyCrashRenderer();
      });
    });
    window.on('responsive', () => answered.abort());
  }

  async #offerReload(contents: Pick<AppContents, 'reload' | 'isDestroyed'>): Promise<void> {
    const now = (this.#parts.now ?? Date.now)();
    this.#crashes.push(now);
    const often = this.#crashes.filter((at) => now - at < OFTEN_MS).length >= OFTEN;
    const { dialog: t, menu } = this.#parts.strings();
    const response = await this.#ask({
      message: t.gone,
      detail: often ? t.goneAgain : t.goneDetail,
      buttons: [t.reload, menu.quit],
    });
    if (response === 0 && !contents.isDestroyed()) contents.reload();
    else if (response === 1) this.#parts.app.quit();
  }

  async #tell(error: unknown): Promise<void> {
    const { dialog: t, menu } = this.#parts.strings();
    const response = await this.#ask({
      message: t.failed,
      detail: t.failedDetail(error instanceof Error ? error.message : String(error)),
      buttons: [menu.quit, t.continue],
      cancelId: 1,
    });
    if (response === 0) this.#parts.app.quit();
  }

  /** One question at a time: what breaks often must not bury the screen. */
  async #ask(options: {
    message: string;
    detail: string;
    buttons: [string, string];
    /** What closing the question means; default the first button. */
    cancelId?: number;
    signal?: AbortSignal;
  }): Promise<number | undefined> {
    if (this.#asking) return undefined;
    this.#asking = true;
    try {
      const asked = { type: 'error' as const, defaultId: 0, cancelId: 0, noLink: true, ...options };
      const { response } = await this.#parts.dialog.showMessageBox(asked);
      return options.signal?.aborted ? undefined : response;
    } catch (error) {
      this.#parts.log.warn('crash', 'could not ask', error);
      return undefined;
    } finally {
      this.#asking = false;
    }
  }
}
