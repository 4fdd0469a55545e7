import { type ChildProcess, fork as forkProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runApp } from '../../src/main/shell/run-app.ts';
import type { Contract } from '../../src/shared/contract/index.ts';
import { SHELL_CHANNELS } from '../../src/shared/shell.ts';
import { electronDouble, menuItem, type Scene } from '../main/shell/electron-double.ts';
import { makeLibrary } from './support/music.ts';

type Client = ContractRouterClient<Contract>;

/** A machine that is busy with other things is slow, not wrong. */
const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 30_000 });

/** Utility processes that are Node's: the worker is a real one. */
function forkNode(file: string, args: string[]): never {
  const child: ChildProcess = forkProcess(file.replace(/\.js$/, '.ts'), args, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  return Object.assign(child, { postMessage: (message: object) => child.send(message) }) as never;
}

/** How the work under way ends. */
async function ended(page: Client): Promise<object> {
  for await (const { running, last } of await page.work.watch()) if (last && !running) return last;
  throw new Error('The connection has ended.');
}

interface Options {
  args?: string[];
  scene?: Partial<Scene>;
  platform?: NodeJS.Platform;
  packaged?: boolean;
  /** Begins a utility process. */
  fork?: typeof forkNode;
  /** Of an app that ran before. */
  folder?: string;
}

/** The whole app, with real libraries on disk, on a double of Electron. */
async function app({
  args = [],
  scene = {},
  platform = 'linux',
  packaged = false,
  fork = forkNode,
  folder,
}: Options = {}) {
  const at = folder ?? mkdtempSync(join(tmpdir(), 'cratewise-app-'));
  if (!folder) onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  mkdirSync(join(at, 'renderer'), { recursive: true });
  mkdirSync(join(at, 'Music'), { recursive: true });
  writeFileSync(join(at, 'renderer', 'index.html'), '<!doctype html>');
  const double = electronDouble(at, scene);
  double.calls.fork.mockImplementation(fork);
  Object.assign(double.app, { isPackaged: packaged });
  const process = Object.assign(new EventEmitter(), {
    argv: packaged ? ['cratewise', ...args] : ['electron', '.', ...args],
    cwd: () => at,
    versions: { ...globalThis.process.versions, electron: '45.4.1', chrome: '150' },
    env: {},
  });
  const started = runApp({
    electron: double.electron,
    process,
    platform,
    preload: '/preload/index.cjs',
    library: join(at, 'library.cratewise'),
    renderer: join(at, 'renderer'),
  });
  const end = async () => {
    if (double.ended.length > 0) return;
    process.emit('SIGTERM');
    await until(() => expect(double.ended).not.toEqual([]));
  };
  onTestFinished(end);
  const shell = await started;
  const client = (): Client => {
    const port = double.connect();
    onTestFinished(() => port.close());
    return createORPCClient(new RPCLink({ port }));
  };
  const window = () => double.windows.at(-1)!;
  const click = (label: string) => {
    const item = menuItem(double.menu(), label);
    if (!item?.click) throw new Error(`There is no “${label}” in the menu.`);
    item.click({} as never, undefined, {} as never);
  };
  const settings = () =>
    JSON.parse(readFileSync(join(at, 'data', 'app.json'), 'utf8')) as Record<string, unknown>;
  const logged = () => readFileSync(join(at, 'logs', 'cratewise.log'), 'utf8');
  return { ...double, shell, process, at, client, window, click, settings, logged, end };
}

describe('start', () => {
  it('guards the app, opens the library, and then its window', async () => {
    const {
      calls,
      windows,
      window,
      client,
      at,
      app: electron,
      settings,
      logged,
    } = await app({ packaged: true });
    expect(calls.enableSandbox).toHaveBeenCalledOnce();
    expect(calls.crashReporter).toHaveBeenCalledExactlyOnceWith({ uploadToServer: false });
    expect(calls.registerSchemes).toHaveBeenCalledOnce();
    expect(calls.permissionRequest).toHaveBeenCalledOnce();
    expect(calls.webRequest).toHaveBeenCalledOnce();
    expect(electron.listenerCount('certificate-error')).toBe(1);
    expect(windows).toHaveLength(1);
    expect(window().options).toMatchObject({
      width: 1320,
      height: 860,
      show: false,
      webPreferences: { preload: '/preload/index.cjs', sandbox: true, devTools: false },
    });
    expect(window().loadURL).toHaveBeenCalledExactlyOnceWith('app://cratewise/');
    expect(window().webContents.setWindowOpenHandler).toHaveBeenCalledOnce();
    expect(window().shown).toBe(false);
    window().emit('ready-to-show');
    expect(window().shown).toBe(true);
    expect((await client().status()).file).toBe(join(at, 'library.cratewise'));
    expect(settings().recent).toEqual([join(at, 'library.cratewise')]);
    expect(logged()).toContain('[app] Cratewise 0.1.0 on Electron 45.4.1');
  });

  it('has developer tools only where it is not packed', async () => {
    expect((await app()).window().options.webPreferences?.devTools).toBe(true);
  });

  it('leaves it to the instance that runs', async () => {
    const { shell, calls, windows, ended, at } = await app({ args: ['Music'], scene: { isFirst: false } });
    expect(shell).toBeUndefined();
    expect(windows).toEqual([]);
    expect(ended).toEqual(['quit']);
    expect(calls.lock).toHaveBeenCalledExactlyOnceWith({ args: ['Music'], directory: at });
    expect(existsSync(join(at, 'library.cratewise'))).toBe(false);
  });

  it('says why it can’t start, and ends', async () => {
    const first = await app();
    await first.end();
    writeFileSync(join(first.at, 'library.cratewise'), 'not a library');
    const { asked, ended, windows } = await app({ folder: first.at, scene: { answers: [2] } });
    expect(asked[0]).toMatchObject({
      message: 'The library was not opened',
      buttons: ['Try Again', 'Open Another…', 'Quit Cratewise'],
    });
    expect(windows).toEqual([]);
    await until(() => expect(ended).toEqual(['quit']));
  });

  it('opens another library where the first can’t be opened', async () => {
    const first = await app();
    await first.end();
    writeFileSync(join(first.at, 'library.cratewise'), 'not a library');
    const other = join(first.at, 'other.cratewise');
    const { client, window } = await app({ folder: first.at, scene: { answers: [1], openPaths: [other] } });
    expect((await client().status()).file).toBe(other);
    expect(window().setTitle).toHaveBeenLastCalledWith('other – Cratewise');
  });

  it('opens the library and takes the folder that it was given, with real workers', async () => {
    const { client, at } = await app({ args: ['mine.cratewise', 'Music'] });
    const status = await client().status();
    expect(status.file).toBe(join(at, 'mine.cratewise'));
    const page = client();
    for await (const { last } of await page.work.watch()) {
      if (!last) continue;
      expect(last).toMatchObject({ kind: 'scan', outcome: 'finished' });
      break;
    }
    expect((await page.status()).roots.map(({ path }) => path)).toEqual([join(at, 'Music')]);
  });

  it('opens the library of the last time, unless the user wants the usual one', async () => {
    const first = await app({ args: ['mine.cratewise'] });
    await first.end();
    const second = await app({ folder: first.at });
    expect((await second.client().status()).file).toBe(join(first.at, 'mine.cratewise'));
    await second.invoke(SHELL_CHANNELS.setSettings, [{ notify: true, keepAwake: true, reopen: false }]);
    await second.end();
    const third = await app({ folder: first.at });
    expect((await third.client().status()).file).toBe(join(first.at, 'library.cratewise'));
  });
});

describe('work', () => {
  it('goes on when a worker is killed, which the log notes', async () => {
    let killed = 0;
    const fork: typeof forkNode = (file, args) => {
      const child = forkNode(file, args) as ChildProcess;
      if (/main.scan.worker/.test(file) && killed === 0) {
        killed++;
        child.once('message', () => child.kill('SIGKILL'));
      }
      return child as never;
    };
    const { client, at, logged } = await app({ fork });
    const page = client();
    makeLibrary(join(at, 'Music'), 2, 2, ['mp3']);
    await page.work.scan({ folders: [join(at, 'Music')] });
    expect(await ended(page)).toMatchObject({ kind: 'scan', outcome: 'finished', done: 2, failed: 0 });
    expect(killed).toBe(1);
    expect(logged()).toContain('main/scan/worker ended before it had answered (1 in a row)');
    expect(logged()).toContain('scan finished: 2 done, 0 failed');
  });

  it('shows on the taskbar, keeps the computer awake, and is asked about before the app ends', async () => {
    // Readers that read only when they are told to.
    const held: (() => void)[] = [];
    let hold = true;
    const fork: typeof forkNode = (file, args) => {
      const child = forkNode(file, args) as ChildProcess;
      const postMessage = (message: object) => {
        const send = () => void child.send(message);
        if (hold && /main.scan.worker/.test(file)) held.push(send);
        else send();
      };
      return Object.assign(child, { postMessage }) as never;
    };
    const { client, at, window, blocking, electron, asked, ended: end, scene } = await app({ fork });
    const page = client();
    makeLibrary(join(at, 'Music'), 2, 2, ['mp3']);
    await page.work.scan({ folders: [join(at, 'Music')] });
    await until(() => expect(held.length).toBeGreaterThan(0));
    await until(() => expect(blocking.size).toBe(1));
    expect(window().setProgressBar.mock.lastCall![0]).toBeGreaterThanOrEqual(0);
    scene.answers = [0];
    electron.app.quit();
    await until(() => expect(asked).toHaveLength(1));
    expect(asked[0]!.message).toContain('looking through your folders');
    expect(end).toEqual([]);
    hold = false;
    for (const send of held.splice(0)) send();
    expect(await ended(page)).toMatchObject({ outcome: 'finished', done: 2 });
    await until(() => expect(blocking.size).toBe(0));
    expect(window().setProgressBar).toHaveBeenLastCalledWith(-1);
  });
});

describe('the window', () => {
  it('comes back where it was, on a screen that is there', async () => {
    const first = await app();
    first.window().bounds = { x: 300, y: 200, width: 1000, height: 700 };
    first.window().maximized = true;
    await first.end();
    const second = await app({ folder: first.at });
    expect(second.window().options).toMatchObject({ x: 300, y: 200, width: 1000, height: 700 });
    second.window().emit('ready-to-show');
    expect(second.window().maximized).toBe(true);
    await second.end();
    const elsewhere = [{ x: 5000, y: 0, width: 800, height: 600 }];
    const third = await app({ folder: first.at, scene: { workAreas: elsewhere } });
    expect(third.window().options).toMatchObject({ width: 800, height: 600 });
    expect(third.window().options.x).toBeUndefined();
  });

  it('ends the app when it closes, but not on a Mac, where it opens again', async () => {
    const linux = await app();
    expect(linux.window().close()).toBe(false);
    await until(() => expect(linux.ended).toEqual(['quit']));
    expect(linux.window().destroyed).toBe(true);

    const mac = await app({ platform: 'darwin' });
    expect(mac.window().setRepresentedFilename).toHaveBeenCalledExactlyOnceWith(
      join(mac.at, 'library.cratewise'),
    );
    expect(mac.window().close()).toBe(true);
    expect(mac.ended).toEqual([]);
    mac.app.emit('activate');
    expect(mac.windows).toHaveLength(2);
    mac.app.emit('activate');
    expect(mac.windows).toHaveLength(2);
  });

  it('opens links that came with the program, and no window', async () => {
    const { window, calls } = await app();
    const [handler] = window().webContents.setWindowOpenHandler.mock.calls[0]!;
    for (const url of ['https://www.gnu.org/licenses/gpl-3.0.html', 'https://evil.example/'])
      expect(handler({ url } as never)).toEqual({ action: 'deny' });
    expect(calls.openExternal.mock.calls).toEqual([['https://www.gnu.org/licenses/gpl-3.0.html']]);
  });

  it('answers the page under its own address, and sound only under a ticket', async () => {
    const { request } = await app();
    const page = await request('app://cratewise/');
    expect(await page.text()).toBe('<!doctype html>');
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    for (const path of [
      '/media/',
      `/media/${'A'.repeat(43)}`,
      '/media/../index.html/x',
      '/media/%2e%2e/library.cratewise',
    ])
      expect((await request(`app://cratewise${path}`)).status, path).toBe(404);
    expect((await request('app://cratewise/', { method: 'POST' })).status).toBe(405);
  });
});

describe('a second start', () => {
  it('is handed to the window that is there', async () => {
    const { app: electron, at, window, client } = await app();
    await client().status();
    const other = join(at, 'other.cratewise');
    window().minimized = true;
    electron.emit('second-instance', {}, ['--chromium-switch'], '/', {
      args: ['other.cratewise'],
      directory: at,
    });
    await until(() => expect(window().webContents.reload).toHaveBeenCalledOnce());
    expect(window().minimized).toBe(false);
    expect(window().focused).toBe(true);
    expect((await client().status()).file).toBe(other);
  });

  it('can’t be forged into anything', async () => {
    const { app: electron, windows, client, at } = await app();
    for (const data of [undefined, 'x', { args: [7], directory: '/' }])
      electron.emit('second-instance', {}, [], '/', data);
    expect(windows).toHaveLength(1);
    expect((await client().status()).file).toBe(join(at, 'library.cratewise'));
  });

  it('opens what Finder asks for', async () => {
    const { app: electron, at, client, window } = await app({ platform: 'darwin' });
    const event = { preventDefault: vi.fn() };
    electron.emit('open-file', event, join(at, 'sent.cratewise'));
    expect(event.preventDefault).toHaveBeenCalledOnce();
    await until(() => expect(window().webContents.reload).toHaveBeenCalledOnce());
    expect((await client().status()).file).toBe(join(at, 'sent.cratewise'));
  });
});

describe('libraries', () => {
  it('are changed in the window: the page’s port closes, and the old file is free again', async () => {
    const { click, scene, window, connect, at, client, menu, calls } = await app();
    const port = connect();
    const closed = new Promise((resolve) => port.once('close', resolve));
    scene.openPaths = [join(at, 'other.cratewise')];
    click('Open Library…');
    await closed;
    await until(() => expect(window().webContents.reload).toHaveBeenCalledOnce());
    expect((await client().status()).file).toBe(join(at, 'other.cratewise'));
    expect(window().setTitle).toHaveBeenLastCalledWith('other – Cratewise');
    expect(menuItem(menu(), 'library.cratewise')).toBeDefined();
    expect(calls.addRecentDocument.mock.calls.map(([file]) => file)).toEqual([
      join(at, 'library.cratewise'),
      join(at, 'other.cratewise'),
    ]);
    click('library.cratewise');
    await until(() => expect(window().webContents.reload).toHaveBeenCalledTimes(2));
    expect(window().setTitle).toHaveBeenLastCalledWith('Cratewise');
  });

  it('stay as they are where another can’t be opened', async () => {
    const { click, scene, window, at, client, asked, logged } = await app();
    writeFileSync(join(at, 'broken.cratewise'), 'not a library at all');
    scene.openPaths = [join(at, 'broken.cratewise')];
    click('Open Library…');
    await until(() => expect(asked[0]?.message).toBe('The library was not opened'));
    expect(window().webContents.reload).not.toHaveBeenCalled();
    expect((await client().status()).file).toBe(join(at, 'library.cratewise'));
    expect(logged()).toContain('was not opened');
  });

  it('are not opened twice: the same file is the same library', async () => {
    const { shell, at, window } = await app();
    expect(await shell!.switchTo(join(at, 'Music', '..', 'library.cratewise'))).toBe(true);
    expect(window().webContents.reload).not.toHaveBeenCalled();
  });

  it('are made where the user says, with their name', async () => {
    const { click, scene, at } = await app();
    scene.savePath = join(at, 'Fresh');
    click('New Library…');
    await until(() => expect(existsSync(join(at, 'Fresh.cratewise'))).toBe(true));
  });

  it('that are gone are said to be, and leave the list', async () => {
    const first = await app({ args: ['mine.cratewise'] });
    await first.end();
    const { click, asked, menu, at, settings } = await app({ folder: first.at, args: ['library.cratewise'] });
    rmSync(join(at, 'mine.cratewise'));
    click('mine.cratewise');
    await until(() => expect(asked[0]?.detail).toContain('There is no library'));
    expect(menuItem(menu(), 'mine.cratewise')).toBeUndefined();
    expect(settings().recent).toEqual([join(at, 'library.cratewise')]);
    expect(existsSync(join(at, 'mine.cratewise'))).toBe(false);
  });
});

describe('the page', () => {
  it('is asked by the menu', async () => {
    const { click, window } = await app();
    click('Undo');
    click('Write Tags…');
    expect(window().webContents.send.mock.calls).toEqual([
      [SHELL_CHANNELS.command, 'undo'],
      [SHELL_CHANNELS.command, 'write'],
    ]);
  });

  it('chooses folders, and says how it looks: the menu follows, also next time', async () => {
    const { invoke, scene, menu, at, end, electron } = await app();
    expect(await invoke(SHELL_CHANNELS.chooseFolders, [])).toEqual([]);
    scene.openPaths = ['/music/a', '/music/b'];
    expect(await invoke(SHELL_CHANNELS.chooseFolders, [])).toEqual(['/music/a', '/music/b']);
    expect(menuItem(menu(), 'Undo')).toBeDefined();
    await invoke(SHELL_CHANNELS.setLook, [{ language: 'de', theme: 'dark' }]);
    expect(menuItem(menu(), 'Rückgängig')).toBeDefined();
    expect(electron.nativeTheme.themeSource).toBe('dark');
    await end();
    const again = await app({ folder: at });
    expect(menuItem(again.menu(), 'Rückgängig')).toBeDefined();
    expect(again.electron.nativeTheme.themeSource).toBe('dark');
  });

  it('that is not ours gets no port', async () => {
    const { connect } = await app();
    for (const frame of [
      null,
      { url: 'https://evil.example/', parent: null },
      { url: 'app://cratewise/', parent: {} },
    ]) {
      const port = connect(frame);
      await new Promise((resolve) => port.once('close', resolve));
    }
  });
});

describe('help', () => {
  it('shows the logs, and saves a report that tells no names of the user’s', async () => {
    const { click, calls, scene, at, client } = await app();
    click('Show Log Files');
    expect(calls.openPath).toHaveBeenCalledExactlyOnceWith(join(at, 'logs'));
    await client().status();
    scene.savePath = join(at, 'report.txt');
    click('Save a Report for a Bug Report…');
    await until(() => expect(calls.showItemInFolder).toHaveBeenCalledExactlyOnceWith(scene.savePath));
    const report = readFileSync(scene.savePath, 'utf8');
    expect(report).toContain('Cratewise  0.1.0\nElectron   45.4.1\nChromium   150\n');
    expect(report).toContain('"tracks": 0');
    expect(report).toContain('opened ');
  });

  it('says so when the report can’t be saved', async () => {
    const { click, scene, at, asked } = await app();
    scene.savePath = join(at, 'no', 'such', 'folder', 'report.txt');
    click('Save a Report for a Bug Report…');
    await until(() => expect(asked[0]?.message).toBe('The report was not saved'));
  });
});
