import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { noLog } from '../../../src/main/log/log.ts';
import { Quitter } from '../../../src/main/shell/quit.ts';
import { en } from '../../../src/main/shell/strings/en.ts';
import type { WorkKind } from '../../../src/shared/contract/index.ts';
import { electronDouble, preventable } from './electron-double.ts';

function quitting(kind: WorkKind | undefined, answers: number[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-quit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const double = electronDouble(folder, { answers });
  const { promise: closed, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  const close = vi.fn(() => closed);
  const process = new EventEmitter();
  const { app, dialog, powerMonitor } = double.electron;
  const quitter = new Quitter({ app, dialog, strings: () => en, log: noLog, running: () => kind, close });
  quitter.listen({ powerMonitor, process });
  return { ...double, quitter, process, close, finish, fail, quit: () => app.quit() };
}

/** Lets what waits for a promise that is settled go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('closes the library first, then ends', async () => {
  const { quit, close, finish, ended, asked, quitter } = quitting(undefined);
  quit();
  await settle();
  expect(asked).toEqual([]);
  expect(close).toHaveBeenCalledOnce();
  expect(ended).toEqual([]);
  expect(quitter.leaving).toBe(true);
  // Impatience closes nothing twice.
  quit();
  finish();
  await vi.waitFor(() => expect(ended).toEqual(['quit']), { timeout: 10_000 });
  expect(close).toHaveBeenCalledOnce();
});

it('asks while something runs, and stays', async () => {
  const { quit, close, ended, asked, quitter } = quitting('analyse', [0]);
  quit();
  await settle();
  expect(asked[0]).toMatchObject({
    message: 'Cratewise is listening to your music. Quit all the same?',
    buttons: ['Go On Working', 'Stop and Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  expect(close).not.toHaveBeenCalled();
  expect(ended).toEqual([]);
  expect(quitter.leaving).toBe(false);
  // And asks again the next time.
  quit();
  await settle();
  expect(asked).toHaveLength(2);
});

it('asks once, and quits when the user wants that', async () => {
  const { quit, close, finish, ended, asked } = quitting('write', [1]);
  quit();
  quit();
  await settle();
  expect(asked).toHaveLength(1);
  expect(close).toHaveBeenCalledOnce();
  finish();
  await vi.waitFor(() => expect(ended).toEqual(['quit']), { timeout: 10_000 });
});

it('ends also when the library does not close', async () => {
  const { quit, fail, ended } = quitting(undefined);
  quit();
  fail(new Error('disk gone'));
  await vi.waitFor(() => expect(ended).toEqual([1]), { timeout: 10_000 });
});

it('waits for the file in hand, but not for ever', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { quit, ended } = quitting(undefined);
  quit();
  await vi.advanceTimersByTimeAsync(19_000);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended).toEqual([1]);
});

it('does not ask when the computer shuts down, and puts that off until it is ready', async () => {
  const { powerMonitor, close, finish, ended, asked } = quitting('write');
  const event = preventable();
  powerMonitor.emit('shutdown', event);
  expect(event.defaultPrevented).toBe(true);
  await settle();
  expect(asked).toEqual([]);
  expect(close).toHaveBeenCalledOnce();
  finish();
  await vi.waitFor(() => expect(ended).toEqual(['quit']), { timeout: 10_000 });
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('does not ask at %s', async (signal) => {
  const { process, close, asked } = quitting('scan');
  process.emit(signal);
  await settle();
  expect(asked).toEqual([]);
  expect(close).toHaveBeenCalledOnce();
});

it('does not ask when the user logs off from Windows, also with a question open', async () => {
  const { quit, quitter, electron, close, asked } = quitting('write');
  const waiting = Promise.withResolvers<{ response: number }>();
  vi.spyOn(electron.dialog, 'showMessageBox').mockReturnValue(waiting.promise);
  const window = new EventEmitter();
  quitter.watch(window as never);
  quit();
  const event = preventable();
  window.emit('query-session-end', event);
  window.emit('session-end', preventable());
  await settle();
  expect(event.defaultPrevented).toBe(true);
  expect(close).toHaveBeenCalledOnce();
  waiting.resolve({ response: 0 });
  await settle();
  expect(close).toHaveBeenCalledOnce();
  expect(asked).toEqual([]);
});
