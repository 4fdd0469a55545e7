import { join } from 'node:path';
import { RPCHandler } from '@orpc/server/message-port';
import { app, BrowserWindow, dialog, ipcMain, protocol, session, utilityProcess } from 'electron';
import { defaultLibraryFile } from '../data-folder.ts';
import { packageRoot, rendererFolder } from '../host/places.ts';
import { RendererFiles } from '../host/serve/renderer-files.ts';
import { Library } from '../library/library.ts';
import { libraryRouter } from '../service/router.ts';
import { Work } from '../service/work.ts';
import { electronHost } from './electron-host.ts';
import { APP_ORIGIN } from './origin.ts';
import { denyPermissions } from './permissions.ts';
import { connectPorts } from './ports.ts';
import { registerScheme, serveRenderer } from './protocol.ts';
import { guardContents, windowOptions } from './window.ts';

/** Starts the app: called once, before Electron is ready. */
export function runApp(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.enableSandbox();
  registerScheme(protocol);
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      dialog.showErrorBox('Cratewise', error instanceof Error ? error.message : String(error));
      app.exit(1);
    });
}

async function start(): Promise<void> {
  denyPermissions(session.defaultSession);
  serveRenderer(protocol, RendererFiles.open(rendererFolder));
  const library = await Library.open(defaultLibraryFile(), electronHost(utilityProcess));
  const work = new Work(library);
  const handler = new RPCHandler(libraryRouter(library, work));
  connectPorts(ipcMain, (port) => handler.upgrade(port, { context: {} }));
  quitInOrder(async () => {
    await work.close();
    await library.close();
  });
  openWindow();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
}

function openWindow(): void {
  const window = new BrowserWindow(windowOptions(join(packageRoot, 'out', 'preload', 'index.cjs')));
  window.once('ready-to-show', () => window.show());
  window.loadURL(`${APP_ORIGIN}/`).catch((error: unknown) => {
    dialog.showErrorBox('Cratewise', `The window could not be opened: ${String(error)}`);
  });
}

/** Lets the files in hand be finished, and the catalogue be closed, before the app ends. */
function quitInOrder(close: () => Promise<void>): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}
