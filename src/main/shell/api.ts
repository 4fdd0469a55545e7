import type * as Electron from 'electron';

/** The part of a window that is used. */
export interface AppWindow
  extends Pick<
    Electron.BrowserWindow,
    | 'on'
    | 'once'
    | 'show'
    | 'focus'
    | 'restore'
    | 'maximize'
    | 'setFullScreen'
    | 'isMinimized'
    | 'isMaximized'
    | 'isFullScreen'
    | 'isFocused'
    | 'isDestroyed'
    | 'getNormalBounds'
    | 'setProgressBar'
    | 'setOverlayIcon'
    | 'setTitle'
    | 'setRepresentedFilename'
    | 'loadURL'
  > {
  readonly webContents: AppContents;
}

/** The part of a page that is used. */
export type AppContents = Pick<
  Electron.WebContents,
  'send' | 'reload' | 'on' | 'setWindowOpenHandler' | 'isDestroyed' | 'forcefullyCrashRenderer'
>;

export type AppNotification = Pick<Electron.Notification, 'show' | 'on' | 'close'>;

/**
 * Everything of Electron that the shell uses, by Electron's own types. `app.ts` passes the real one; tests pass a
 * double.
 */
export interface ElectronApi {
  readonly app: Pick<
    Electron.App,
    | 'on'
    | 'once'
    | 'quit'
    | 'exit'
    | 'whenReady'
    | 'enableSandbox'
    | 'requestSingleInstanceLock'
    | 'getPath'
    | 'getName'
    | 'getVersion'
    | 'getPreferredSystemLanguages'
    | 'isPackaged'
    | 'addRecentDocument'
    | 'clearRecentDocuments'
    | 'setBadgeCount'
    | 'setAppUserModelId'
    | 'setAboutPanelOptions'
  >;
  readonly BrowserWindow: new (options: Electron.BrowserWindowConstructorOptions) => AppWindow;
  readonly Notification: {
    new (options: Electron.NotificationConstructorOptions): AppNotification;
    isSupported(): boolean;
  };
  readonly Menu: {
    buildFromTemplate(template: Electron.MenuItemConstructorOptions[]): Electron.Menu;
    setApplicationMenu(menu: Electron.Menu | null): void;
  };
  readonly dialog: DialogApi;
  readonly ipcMain: Pick<Electron.IpcMain, 'on' | 'handle'>;
  readonly protocol: Pick<Electron.Protocol, 'handle' | 'registerSchemesAsPrivileged'>;
  readonly session: { readonly defaultSession: GuardedSession };
  readonly screen: Pick<Electron.Screen, 'getAllDisplays'>;
  readonly shell: Pick<Electron.Shell, 'openExternal' | 'openPath' | 'showItemInFolder'>;
  readonly powerMonitor: Pick<Electron.PowerMonitor, 'on'>;
  readonly powerSaveBlocker: Pick<Electron.PowerSaveBlocker, 'start' | 'stop'>;
  readonly nativeTheme: Pick<Electron.NativeTheme, 'themeSource'>;
  readonly crashReporter: Pick<Electron.CrashReporter, 'start'>;
  readonly nativeImage: { createFromBitmap: typeof Electron.nativeImage.createFromBitmap };
  readonly utilityProcess: UtilityForker;
}

/** What is asked of the session: that it lets nothing out and nothing in. */
export interface GuardedSession
  extends Pick<
    Electron.Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setBluetoothPairingHandler'
    | 'setDisplayMediaRequestHandler'
    | 'setCertificateVerifyProc'
    | 'setSpellCheckerEnabled'
    | 'on'
  > {
  readonly webRequest: Pick<Electron.WebRequest, 'onBeforeRequest'>;
}

/** Dialogs belong to a window where there is one. */
export interface DialogApi {
  showMessageBox(
    options: Electron.MessageBoxOptions,
  ): Promise<Pick<Electron.MessageBoxReturnValue, 'response'>>;
  showOpenDialog(
    options: Electron.OpenDialogOptions,
  ): Promise<Pick<Electron.OpenDialogReturnValue, 'canceled' | 'filePaths'>>;
  showSaveDialog(
    options: Electron.SaveDialogOptions,
  ): Promise<Pick<Electron.SaveDialogReturnValue, 'canceled' | 'filePath'>>;
  showErrorBox(title: string, content: string): void;
}

/** The part of Electron's `utilityProcess` that is used. */
export interface UtilityForker {
  fork: (
    file: string,
    args: string[],
    options: { stdio: ['ignore', 'ignore', 'pipe']; serviceName: string },
  ) => Pick<Electron.UtilityProcess, 'pid' | 'postMessage' | 'on' | 'once' | 'kill' | 'stderr'>;
}
