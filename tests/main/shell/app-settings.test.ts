import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { noLog } from '../../../src/main/log/log.ts';
import { AppSettings } from '../../../src/main/shell/app-settings.ts';

function file(content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'data', 'app.json');
  if (content !== undefined) {
    mkdirSync(dirname(path));
    writeFileSync(path, content);
  }
  return path;
}

const AS_NEW = {
  notify: true,
  keepAwake: true,
  reopen: true,
  language: null,
  theme: 'system',
  window: null,
  recent: [],
};
const PLACE = { bounds: { x: -5, y: 7, width: 900, height: 700 }, maximized: true, fullScreen: false };

it('is remembered', () => {
  const path = file();
  const settings = new AppSettings(path, noLog);
  expect(settings.state).toEqual(AS_NEW);
  settings.set({ notify: false, window: PLACE });
  expect(new AppSettings(path, noLog).state).toEqual({ ...AS_NEW, notify: false, window: PLACE });
});

it('is replaced as a whole, and leaves nothing beside it', () => {
  const path = file();
  new AppSettings(path, noLog).set({ language: 'de' });
  expect(readdirSync(dirname(path))).toEqual(['app.json']);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ language: 'de' });
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
});

it.each(['', '{"recent": ["/a', '[]', '7', 'null'])('starts as new from %j', (content) => {
  expect(new AppSettings(file(content), noLog).state).toEqual(AS_NEW);
});

it('drops only what it does not understand', () => {
  const strange = {
    notify: 'yes',
    keepAwake: false,
    language: 'tlh',
    window: { bounds: { x: 0, y: 0, width: -4, height: 1e9 }, maximized: true, fullScreen: false },
    recent: ['/a.cratewise'],
    added: 'by a newer version',
  };
  expect(new AppSettings(file(JSON.stringify(strange)), noLog).state).toEqual({
    ...AS_NEW,
    keepAwake: false,
    recent: ['/a.cratewise'],
  });
});

it('lists libraries, the newest first, each once, and ten at most', () => {
  const settings = new AppSettings(file(), noLog);
  for (let number = 0; number < 12; number++) settings.remember(`/${number}`);
  settings.remember('/5');
  expect(settings.state.recent).toEqual(['/5', '/11', '/10', '/9', '/8', '/7', '/6', '/4', '/3', '/2']);
  settings.forget('/11');
  expect(settings.state.recent).not.toContain('/11');
});

it('goes on where it can’t be kept', () => {
  const path = file();
  writeFileSync(dirname(path), 'a file is in the way');
  const log = { ...noLog, warn: vi.fn() };
  const settings = new AppSettings(path, log);
  settings.set({ notify: false });
  expect(settings.state.notify).toBe(false);
  expect(log.warn).toHaveBeenCalledOnce();
});
