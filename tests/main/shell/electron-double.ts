import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type {
  BrowserWindowConstructorOptions,
  IpcMainEvent,
  IpcMainInvokeEvent,
  MenuItemConstructorOptions,
  MessagePortMain,
  NotificationConstructorOptions,
  Rectangle,
} from 'electron';
import { vi } from 'vitest';
import type { AppContents, AppNotification, AppWindow, ElectronApi } from '../../../src/main/shell/api.ts';
import { CONNECT_CHANNEL } from '../../../src/shared/contract/port.ts';

export const PAGE = 'app://cratewise/';

/** An event as Electron gives it, whose default can be prevented. */
export function preventable<T extends object>(details?: T) {
  const event = { ...details, defaultPrevented: false, preventDefault: (): void => undefined };
  event.preventDefault = () => {
    event.defaultPrevented = true;
  };
  return event;
}

class WindowDouble extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = Object.assign(new EventEmitter(), {
    send: vi.fn<AppContents['send']>(),
    reload: vi.fn<AppContents['reload']>(),
    forcefullyCrashRenderer: vi.fn<AppContents['forcefullyCrashRenderer']>(),
    isDestroyed: () => this.destroyed,
    setWindowOpenHandler: vi.fn<AppContents['setWindowOpenHandler']>(),
  });
  readonly setProgressBar = vi.fn<AppWindow['setProgressBar']>();
  readonly setOverlayIcon = vi.fn<AppWindow['setOverlayIcon']>();
  readonly setTitle = vi.fn<AppWindow['setTitle']>();
  readonly setRepresentedFilename = vi.fn<AppWindow['setRepresentedFilename']>();
  readonly loadURL = vi.fn<AppWindow['loadURL']>(async () => undefined);
  bounds: Rectangle;
  destroyed = false;
  focused = false;
  shown = false;
  minimized = false;
  maximized = false;
  fullScreen = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    const { x = 0, y = 0, width = 0, height = 0 } = options;
    this.bounds = { x, y, width, height };
  }

  show() {
    this.shown = true;
  }
  focus() {
    this.focused = true;
  }
  restore() {
    this.minimized = false;
  }
  maximize() {
    this.maximized = true;
  }
  setFullScreen(full: boolean) {
    this.fullScreen = full;
  }
  isMinimized = () => this.minimized;
  isMaximized = () => this.maximized;
  isFullScreen = () => this.fullScreen;
  isFocused = () => this.focused;
  isDestroyed = () => this.destroyed;
  getNormalBounds = () => this.bounds;

  /** The user closes it. Whether it closed. */
  close(): boolean {
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    this.destroyed = true;
    this.emit('closed');
    return true;
  }
}

class NotificationDouble extends EventEmitter {
  static shown: NotificationDouble[] = [];
  static isSupported = () => true;
  readonly options: NotificationConstructorOptions;
  readonly close = vi.fn();

  constructor(options: NotificationConstructorOptions) {
    super();
    this.options = options;
  }

  show() {
    NotificationDouble.shown.push(this);
  }
}

/** A port as Electron's main process has it, of one of Node's: it has to be started, and gives events. */
function mainPort(port: MessagePort): MessagePortMain {
  const main = new EventEmitter();
  const held: unknown[] = [];
  let started = false;
  const give = (data: unknown) => main.emit('message', { data, ports: [] });
  port.on('message', (data: unknown) => (started ? give(data) : held.push(data)));
  port.on('close', () => main.emit('close'));
  return Object.assign(main, {
    postMessage: (message: unknown) => port.postMessage(message),
    start: () => {
      started = true;
      for (const data of held.splice(0)) give(data);
    },
    close: () => port.close(),
  }) as unknown as MessagePortMain;
}

/** What the double was asked for, and what it does when it is asked. */
export interface Scene {
  /** Answers of message boxes, in turn: number of the button; the cancelling one when there are no more. */
  answers: number[];
  openPaths: string[];
  savePath: string | undefined;
  workAreas: Rectangle[];
  isFirst: boolean;
}

/**
 * A double of Electron's API, as far as the shell uses it: types come from `electron.d.ts`, events are real, windows
 * and dialogs are remembered.
 */
export function electronDouble(folder: string, scene: Partial<Scene> = {}) {
  const windows: WindowDouble[] = [];
  const ended: (number | 'quit')[] = [];
  const asked: Electron.MessageBoxOptions[] = [];
  const handlers = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>();
  const ipc = new EventEmitter();
  const app = new EventEmitter();
  const session = new EventEmitter();
  const powerMonitor = new EventEmitter();
  const play: Scene = {
    answers: [],
    openPaths: [],
    savePath: undefined,
    workAreas: [{ x: 0, y: 0, width: 1920, height: 1040 }],
    isFirst: true,
    ...scene,
  };
  NotificationDouble.shown = [];
  let menu: MenuItemConstructorOptions[] = [];
  let protocolHandler: ((request: Request) => Response | Promise<Response>) | undefined;
  const blocking = new Set<number>();
  let blockers = 0;
  const calls = {
    enableSandbox: vi.fn(),
    crashReporter: vi.fn<ElectronApi['crashReporter']['start']>(),
    addRecentDocument: vi.fn<ElectronApi['app']['addRecentDocument']>(),
    clearRecentDocuments: vi.fn<ElectronApi['app']['clearRecentDocuments']>(),
    setBadgeCount: vi.fn<ElectronApi['app']['setBadgeCount']>(() => true),
    openExternal: vi.fn<ElectronApi['shell']['openExternal']>(async () => undefined),
    openPath: vi.fn<ElectronApi['shell']['openPath']>(async () => ''),
    showItemInFolder: vi.fn<ElectronApi['shell']['showItemInFolder']>(),
    showErrorBox: vi.fn<ElectronApi['dialog']['showErrorBox']>(),
    registerSchemes: vi.fn<ElectronApi['protocol']['registerSchemesAsPrivileged']>(),
    lock: vi.fn(() => play.isFirst),
    createFromBitmap: vi.fn(() => 'dot'),
    webRequest: vi.fn<ElectronApi['session']['defaultSession']['webRequest']['onBeforeRequest']>(),
    permissionRequest: vi.fn<ElectronApi['session']['defaultSession']['setPermissionRequestHandler']>(),
    permissionCheck: vi.fn<ElectronApi['session']['defaultSession']['setPermissionCheckHandler']>(),
    devicePermission: vi.fn<ElectronApi['session']['defaultSession']['setDevicePermissionHandler']>(),
    bluetooth: vi.fn<ElectronApi['session']['defaultSession']['setBluetoothPairingHandler']>(),
    displayMedia: vi.fn<ElectronApi['session']['defaultSession']['setDisplayMediaRequestHandler']>(),
    certificate: vi.fn<ElectronApi['session']['defaultSession']['setCertificateVerifyProc']>(),
    spellChecker: vi.fn<ElectronApi['session']['defaultSession']['setSpellCheckerEnabled']>(),
    fork: vi.fn<ElectronApi['utilityProcess']['fork']>(),
  };
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const api = {
    app: Object.assign(app, {
      isPackaged: false,
      quit: () => {
        const event = preventable();
        app.emit('before-quit', event);
        if (event.defaultPrevented) return;
        ended.push('quit');
        for (const window of windows) if (!window.destroyed) window.close();
      },
      exit: (code: number) => ended.push(code),
      whenReady: async () => undefined,
      enableSandbox: calls.enableSandbox,
      requestSingleInstanceLock: calls.lock,
      getPath: (name: string) => join(folder, name === 'logs' ? 'logs' : 'data'),
      getName: () => 'Cratewise',
      getVersion: () => '0.1.0',
      getPreferredSystemLanguages: () => ['en-GB'],
      addRecentDocument: calls.addRecentDocument,
      clearRecentDocuments: calls.clearRecentDocuments,
      setBadgeCount: calls.setBadgeCount,
      setAppUserModelId: () => undefined,
      setAboutPanelOptions: () => undefined,
    }),
    BrowserWindow: class extends WindowDouble {
      constructor(options: BrowserWindowConstructorOptions) {
        super(options);
        windows.push(this);
        app.emit('web-contents-created', {}, this.webContents);
      }
    } as unknown as ElectronApi['BrowserWindow'],
    Notification: NotificationDouble as unknown as new (
      options: NotificationConstructorOptions,
    ) => AppNotification,
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template as unknown as Electron.Menu,
      setApplicationMenu: (set: unknown) => {
        menu = set as MenuItemConstructorOptions[];
      },
    },
    dialog: {
      showMessageBox: async (options: Electron.MessageBoxOptions) => {
        asked.push(options);
        return { response: play.answers.shift() ?? options.cancelId ?? 0 };
      },
      showOpenDialog: async () => ({ canceled: play.openPaths.length === 0, filePaths: play.openPaths }),
      showSaveDialog: async () => ({ canceled: play.savePath === undefined, filePath: play.savePath ?? '' }),
      showErrorBox: calls.showErrorBox,
    },
    ipcMain: Object.assign(ipc, {
      handle: (channel: string, listener: (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown) =>
        void handlers.set(channel, listener),
    }),
    protocol: {
      registerSchemesAsPrivileged: calls.registerSchemes,
      handle: (_scheme: string, handler: typeof protocolHandler) => {
        protocolHandler = handler;
      },
    },
    session: {
      defaultSession: Object.assign(session, {
        setPermissionRequestHandler: calls.permissionRequest,
        setPermissionCheckHandler: calls.permissionCheck,
        setDevicePermissionHandler: calls.devicePermission,
        setBluetoothPairingHandler: calls.bluetooth,
        setDisplayMediaRequestHandler: calls.displayMedia,
        setCertificateVerifyProc: calls.certificate,
        setSpellCheckerEnabled: calls.spellChecker,
        webRequest: { onBeforeRequest: calls.webRequest },
      }),
    },
    screen: { getAllDisplays: () => play.workAreas.map((workArea) => ({ workArea })) },
    shell: {
      openExternal: calls.openExternal,
      openPath: calls.openPath,
      showItemInFolder: calls.showItemInFolder,
    },
    powerMonitor,
    powerSaveBlocker: {
      start: () => {
        blocking.add(++blockers);
        return blockers;
      },
      stop: (id: number) => blocking.delete(id),
    },
    nativeTheme: { themeSource: 'system' },
    crashReporter: { start: calls.crashReporter },
    nativeImage: { createFromBitmap: calls.createFromBitmap },
    utilityProcess: { fork: calls.fork },
  };
  return {
    electron: api as unknown as ElectronApi,
    scene: play,
    app,
    session,
    powerMonitor,
    calls,
    windows,
    /** How the app ended: `quit`, or an exit code. */
    ended,
    /** Message boxes that were shown. */
    asked,
    /** Ids of blockers that keep the computer awake. */
    blocking,
    notifications: () => NotificationDouble.shown,
    menu: () => menu,
    request: (url: string, init?: RequestInit) => protocolHandler!(new Request(url, init)),
    /** A call over the bridge, as the preload makes it. */
    invoke: async (
      channel: string,
      args: unknown[],
      frame: object | null = { url: PAGE, parent: null },
    ): Promise<unknown> => handlers.get(channel)!({ senderFrame: frame } as IpcMainInvokeEvent, ...args),
    /** A page asks to be connected; its end of the port. */
    connect: (frame: object | null = { url: PAGE, parent: null }) => {
      const { port1, port2 } = new MessageChannel();
      ipc.emit(CONNECT_CHANNEL, { senderFrame: frame, ports: [mainPort(port1)] } as unknown as IpcMainEvent);
      return port2;
    },
  };
}

export type ElectronDouble = ReturnType<typeof electronDouble>;

/** Finds an item of a menu by its label, wherever it is. */
export function menuItem(
  menu: readonly MenuItemConstructorOptions[],
  label: string,
): MenuItemConstructorOptions | undefined {
  for (const item of menu) {
    if (item.label === label) return item;
    const below = Array.isArray(item.submenu) ? menuItem(item.submenu, label) : undefined;
    if (below) return below;
  }
  return undefined;
}
