import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { CONNECT_MESSAGE } from '../../src/shared/contract/port.ts';
import { SOCKET_PATH, SOCKET_PROTOCOL, TOKEN_PROTOCOL_PREFIX } from '../../src/shared/contract/socket.ts';
import type { ShellCommand } from '../../src/shared/shell.ts';
import { see, useLibrary } from './fixture.ts';
import { inElectron, missing } from './support.ts';

if (missing) console.log(`scenarios of the desktop are skipped: ${missing}`);

/** What the page's `window` has in these scenarios, to be asked and told by them. */
interface Scene {
  listeners: Set<(command: ShellCommand) => void>;
  folders: string[];
  calls: unknown[][];
  paths: Record<string, string>;
}

/**
 * Stands in for Electron's preload, before the page's own scripts: the page's port is led on to `serve`, and the bridge
 * is played by the scenario. In Electron itself the real one is there.
 */
async function playDesktop(page: Page): Promise<void> {
  await page.addInitScript(
    ({ message, path, protocol, prefix }) => {
      const scene = { listeners: new Set(), folders: [], calls: [], paths: {} } as unknown as Scene;
      let settings = { notify: true, keepAwake: true, reopen: true };
      // The page has kept it for its tab when it came without a desktop.
      const token = sessionStorage.getItem('cratewise-token');
      addEventListener('message', (event) => {
        const [port] = event.ports;
        if (event.data !== message || !port) return;
        const socket = new WebSocket(`ws://${location.host}${path}`, [protocol, `${prefix}${token}`]);
        socket.binaryType = 'arraybuffer';
        const held: (string | ArrayBuffer)[] = [];
        port.onmessage = ({ data }) => (socket.readyState === 1 ? socket.send(data) : held.push(data));
        socket.onopen = () => {
          for (const data of held.splice(0)) socket.send(data);
        };
        socket.onmessage = ({ data }) =>
          port.postMessage(typeof data === 'string' ? data : new Uint8Array(data));
        socket.onclose = () => port.close();
      });
      const bridge = {
        shell: 'electron',
        onCommand: (listener: (command: ShellCommand) => void) => {
          scene.listeners.add(listener);
          return () => scene.listeners.delete(listener);
        },
        chooseFolders: async () => scene.folders,
        pathOf: (file: File) => scene.paths[file.name] ?? '',
        settings: async () => settings,
        setSettings: async (wanted: typeof settings) => {
          scene.calls.push(['setSettings', wanted]);
          settings = wanted;
          return settings;
        },
        setLook: async (look: object) => void scene.calls.push(['setLook', look]),
      };
      Object.assign(globalThis, { cratewise: bridge, scene });
    },
    { message: CONNECT_MESSAGE, path: SOCKET_PATH, protocol: SOCKET_PROTOCOL, prefix: TOKEN_PROTOCOL_PREFIX },
  );
}

const inScene = <T>(page: Page, act: (scene: Scene, given: unknown) => T, given?: unknown): Promise<T> =>
  page.evaluate(`(${act})(globalThis.scene, ${JSON.stringify(given ?? null)})`) as Promise<T>;

const choose = (page: Page, command: ShellCommand) =>
  inScene(
    page,
    (scene, given) => {
      for (const listener of scene.listeners) listener(given as ShellCommand);
    },
    command,
  );

/** Drops files onto the window, as the system does. */
const drop = (page: Page, names: string[], kind: 'dragover' | 'drop') =>
  page.evaluate(
    ([files, type]) => {
      const dataTransfer = new DataTransfer();
      for (const name of files as string[]) dataTransfer.items.add(new File([], name));
      const event = new DragEvent(type as string, { dataTransfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
      return event.defaultPrevented;
    },
    [names, kind] as const,
  );

describe.skipIf(missing !== '' || inElectron)('the page in the app', () => {
  const fixture = useLibrary(4, ['mp3'], false);

  async function open(colorScheme?: 'light' | 'dark'): Promise<Page> {
    const page = await fixture.open(colorScheme);
    await playDesktop(page);
    await page.reload();
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();
    return page;
  }

  it('does what its menus ask for, and tells how it looks', async () => {
    const page = await open();
    expect(await inScene(page, (scene) => scene.calls)).toEqual([
      ['setLook', { language: 'en', theme: 'system' }],
    ]);
    await choose(page, 'review');
    await expect
      .poll(() => page.getByRole('button', { name: 'Review', exact: true }).getAttribute('aria-current'))
      .toBe('page');
    await choose(page, 'tracks');
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();

    await choose(page, 'find');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox');
    // Undo of what is being typed is the field's own.
    await page.keyboard.type('Piece');
    await choose(page, 'undo');
    await expect.poll(() => page.getByRole('combobox').first().inputValue()).not.toBe('Piece');

    for (const [command, name] of [
      ['history', 'What was written'],
      ['settings', 'Settings'],
      ['help', 'Keyboard shortcuts'],
    ] as const) {
      await choose(page, command);
      await page.getByRole('dialog', { name }).waitFor();
      // What is covered is left alone.
      await choose(page, 'review');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has settings of its own, %s', async (scheme) => {
    const page = await open(scheme);
    await choose(page, 'settings');
    const notify = page.getByRole('checkbox', { name: /^Say when long work/ });
    await notify.scrollIntoViewIfNeeded();
    expect(await notify.isChecked()).toBe(true);
    await see(page, `desktop-settings-${scheme}`);
    await notify.uncheck();
    await expect
      .poll(() => inScene(page, (scene) => scene.calls.at(-1)))
      .toEqual(['setSettings', { notify: false, keepAwake: true, reopen: true }]);
  });

  it('takes folders from the system’s dialog, and what is dropped', async () => {
    const page = await open();
    const other = join(dirname(fixture.library), 'other');
    const dropped = join(dirname(fixture.library), 'dropped');
    for (const folder of [other, dropped]) mkdirSync(folder, { recursive: true });
    const roots = () => {
      const catalogue = openCatalogue(fixture.library, { access: 'read' });
      try {
        return catalogue.roots
          .list()
          .map((root) => root.path)
          .sort();
      } finally {
        catalogue.close();
      }
    };
    const before = roots();
    await inScene(page, (scene, given) => scene.folders.push(given as string), other);
    await choose(page, 'addFolder');
    await expect.poll(() => roots()).toEqual([...before, other].sort());

    expect(await drop(page, ['dropped'], 'dragover')).toBe(true);
    await page.getByText('Drop to add to the library').waitFor();
    await see(page, 'desktop-drop');
    // What the page made itself has no place, and is nothing to take in.
    await drop(page, ['made by a script'], 'drop');
    await page.getByText('Drop to add to the library').waitFor({ state: 'detached' });
    await inScene(
      page,
      (scene, given) => {
        scene.paths.dropped = given as string;
      },
      dropped,
    );
    await drop(page, ['dropped'], 'drop');
    await expect.poll(() => roots()).toEqual([...before, other, dropped].sort());
  });
});

describe.skipIf(missing !== '' || inElectron)('the page in a browser', () => {
  const fixture = useLibrary(2, ['mp3'], false);

  it('says that it can’t take what is dropped, and stays', async () => {
    const page = await fixture.open();
    expect(await drop(page, ['song.mp3'], 'dragover')).toBe(true);
    expect(await page.getByText('Drop to add to the library').count()).toBe(0);
    expect(await drop(page, ['song.mp3'], 'drop')).toBe(true);
    await page.getByText('A browser does not tell where dropped files lie.', { exact: false }).waitFor();
  });
});
