import { EventEmitter } from 'node:events';
import { beforeEach, expect, it, vi } from 'vitest';
import { CONNECT_CHANNEL, CONNECT_MESSAGE } from '../../src/shared/contract/port.ts';
import { SHELL_CHANNELS, SHELL_COMMANDS, type ShellBridge } from '../../src/shared/shell.ts';

const double = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  ipc: undefined as unknown as EventEmitter,
  invoke: undefined as unknown as (channel: string, ...args: unknown[]) => Promise<unknown>,
  postMessage: undefined as unknown as (channel: string, message: unknown, ports: unknown[]) => void,
}));

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => double.exposed.set(name, value) },
  ipcRenderer: {
    on: (channel: string, listener: () => void) => double.ipc.on(channel, listener),
    off: (channel: string, listener: () => void) => double.ipc.off(channel, listener),
    invoke: (channel: string, ...args: unknown[]) => double.invoke(channel, ...args),
    postMessage: (channel: string, message: unknown, ports: unknown[]) =>
      double.postMessage(channel, message, ports),
  },
  webUtils: { getPathForFile: (file: File) => (file.name === 'made.txt' ? '' : `/music/${file.name}`) },
}));

let heard: (event: object) => void;
let bridge: ShellBridge;
const page = {
  addEventListener: (_name: string, listener: typeof heard) => {
    heard = listener;
  },
};

beforeEach(async () => {
  double.exposed.clear();
  double.ipc = new EventEmitter();
  double.invoke = vi.fn(async () => 'answer');
  double.postMessage = vi.fn();
  vi.stubGlobal('window', page);
  vi.stubGlobal('location', { origin: 'app://cratewise' });
  vi.resetModules();
  await import('../../src/preload/index.ts');
  bridge = double.exposed.get('cratewise') as ShellBridge;
});

it('gives the page functions of its own and nothing of Electron', () => {
  expect([...double.exposed.keys()]).toEqual(['cratewise']);
  expect(Object.keys(bridge).sort()).toEqual(
    ['chooseFolders', 'onCommand', 'pathOf', 'setLook', 'setSettings', 'settings', 'shell'].sort(),
  );
  expect(bridge.shell).toBe('electron');
});

it('hands over one port, of a message that the page sent to itself', () => {
  const port = {};
  const right = { source: page, origin: 'app://cratewise', data: CONNECT_MESSAGE, ports: [port] };
  for (const wrong of [{ source: {} }, { origin: 'https://evil.example' }, { data: 'other' }, { ports: [] }])
    heard({ ...right, ...wrong });
  expect(double.postMessage).not.toHaveBeenCalled();
  heard({ ...right, ports: [port, {}] });
  expect(double.postMessage).toHaveBeenCalledExactlyOnceWith(CONNECT_CHANNEL, null, [port]);
});

it('passes on commands that it knows, until it is told to stop, and no event of Electron’s', () => {
  const listener = vi.fn();
  const stop = bridge.onCommand(listener);
  for (const command of [...SHELL_COMMANDS, 'eval', 7, null])
    double.ipc.emit(SHELL_CHANNELS.command, {}, command);
  expect(listener.mock.calls).toEqual(SHELL_COMMANDS.map((command) => [command]));
  stop();
  double.ipc.emit(SHELL_CHANNELS.command, {}, 'undo');
  expect(listener).toHaveBeenCalledTimes(SHELL_COMMANDS.length);
});

it('calls one channel for each function, with what belongs to it and no more', async () => {
  const more = { added: 'by the page' };
  await bridge.chooseFolders();
  await bridge.settings();
  await bridge.setSettings({ notify: true, keepAwake: false, reopen: true, ...more });
  await bridge.setLook({ language: 'de', theme: 'dark', ...more });
  expect(vi.mocked(double.invoke).mock.calls).toEqual([
    [SHELL_CHANNELS.chooseFolders],
    [SHELL_CHANNELS.settings],
    [SHELL_CHANNELS.setSettings, { notify: true, keepAwake: false, reopen: true }],
    [SHELL_CHANNELS.setLook, { language: 'de', theme: 'dark' }],
  ]);
});

it('knows the path of what the user has put there, not of what the page made', () => {
  expect(bridge.pathOf(new File([], 'a.mp3'))).toBe('/music/a.mp3');
  expect(bridge.pathOf(new File([], 'made.txt'))).toBe('');
});
