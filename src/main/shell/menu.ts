import { basename } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import type { ShellCommand } from '../../shared/shell.ts';
import type { ShellStrings } from './strings/index.ts';

/** What a menu does beyond asking the page for something. */
export interface MenuActions {
  command(command: ShellCommand): void;
  newLibrary(): void;
  openLibrary(): void;
  openRecent(library: string): void;
  clearRecent(): void;
  showLogs(): void;
  saveReport(): void;
}

export interface MenuState {
  readonly platform: NodeJS.Platform;
  /** Developer tools are there only while the app is being made. */
  readonly developer: boolean;
  /** Newest first. */
  readonly recent: readonly string[];
  /** The library that is open. */
  readonly open: string | undefined;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/**
 * The application menu of a platform. Keys that the page handles are shown and not taken: on Windows and Linux they
 * are not registered; macOS asks the page first, and what the page handles never reaches the menu.
 */
export function menuTemplate(
  { platform, developer, recent, open }: MenuState,
  actions: MenuActions,
  strings: ShellStrings,
): MenuItemConstructorOptions[] {
  const t = strings.menu;
  const mac = platform === 'darwin';

  /** An item that the page does. */
  const page = (label: string, command: ShellCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.command(command),
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const own = (label: string, click: () => void, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => click(),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const role = (
    label: string,
    name: NonNullable<MenuItemConstructorOptions['role']>,
  ): MenuItemConstructorOptions => ({
    label,
    role: name,
  });
  const settings = page(t.settings, 'settings', 'CmdOrCtrl+,');
  const others = recent.filter((library) => library !== open);

  const appMenu: MenuItemConstructorOptions = {
    label: 'Cratewise',
    submenu: [
      role(t.about, 'about'),
      separator,
      settings,
      separator,
      role(t.services, 'services'),
      separator,
      role(t.hide, 'hide'),
      role(t.hideOthers, 'hideOthers'),
      role(t.unhide, 'unhide'),
      separator,
      role(t.quit, 'quit'),
    ],
  };
  const file: MenuItemConstructorOptions = {
    label: t.file,
    submenu: [
      own(t.addFolder, () => actions.command('addFolder'), 'CmdOrCtrl+Shift+O'),
      separator,
      own(t.newLibrary, actions.newLibrary),
      own(t.openLibrary, actions.openLibrary, 'CmdOrCtrl+O'),
      {
        label: t.recentLibraries,
        submenu:
          others.length === 0
            ? [{ label: t.noRecent, enabled: false }]
            : [
                ...others.map((library) => ({
                  ...own(libraryLabel(library), () => actions.openRecent(library)),
                  toolTip: library,
                })),
                separator,
                own(t.clearRecent, actions.clearRecent),
              ],
      },
      separator,
      page(t.write, 'write', 'CmdOrCtrl+S'),
      separator,
      ...(mac ? [role(t.closeWindow, 'close')] : [settings, separator, role(t.exit, 'quit')]),
    ],
  };
  const edit: MenuItemConstructorOptions = {
    label: t.edit,
    submenu: [
      page(t.undo, 'undo', 'CmdOrCtrl+Z'),
      page(t.redo, 'redo', 'CmdOrCtrl+Shift+Z'),
      separator,
      role(t.cut, 'cut'),
      role(t.copy, 'copy'),
      role(t.paste, 'paste'),
      // As a role it would take the key from the table, where it chooses every row.
      { ...role(t.selectAll, 'selectAll'), registerAccelerator: false },
      separator,
      own(t.find, () => actions.command('find'), 'CmdOrCtrl+F'),
      page(t.replace, 'replace', 'CmdOrCtrl+Shift+F'),
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: t.view,
    submenu: [
      page(t.tracks, 'tracks', 'Alt+1'),
      page(t.review, 'review', 'Alt+2'),
      page(t.map, 'map', 'Alt+3'),
      page(t.mix, 'mix'),
      page(t.models, 'models', 'Alt+4'),
      page(t.learn, 'learn', 'Alt+5'),
      separator,
      page(t.history, 'history', 'CmdOrCtrl+Shift+H'),
      separator,
      role(t.resetZoom, 'resetZoom'),
      role(t.zoomIn, 'zoomIn'),
      role(t.zoomOut, 'zoomOut'),
      separator,
      role(t.fullScreen, 'togglefullscreen'),
      ...(developer ? [separator, role(t.developer, 'toggleDevTools')] : []),
    ],
  };
  const library: MenuItemConstructorOptions = {
    label: t.library,
    submenu: [page(t.scan, 'scan'), page(t.analyse, 'analyse'), separator, page(t.stop, 'stop')],
  };
  const windows: MenuItemConstructorOptions = {
    label: t.window,
    role: 'window',
    submenu: [role(t.minimize, 'minimize'), role(t.zoom, 'zoom'), separator, role(t.front, 'front')],
  };
  const help: MenuItemConstructorOptions = {
    label: t.help,
    role: 'help',
    submenu: [
      own(t.shortcuts, () => actions.command('help'), mac ? undefined : 'F1'),
      separator,
      own(t.showLogs, actions.showLogs),
      own(t.saveReport, actions.saveReport),
      ...(mac ? [] : [separator, role(t.about, 'about')]),
    ],
  };
  return [...(mac ? [appMenu] : []), file, edit, view, library, ...(mac ? [windows] : []), help];
}

/** A file name as a menu shows it: `&` would underline the next letter. */
function libraryLabel(library: string): string {
  return basename(library).replaceAll('&', '&&');
}
