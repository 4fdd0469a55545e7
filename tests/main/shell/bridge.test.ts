import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { noLog } from '../../../src/main/log/log.ts';
import { answerBridge, type BridgeAnswers } from '../../../src/main/shell/bridge.ts';
import { SHELL_CHANNELS } from '../../../src/shared/shell.ts';
import { electronDouble, PAGE } from './electron-double.ts';

const SETTINGS = { notify: true, keepAwake: false, reopen: true };
const { command: _command, ...ASKED } = SHELL_CHANNELS;
const RIGHT: Record<keyof typeof ASKED, unknown[]> = {
  chooseFolders: [],
  settings: [],
  setSettings: [SETTINGS],
  setLook: [{ language: 'de', theme: 'dark' }],
};

function bridge() {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-bridge-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { electron, invoke } = electronDouble(folder);
  const answers = {
    chooseFolders: vi.fn<BridgeAnswers['chooseFolders']>(async () => ['/music']),
    settings: vi.fn<BridgeAnswers['settings']>(() => SETTINGS),
    setSettings: vi.fn<BridgeAnswers['setSettings']>((settings) => settings),
    setLook: vi.fn<BridgeAnswers['setLook']>(),
  };
  answerBridge(electron.ipcMain, answers, noLog);
  const called = () => Object.values(answers).some(({ mock }) => mock.calls.length > 0);
  return { answers, invoke, called };
}

const channels = Object.entries(ASKED) as [keyof typeof ASKED, string][];

it.each(channels)('%s answers our page', async (name, channel) => {
  const { answers, invoke } = bridge();
  await invoke(channel, RIGHT[name]);
  expect(answers[name]).toHaveBeenCalledOnce();
});

it.each(channels)('%s answers nobody else', async (name, channel) => {
  const { invoke, called } = bridge();
  const foreign = [
    null,
    { url: 'https://evil.example/', parent: null },
    { url: 'app://evil/', parent: null },
    { url: 'file:///index.html', parent: null },
    { url: PAGE, parent: { url: PAGE } },
  ];
  for (const frame of foreign) await expect(invoke(channel, RIGHT[name], frame)).rejects.toThrow(/^refused$/);
  expect(called()).toBe(false);
});

it.each(channels)('%s takes nothing that it does not expect', async (name, channel) => {
  const { invoke, called } = bridge();
  const wrong: unknown[][] = [
    [...RIGHT[name], ...(RIGHT[name].length === 0 ? ['more'] : [undefined])],
    ['../../etc'],
    [{ ...SETTINGS, added: true }],
    [{ ...SETTINGS, notify: 'yes' }],
    [null],
    [[]],
  ];
  for (const args of wrong)
    await expect(invoke(channel, args), JSON.stringify(args)).rejects.toThrow('refused');
  expect(called()).toBe(false);
});
