import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import type { ElectronApi } from './api.ts';
import { runApp } from './run-app.ts';

/**
 * Electron itself. Some of it can be had only once the app is ready: `session`, `screen` and the like are asked for
 * when they are needed.
 */
const electron: ElectronApi = {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  get powerMonitor() {
    return powerMonitor;
  },
  powerSaveBlocker,
  protocol,
  get screen() {
    return screen;
  },
  session,
  shell,
  utilityProcess,
};

/** Starts the app: called once, before Electron is ready. */
export function startApp(): void {
  void runApp({
    electron,
    process,
    platform: process.platform,
    preload: join(import.meta.dirname, '..', '..', 'preload', 'index.cjs'),
  });
}
