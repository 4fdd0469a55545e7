import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { SHELL_CHANNELS, type ShellCommand, type ShellSettings } from '../../shared/shell.ts';
import { RendererFiles } from '../host/serve/renderer-files.ts';
import type { FileLog } from '../log/log.ts';
import { readManifests } from '../models/manifests.ts';
import { typedFolder } from '../service/folders.ts';
import type { AppWindow, ElectronApi } from './api.ts';
import type { AppSettings } from './app-settings.ts';
import type { OpenRequest } from './arguments.ts';
import { answerBridge } from './bridge.ts';
import { CrashWatch } from './crash.ts';
import { Dialogs } from './dialogs.ts';
import { openFirstLibrary } from './first-library.ts';
import { followLibrary } from './follow.ts';
import type { Libraries, OpenedLibrary } from './libraries.ts';
import { allowedLinks, openLink } from './links.ts';
import { menuTemplate } from './menu.ts';
import { Notifier } from './notifier.ts';
import { APP_ORIGIN } from './origin.ts';
import { connectPorts } from './ports.ts';
import { KeepAwake, SleepGuard } from './power.ts';
import { Badge, showProgress } from './presence.ts';
import { serveRenderer } from './protocol.ts';
import { Quitter } from './quit.ts';
import { saveReport } from './report.ts';
import { guardSession } from './session-guard.ts';
import { type ShellStrings, shellStrings, systemLanguage } from './strings/index.ts';
import { windowOptions } from './window.ts';
import { followWindow, placeWindow, restoreWindow } from './window-state.ts';

export interface ShellParts {
  readonly electron: ElectronApi;
  readonly settings: AppSettings;
  readonly libraries: Libraries;
  readonly log: FileLog;
  readonly platform: NodeJS.Platform;
  /** Of the process: what it runs on, and what breaks in it. */
  readonly process: Pick<NodeJS.EventEmitter, 'on'> & { readonly versions: NodeJS.ProcessVersions };
  /** The app is being made: developer tools are there. */
  readonly developer: boolean;
  readonly places: {
    readonly preload: string;
    readonly renderer: string;
    readonly manifests: string;
    /** The library that is opened when there is no other. */
    readonly library: string;
  };
}

/** The app: one window that shows one library, and what stands around it on a desktop. */
export class Shell {
  readonly #parts: ShellParts;
  readonly #dialogs: Dialogs;
  readonly #quitter: Quitter;
  readonly #crashes: CrashWatch;
  readonly #awake: KeepAwake;
  readonly #badge: Badge;
  readonly #notifier: Notifier;
  #window: AppWindow | undefined;
  #waiting = 0;
  #links: ReadonlySet<string> = new Set();

  constructor(parts: ShellParts) {
    this.#parts = parts;
    const { electron, libraries, log, settings } = parts;
    const { app, dialog } = electron;
    const strings = () => this.strings;
    this.#dialogs = new Dialogs(electron, strings);
    this.#quitter = new Quitter({
      app,
      dialog,
      strings,
      log,
      running: () => libraries.current?.work.state.running?.kind,
      close: () => libraries.close(),
    });
    this.#crashes = new CrashWatch({ app, dialog, strings, log });
    this.#awake = new KeepAwake(electron.powerSaveBlocker, () => settings.state.keepAwake);
    this.#badge = new Badge(electron, parts.platform);
    this.#notifier = new Notifier({
      Notification: electron.Notification,
      looking: () => this.#window?.isFocused() ?? false,
      wanted: () => settings.state.notify,
      strings,
      onClick: () => this.show(),
    });
    libraries.onOpen = (opened) => this.#opened(opened);
  }

  get strings(): ShellStrings {
    const { settings, electron } = this.#parts;
    return shellStrings(
      settings.state.language ?? systemLanguage(electron.app.getPreferredSystemLanguages()),
    );
  }

  /** Puts guards up before anything is loaded. */
  async guard(): Promise<void> {
    const { electron, developer, log, places, process } = this.#parts;
    this.#crashes.listen(process);
    this.#links = allowedLinks(await readManifests(places.manifests));
    guardSession(electron.session.defaultSession, { developer, log });
    electron.nativeTheme.themeSource = this.#parts.settings.state.theme;
  }

  /** Asked for by a link in the page. */
  openLink(url: string): void {
    openLink(this.#parts.electron.shell, this.#links, url, this.#parts.log);
  }

  /** Opens the library and the window. Electron has to be ready. */
  async start(request: OpenRequest): Promise<void> {
    const { electron, libraries, places, platform, process } = this.#parts;
    const { app, ipcMain, powerMonitor, protocol } = electron;
    this.#quitter.listen({ powerMonitor, process });
    serveRenderer(protocol, RendererFiles.open(places.renderer), () => libraries.current?.library.media);
    connectPorts(ipcMain, (port) => libraries.connect(port));
    this.#answerBridge();
    if (!(await openFirstLibrary(this.#parts, this.#dialogs, request.library))) {
      app.quit();
      return;
    }
    new SleepGuard(() => libraries.current?.work, this.#parts.log).listen(powerMonitor);
    this.#openWindow();
    app.on('activate', () => this.show());
    app.on('window-all-closed', () => {
      if (platform !== 'darwin') app.quit();
    });
    await this.#take(request.paths);
  }

  /** Does what another start of the app, or the system, asks for. */
  async handle({ library, paths }: OpenRequest): Promise<void> {
    this.show();
    if (library !== undefined && !(await this.switchTo(library))) return;
    await this.#take(paths);
  }

  /** Brings the window to the front; opens one where there is none. */
  show(): void {
    if (this.#quitter.leaving || !this.#parts.libraries.current) return;
    if (!this.#window) this.#openWindow();
    else {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
    }
  }

  /** Opens another library in the window. Whether it is open now. */
  async switchTo(file: string): Promise<boolean> {
    const { libraries, log } = this.#parts;
    const before = libraries.current;
    if (before?.work.state.running && !(await this.#dialogs.leaveBusy())) return false;
    try {
      await libraries.open(file);
    } catch (error) {
      log.warn('library', `${file} was not opened`, error);
      await this.#dialogs.problem(this.strings.dialog.notOpened, error);
      return false;
    }
    // The page begins anew, with the port of the other library.
    if (libraries.current !== before) this.#window?.webContents.reload();
    return true;
  }

  #answerBridge(): void {
    const { electron, libraries, log, settings } = this.#parts;
    const told = (): ShellSettings => {
      const { notify, keepAwake, reopen } = settings.state;
      return { notify, keepAwake, reopen };
    };
    answerBridge(
      electron.ipcMain,
      {
        chooseFolders: () => this.#dialogs.folders(),
        settings: told,
        setSettings: (wanted) => {
          settings.set(wanted);
          this.#awake.follow(Boolean(libraries.current?.work.state.running));
          return told();
        },
        setLook: ({ language, theme }) => {
          const before = settings.state;
          if (language === before.language && theme === before.theme) return;
          settings.set({ language, theme });
          electron.nativeTheme.themeSource = theme;
          this.#showMenu();
        },
      },
      log,
    );
  }

  /** Takes folders and files into the library. */
  async #take(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    try {
      this.#parts.libraries.current?.work.scan(paths.map(typedFolder));
    } catch (error) {
      await this.#dialogs.problem(this.strings.dialog.notAdded, error);
    }
  }

  #opened(opened: OpenedLibrary): void {
    const { electron, log } = this.#parts;
    const { file } = opened.library.catalogue;
    electron.app.addRecentDocument(file);
    this.#entitle();
    this.#showMenu();
    followLibrary(
      opened,
      {
        onState: (state, before) => {
          this.#awake.follow(state.running !== null);
          if (this.#window) showProgress(this.#window, state);
          this.#notifier.follow(state, before);
        },
        onWaiting: (files) => {
          this.#waiting = files;
          this.#badge.show(files, this.#window, this.strings);
        },
      },
      log,
    ).catch((error: unknown) => log.error('work', 'is not followed any more', error));
  }

  #openWindow(): void {
    const { electron, developer, libraries, places, platform, settings } = this.#parts;
    const areas = electron.screen.getAllDisplays().map(({ workArea }) => workArea);
    const state = settings.state.window;
    const window = new electron.BrowserWindow(
      windowOptions(places.preload, developer, placeWindow(state, areas)),
    );
    this.#window = window;
    this.#quitter.watch(window);
    this.#crashes.watch(window);
    followWindow(window, (place) => settings.set({ window: place }));
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('close', (event) => {
      // Where the last window is the app, its end is asked about while it can still be seen.
      if (platform === 'darwin' || this.#quitter.leaving) return;
      event.preventDefault();
      electron.app.quit();
    });
    window.on('closed', () => {
      this.#window = undefined;
      this.#badge.forget();
    });
    window.on('focus', () => {
      const work = libraries.current?.work;
      if (work) showProgress(window, work.state);
    });
    window.once('ready-to-show', () => {
      restoreWindow(window, state);
      window.show();
    });
    this.#entitle();
    this.#badge.show(this.#waiting, window, this.strings);
    window.loadURL(`${APP_ORIGIN}/`).catch((error: unknown) => {
      if (window.isDestroyed()) return;
      this.#parts.log.error('window', 'could not be loaded', error);
      electron.dialog.showErrorBox(this.strings.dialog.blank, String(error));
    });
  }

  /** The window is named like its library, where that is not the usual one. */
  #entitle(): void {
    const file = this.#parts.libraries.current?.library.catalogue.file;
    const window = this.#window;
    if (!file || !window || window.isDestroyed()) return;
    const usual = file === this.#parts.places.library;
    window.setTitle(usual ? 'Cratewise' : `${basename(file, '.cratewise')} – Cratewise`);
    if (this.#parts.platform === 'darwin') window.setRepresentedFilename(file);
  }

  #showMenu(): void {
    const { electron, developer, libraries, platform, settings } = this.#parts;
    const open = libraries.current?.library.catalogue.file;
    const template = menuTemplate(
      { platform, developer, recent: settings.state.recent, open },
      {
        command: (command) => this.#command(command),
        newLibrary: () => void this.#choose(() => this.#dialogs.newLibrary()),
        openLibrary: () => void this.#choose(() => this.#dialogs.library()),
        openRecent: (file) => void this.#openRecent(file),
        clearRecent: () => {
          electron.app.clearRecentDocuments();
          settings.set({ recent: open === undefined ? [] : [open] });
          this.#showMenu();
        },
        showLogs: () => void electron.shell.openPath(this.#parts.log.folder),
        saveReport: () => void saveReport(this.#parts, this.#dialogs),
      },
      this.strings,
    );
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(template));
  }

  /** Asks the page for something. */
  #command(command: ShellCommand): void {
    this.show();
    const contents = this.#window?.webContents;
    if (contents && !contents.isDestroyed()) contents.send(SHELL_CHANNELS.command, command);
  }

  async #choose(choice: () => Promise<string | undefined>): Promise<void> {
    const file = await choice();
    if (file !== undefined && (await this.switchTo(file))) this.show();
  }

  async #openRecent(file: string): Promise<void> {
    if (!existsSync(file)) {
      // It would be made anew, empty, where its drive is only not there.
      this.#parts.settings.forget(file);
      this.#showMenu();
      await this.#dialogs.problem(this.strings.dialog.notOpened, this.strings.dialog.noSuchLibrary(file));
      return;
    }
    await this.switchTo(file);
  }
}
