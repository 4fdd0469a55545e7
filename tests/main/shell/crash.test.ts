import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { noLog } from '../../../src/main/log/log.ts';
import { CrashWatch } from '../../../src/main/shell/crash.ts';
import { en } from '../../../src/main/shell/strings/en.ts';
import { electronDouble } from './electron-double.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function watched(answers: number[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const double = electronDouble(folder, { answers });
  const { app, dialog } = double.electron;
  const log = { ...noLog, warn: vi.fn(), error: vi.fn() };
  const clock = { now: 0 };
  const quit = vi.spyOn(app, 'quit').mockReturnValue();
  const process = new EventEmitter();
  const crashes = new CrashWatch({ app, dialog, strings: () => en, log, now: () => clock.now });
  crashes.listen(process);
  const contents = { reload: vi.fn(), isDestroyed: () => false, forcefullyCrashRenderer: vi.fn() };
  const gone = async (reason = 'crashed') => {
    double.app.emit('render-process-gone', {}, contents, { reason, exitCode: 5 });
    await settle();
  };
  return { ...double, crashes, process, log, clock, quit, contents, gone };
}

it('notes that the window’s process is gone, and loads it anew', async () => {
  const { gone, log, asked, contents, quit } = watched([0]);
  await gone('oom');
  expect(log.error).toHaveBeenCalledExactlyOnceWith('crash', expect.stringContaining('oom, exit code 5'));
  expect(asked[0]).toMatchObject({ message: en.dialog.gone, detail: en.dialog.goneDetail });
  expect(contents.reload).toHaveBeenCalledOnce();
  expect(quit).not.toHaveBeenCalled();
});

it('quits when the user has enough of it', async () => {
  const { gone, contents, quit } = watched([1]);
  await gone();
  expect(contents.reload).not.toHaveBeenCalled();
  expect(quit).toHaveBeenCalledOnce();
});

it('says so when it happens again and again', async () => {
  const { gone, asked, clock } = watched();
  for (const now of [0, 10_000, 20_000, 200_000]) {
    clock.now = now;
    await gone();
  }
  expect(asked.map(({ detail }) => detail)).toEqual([
    en.dialog.goneDetail,
    en.dialog.goneDetail,
    en.dialog.goneAgain,
    en.dialog.goneDetail,
  ]);
});

it('says nothing of an orderly end', async () => {
  const { gone, app, asked, log } = watched();
  await gone('clean-exit');
  app.emit('child-process-gone', {}, { type: 'Utility', reason: 'clean-exit', exitCode: 0 });
  expect(asked).toEqual([]);
  expect(log.error).not.toHaveBeenCalled();
  expect(log.warn).not.toHaveBeenCalled();
});

it('notes other processes and asks nothing: they are started again', () => {
  const { app, asked, log } = watched();
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 11, name: 'GPU' });
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(
    'crash',
    expect.stringContaining('GPU GPU is gone: crashed'),
  );
  expect(asked).toEqual([]);
});

it('ends a window that hangs, and loads it anew without another question', async () => {
  const { crashes, contents, asked, gone } = watched([1]);
  const window = Object.assign(new EventEmitter(), { webContents: contents, isDestroyed: () => false });
  crashes.watch(window as never);
  window.emit('unresponsive');
  await settle();
  expect(contents.forcefullyCrashRenderer).toHaveBeenCalledOnce();
  expect(contents.reload).not.toHaveBeenCalled();
  await gone('killed');
  expect(contents.reload).toHaveBeenCalledOnce();
  expect(asked).toHaveLength(1);
  // But one that then dies by itself is asked about.
  await gone();
  expect(asked).toHaveLength(2);
});

it('takes the question back when the window answers again', async () => {
  const { crashes, contents, electron } = watched();
  const window = Object.assign(new EventEmitter(), { webContents: contents, isDestroyed: () => false });
  let signal: AbortSignal | undefined;
  const answer = Promise.withResolvers<{ response: number }>();
  vi.spyOn(electron.dialog, 'showMessageBox').mockImplementation((options) => {
    signal = options.signal;
    return answer.promise;
  });
  crashes.watch(window as never);
  window.emit('unresponsive');
  window.emit('responsive');
  expect(signal?.aborted).toBe(true);
  answer.resolve({ response: 1 });
  await settle();
  expect(contents.forcefullyCrashRenderer).not.toHaveBeenCalled();
});

it('notes what nobody caught, tells the user once at a time, and lets them go on', async () => {
  const { process, asked, log, quit } = watched([1]);
  const error = new Error('boom');
  process.emit('uncaughtException', error);
  process.emit('uncaughtException', new Error('again'));
  await settle();
  expect(log.error.mock.calls).toEqual([
    ['crash', 'uncaught', error],
    ['crash', 'uncaught', expect.objectContaining({ message: 'again' })],
  ]);
  expect(asked).toHaveLength(1);
  expect(asked[0]!.detail).toContain('boom');
  expect(quit).not.toHaveBeenCalled();
  process.emit('uncaughtException', error);
  await settle();
  expect(asked).toHaveLength(2);
});

it('quits in order after what nobody caught, and only notes what nobody waited for', async () => {
  const { process, asked, log, quit } = watched([0]);
  process.emit('unhandledRejection', new Error('late'));
  await settle();
  expect(log.error).toHaveBeenCalledOnce();
  expect(asked).toEqual([]);
  process.emit('uncaughtException', new Error('boom'));
  await settle();
  expect(quit).toHaveBeenCalledOnce();
});
