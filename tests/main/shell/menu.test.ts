import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { type MenuActions, type MenuState, menuTemplate } from '../../../src/main/shell/menu.ts';
import { de } from '../../../src/main/shell/strings/de.ts';
import { en } from '../../../src/main/shell/strings/en.ts';
import { shellStrings, systemLanguage } from '../../../src/main/shell/strings/index.ts';
import { SHORTCUTS } from '../../../src/renderer/lib/shortcuts.ts';
import { isShellCommand, SHELL_COMMANDS } from '../../../src/shared/shell.ts';
import { menuItem } from './electron-double.ts';

function menu(state: Partial<MenuState> = {}, strings = en) {
  const actions: Record<keyof MenuActions, ReturnType<typeof vi.fn>> = {
    command: vi.fn(),
    newLibrary: vi.fn(),
    openLibrary: vi.fn(),
    openRecent: vi.fn(),
    clearRecent: vi.fn(),
    showLogs: vi.fn(),
    saveReport: vi.fn(),
  };
  const whole: MenuState = { platform: 'linux', developer: false, recent: [], open: undefined, ...state };
  const template = menuTemplate(whole, actions as unknown as MenuActions, strings);
  return { template, actions, click: (label: string) => click(menuItem(template, label)!) };
}

const click = (item: MenuItemConstructorOptions) => item.click!({} as never, undefined, {} as never);

function* items(template: readonly MenuItemConstructorOptions[]): Generator<MenuItemConstructorOptions> {
  for (const item of template) {
    yield item;
    if (Array.isArray(item.submenu)) yield* items(item.submenu);
  }
}

const PLATFORMS = ['darwin', 'linux', 'win32'] as const;

describe('menuTemplate', () => {
  it('follows the platform: an app menu and a window menu on a Mac alone', () => {
    const labels = (platform: NodeJS.Platform) => menu({ platform }).template.map(({ label }) => label);
    expect(labels('darwin')).toEqual(['Cratewise', 'File', 'Edit', 'View', 'Library', 'Window', 'Help']);
    expect(labels('win32')).toEqual(['File', 'Edit', 'View', 'Library', 'Help']);
    for (const platform of PLATFORMS) {
      const roles = [...items(menu({ platform }).template)].map(({ role }) => role);
      expect(roles).toEqual(expect.arrayContaining(['quit', 'about', 'copy', 'paste', 'togglefullscreen']));
      expect(roles.filter((role) => role === 'quit')).toHaveLength(1);
      expect(roles.includes('services')).toBe(platform === 'darwin');
    }
  });

  it('asks the page for everything that it can be asked for', () => {
    const { template, actions } = menu();
    for (const item of items(template)) if (item.click) click(item);
    const asked = actions.command.mock.calls.map(([command]: unknown[]) => command);
    expect([...asked].sort()).toEqual([...SHELL_COMMANDS].sort());
    expect(asked.every(isShellCommand)).toBe(true);
  });

  it.each(PLATFORMS)('gives each key once (%s)', (platform) => {
    const keys = [...items(menu({ platform }).template)].flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(PLATFORMS)('takes no key from the page (%s)', (platform) => {
    const ofPage = Object.values(SHORTCUTS)
      .flat()
      .flatMap(({ keys }) => keys.split(' / '))
      .map((keys) => keys.replace('Mod', 'CmdOrCtrl'));
    for (const { accelerator, registerAccelerator, label } of items(menu({ platform }).template)) {
      if (accelerator && ofPage.includes(String(accelerator)))
        expect(registerAccelerator, label ?? '').toBe(false);
    }
    // Choosing all is the table's, which has more rows than a page selects.
    expect(menuItem(menu({ platform }).template, 'Select All')?.registerAccelerator).toBe(false);
  });

  it('lists other libraries, whatever they are called', () => {
    const recent = ['/a/One & Only.cratewise', '/b/Two.cratewise', '/c/Open.cratewise'];
    const { template, actions, click } = menu({ recent, open: '/c/Open.cratewise' });
    const list = menuItem(template, 'Recent Libraries')!.submenu as MenuItemConstructorOptions[];
    expect(list.map(({ label, type }) => label ?? type)).toEqual([
      'One && Only.cratewise',
      'Two.cratewise',
      'separator',
      'Clear List',
    ]);
    click('Two.cratewise');
    expect(actions.openRecent).toHaveBeenCalledExactlyOnceWith('/b/Two.cratewise');
    expect(menuItem(menu().template, 'None yet')).toMatchObject({ enabled: false });
  });

  it('has developer tools only while the app is being made', () => {
    const tools = (developer: boolean) =>
      [...items(menu({ developer }).template)].filter(({ role }) => role === 'toggleDevTools').length;
    expect(tools(false)).toBe(0);
    expect(tools(true)).toBe(1);
    // A reload would lose what is being typed.
    for (const { role } of items(menu({ developer: true }).template))
      expect(['reload', 'forceReload']).not.toContain(role);
  });

  it('speaks German', () => {
    const { template, actions, click } = menu({}, de);
    expect(template.map(({ label }) => label)).toEqual([
      'Datei',
      'Bearbeiten',
      'Ansicht',
      'Bibliothek',
      'Hilfe',
    ]);
    click('Protokolldateien zeigen');
    expect(actions.showLogs).toHaveBeenCalledOnce();
  });
});

describe('the language of the shell', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['fr-FR', 'de_DE'], 'de'],
    [['EN-us'], 'en'],
    [['fr', 'ja'], 'en'],
    [[], 'en'],
  ] as const)('of %j is %s', (preferred, language) => {
    expect(systemLanguage(preferred)).toBe(language);
  });

  it('says everything in each', () => {
    expect(Object.keys(shellStrings('de').menu)).toEqual(Object.keys(en.menu));
    expect(Object.keys(shellStrings('de').dialog)).toEqual(Object.keys(en.dialog));
  });
});
