import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  IpcMain,
  IpcMainEvent,
  MessagePortMain,
  Protocol,
  Session,
  WebFrameMain,
  WindowOpenHandlerResponse,
} from 'electron';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RendererFiles } from '../../../src/main/host/serve/renderer-files.ts';
import { WorkerPool } from '../../../src/main/host/worker-pool.ts';
import type { UtilityForker } from '../../../src/main/shell/api.ts';
import { electronHost } from '../../../src/main/shell/electron-host.ts';
import { isOurs } from '../../../src/main/shell/origin.ts';
import { denyPermissions } from '../../../src/main/shell/permissions.ts';
import { connectPorts } from '../../../src/main/shell/ports.ts';
import { registerScheme, serveRenderer } from '../../../src/main/shell/protocol.ts';
import { type GuardedContents, guardContents, windowOptions } from '../../../src/main/shell/window.ts';
import { CONNECT_CHANNEL } from '../../../src/shared/contract/port.ts';
import type { CallMessage } from '../../../src/shared/worker/protocol.ts';

const PAGE = 'app://cratewise/index.html';

describe('windowOptions', () => {
  it('gives the page no more than a web page has', () => {
    const place = { width: 800, height: 600 };
    expect(windowOptions('/preload.cjs', false, place).webPreferences).toMatchObject({
      preload: '/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      devTools: false,
    });
    expect(windowOptions('/preload.cjs', true, place).webPreferences?.devTools).toBe(true);
  });
});

describe('guardContents', () => {
  function guarded() {
    const emitter = new EventEmitter();
    let opened: ((details: never) => WindowOpenHandlerResponse) | undefined;
    const contents: GuardedContents = {
      on: ((name: string, listener: () => void) => emitter.on(name, listener)) as GuardedContents['on'],
      setWindowOpenHandler: (handler) => {
        opened = handler as typeof opened;
      },
    };
    const asked: string[] = [];
    guardContents(contents, (url) => asked.push(url));
    const prevented = (name: string, details: object = {}): boolean => {
      const preventDefault = vi.fn();
      emitter.emit(name, { ...details, preventDefault });
      return preventDefault.mock.calls.length > 0;
    };
    return { asked, prevented, open: (url: string) => opened?.({ url } as never) };
  }

  it('opens no window, and only tells what a link would have opened', () => {
    const { asked, open } = guarded();
    expect(open('https://example.org/')).toEqual({ action: 'deny' });
    expect(asked).toEqual(['https://example.org/']);
  });

  it.each([
    'https://example.org/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'app://other/',
    'data:text/html,x',
  ])('does not go to %s', (url) => {
    const { prevented } = guarded();
    expect(prevented('will-navigate', { url })).toBe(true);
    expect(prevented('will-redirect', { url })).toBe(true);
    expect(prevented('will-frame-navigate', { url, isMainFrame: true })).toBe(true);
  });

  it('may reload itself, but not into a frame or a webview', () => {
    const { prevented } = guarded();
    expect(prevented('will-navigate', { url: PAGE })).toBe(false);
    expect(prevented('will-frame-navigate', { url: PAGE, isMainFrame: false })).toBe(true);
    expect(prevented('will-attach-webview')).toBe(true);
  });
});

describe('isOurs', () => {
  it('knows our pages by scheme and host', () => {
    expect(isOurs('app://cratewise/')).toBe(true);
    for (const url of ['', 'nonsense', 'http://cratewise/', 'app://cratewise.evil/', 'app://x@cratewise:1/'])
      expect(isOurs(url), url).toBe(false);
  });
});

describe('denyPermissions', () => {
  it('denies whatever is asked', () => {
    const session = {
      setPermissionRequestHandler: vi.fn<Session['setPermissionRequestHandler']>(),
      setPermissionCheckHandler: vi.fn<Session['setPermissionCheckHandler']>(),
      setDevicePermissionHandler: vi.fn<Session['setDevicePermissionHandler']>(),
    };
    denyPermissions(session);
    const answer = vi.fn();
    session.setPermissionRequestHandler.mock.calls[0]![0]!({} as never, 'media', answer, {} as never);
    expect(answer).toHaveBeenCalledExactlyOnceWith(false);
    expect(session.setPermissionCheckHandler.mock.calls[0]![0]!(null, 'hid', '', {} as never)).toBe(false);
    expect(session.setDevicePermissionHandler.mock.calls[0]![0]!({} as never)).toBe(false);
  });
});

describe('the app: protocol', () => {
  function handler() {
    const folder = mkdtempSync(join(tmpdir(), 'cratewise-protocol-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'renderer'));
    writeFileSync(join(folder, 'renderer', 'index.html'), 'page');
    writeFileSync(join(folder, 'secret.html'), 'SECRET');
    const protocol = { handle: vi.fn<Protocol['handle']>() };
    serveRenderer(protocol, RendererFiles.open(join(folder, 'renderer')));
    const [scheme, handle] = protocol.handle.mock.calls[0]!;
    expect(scheme).toBe('app');
    return async (url: string, method = 'GET') => handle({ url, method } as Request);
  }

  it('is a scheme with an origin of its own, which no policy is off for', () => {
    const protocol = { registerSchemesAsPrivileged: vi.fn<Protocol['registerSchemesAsPrivileged']>() };
    registerScheme(protocol);
    const [scheme] = protocol.registerSchemesAsPrivileged.mock.calls[0]![0];
    expect(scheme).toEqual({
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    });
  });

  it('gives out the page, which may connect to nothing', async () => {
    const answer = await handler()(PAGE);
    expect(await answer.text()).toBe('page');
    expect(answer.headers.get('Content-Security-Policy')).toContain("connect-src 'none'");
    expect((await handler()('app://cratewise/')).status).toBe(200);
  });

  it.each([
    'app://cratewise/../secret.html',
    'app://cratewise/%2e%2e/secret.html',
    'app://cratewise/..%2fsecret.html',
    'app://cratewise/..%5csecret.html',
    'app://cratewise//secret.html',
    'app://cratewise/%00',
  ])('has nothing at %s', async (url) => {
    const answer = await handler()(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('');
  });

  it('answers no other host and no other method', async () => {
    expect((await handler()('app://evil/index.html')).status).toBe(403);
    expect((await handler()(PAGE, 'POST')).status).toBe(405);
  });
});

describe('connectPorts', () => {
  type Frame = Pick<WebFrameMain, 'url' | 'parent'>;

  function send(senderFrame: Frame | null, portCount = 1) {
    const ipcMain = { on: vi.fn<IpcMain['on']>() };
    const connect = vi.fn<(port: MessagePortMain) => void>();
    connectPorts(ipcMain, connect);
    const [channel, listener] = ipcMain.on.mock.calls[0]!;
    expect(channel).toBe(CONNECT_CHANNEL);
    const ports = Array.from({ length: portCount }, () => ({ start: vi.fn(), close: vi.fn() }));
    listener({ senderFrame, ports } as unknown as IpcMainEvent, null);
    return { connect, ports };
  }

  it('connects the main frame of our page', () => {
    const { connect, ports } = send({ url: PAGE, parent: null });
    expect(connect).toHaveBeenCalledExactlyOnceWith(ports[0]);
  });

  const foreign: readonly [string, Frame | null][] = [
    ['another page', { url: 'https://evil.example/', parent: null }],
    ['a page of our scheme and another host', { url: 'app://evil/', parent: null }],
    ['a frame inside our page', { url: PAGE, parent: {} as WebFrameMain }],
    ['a frame that is gone', null],
  ];
  it.each(foreign)('refuses %s', (_what, frame) => {
    const { connect, ports } = send(frame);
    expect(connect).not.toHaveBeenCalled();
    expect(ports[0]!.close).toHaveBeenCalledOnce();
  });

  it('takes one port and no more', () => {
    const { connect, ports } = send({ url: PAGE, parent: null }, 3);
    expect(connect).toHaveBeenCalledOnce();
    expect(ports.map((port) => port.close.mock.calls.length)).toEqual([0, 1, 1]);
    expect(send({ url: PAGE, parent: null }, 0).connect).not.toHaveBeenCalled();
  });
});

describe('electronHost', () => {
  /** Utility processes that answer `echo`, and end at `die`. */
  function forker() {
    const forked: { file: string; args: string[] }[] = [];
    const fork: UtilityForker['fork'] = (file, args) => {
      forked.push({ file, args });
      const child = new EventEmitter();
      queueMicrotask(() => child.emit('message', { ready: true }));
      return Object.assign(child, {
        pid: forked.length,
        stderr: null,
        kill: () => child.emit('exit', 0),
        postMessage: ({ id, method, params }: CallMessage) =>
          queueMicrotask(() => {
            if (method === 'die') child.emit('exit', 5);
            else child.emit('message', { id, result: params[0] });
          }),
      }) as unknown as ReturnType<UtilityForker['fork']>;
    };
    return { forked, fork };
  }

  it('runs the built module, restarts it when it dies, and goes on', async () => {
    const { forked, fork } = forker();
    const pool = new WorkerPool<{ echo(text: string): Promise<string>; die(): Promise<void> }>(
      electronHost({ fork }),
      { module: 'main/scan/worker', size: 1 },
    );
    onTestFinished(() => pool.close());
    expect(await pool.call('echo', 'one')).toBe('one');
    await expect(pool.call('die')).rejects.toMatchObject({ code: 'worker-died' });
    expect(await pool.call('echo', 'two')).toBe('two');
    expect(forked.map(({ file }) => file)).toEqual(
      Array(2).fill(expect.stringMatching(/main.scan.worker\.js$/)),
    );
  });

  it('passes arguments on to the worker', () => {
    const { forked, fork } = forker();
    electronHost({ fork }).start('analyser/worker', ['a', 'b']);
    expect(forked[0]!.args).toEqual(['a', 'b']);
  });
});
