import type { Language } from './languages.ts';

/**
 * What the desktop shell and the page say to each other, apart from the library's contract: the few things that a web
 * page can't do itself. The preload makes it of IPC messages, and the main process looks at the sender of each.
 */

/** What a menu asks of the page. */
export const SHELL_COMMANDS = [
  'undo',
  'redo',
  'write',
  'find',
  'replace',
  'history',
  'settings',
  'tracks',
  'review',
  'map',
  'mix',
  'models',
  'learn',
  'help',
  'addFolder',
  'scan',
  'analyse',
  'stop',
] as const;
export type ShellCommand = (typeof SHELL_COMMANDS)[number];

/** Whether something is one of our commands. */
export function isShellCommand(value: unknown): value is ShellCommand {
  return (SHELL_COMMANDS as readonly unknown[]).includes(value);
}

/** How the page looks: menus, dialogs and the window's frame follow. */
export interface ShellLook {
  readonly language: Language;
  readonly theme: 'system' | 'light' | 'dark';
}

/** Settings of the app on this computer; a library has its own. */
export interface ShellSettings {
  /** Tell by the system when long work has ended and the window is not looked at. */
  readonly notify: boolean;
  /** Keep the computer from going to sleep while work runs. */
  readonly keepAwake: boolean;
  /** Open the library of the last time; else the one that is always there. */
  readonly reopen: boolean;
}

/** What the page finds at `window.cratewise` in the app, and nowhere else. */
export interface ShellBridge {
  readonly shell: 'electron';
  /** Calls `listener` with what a menu asks for, until the returned function is called. */
  onCommand(listener: (command: ShellCommand) => void): () => void;
  /** The system's dialog for folders; none when it was closed. Paths in our escaped form. */
  chooseFolders(): Promise<string[]>;
  /** Where a file that the user has put onto the page lies; empty for one that the page made itself. */
  pathOf(file: File): string;
  settings(): Promise<ShellSettings>;
  setSettings(settings: ShellSettings): Promise<ShellSettings>;
  /** Tells how the page looks. */
  setLook(look: ShellLook): Promise<void>;
}

/** IPC channels. All but `command` go from the page to the main process. */
export const SHELL_CHANNELS = {
  command: 'cratewise:command',
  chooseFolders: 'cratewise:choose-folders',
  settings: 'cratewise:settings',
  setSettings: 'cratewise:set-settings',
  setLook: 'cratewise:set-look',
} as const;
