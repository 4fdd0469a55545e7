import { EventEmitter } from 'node:events';
import type { NotificationConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { Notifier } from '../../../src/main/shell/notifier.ts';
import { Badge, dotBitmap, progressOf, showProgress } from '../../../src/main/shell/presence.ts';
import { en } from '../../../src/main/shell/strings/en.ts';
import { ended, running, workState } from './work.ts';

describe('progress', () => {
  it('is what the taskbar understands', () => {
    expect(progressOf(workState())).toBe(-1);
    expect(progressOf(workState({ running: running('scan') }))).toBe(2);
    expect(progressOf(workState({ running: running('analyse', { done: 30, total: 120 }) }))).toBe(0.25);
    // A scan may find more than it expected.
    expect(progressOf(workState({ running: running('scan', { done: 130, total: 120 }) }))).toBe(1);
  });

  it('shows that work broke, until the window is looked at', () => {
    const window = { setProgressBar: vi.fn(), isFocused: vi.fn(() => false), isDestroyed: () => false };
    const broke = workState({ last: ended('write', { outcome: 'failed' }) });
    showProgress(window, broke);
    expect(window.setProgressBar).toHaveBeenLastCalledWith(1, { mode: 'error' });
    window.isFocused.mockReturnValue(true);
    showProgress(window, broke);
    expect(window.setProgressBar).toHaveBeenLastCalledWith(-1);
    showProgress({ ...window, isDestroyed: () => true }, broke);
    expect(window.setProgressBar).toHaveBeenCalledTimes(2);
  });
});

describe('Badge', () => {
  function badge(platform: NodeJS.Platform) {
    const app = { setBadgeCount: vi.fn(() => true) };
    const nativeImage = { createFromBitmap: vi.fn(() => 'dot') };
    const window = { setOverlayIcon: vi.fn(), isDestroyed: () => false };
    return { app, nativeImage, window, badge: new Badge({ app, nativeImage } as never, platform) };
  }

  it('is a number where there are numbers, told when it changes', () => {
    const { app, badge: shown } = badge('darwin');
    for (const files of [0, 3, 3, 0]) shown.show(files, undefined, en);
    expect(app.setBadgeCount.mock.calls).toEqual([[3], [0]]);
  });

  it('is a dot on Windows, with words for who can’t see it', () => {
    const { app, nativeImage, window, badge: shown } = badge('win32');
    shown.show(2, undefined, en);
    shown.show(2, window, en);
    shown.show(0, window, en);
    expect(window.setOverlayIcon.mock.calls).toEqual([
      ['dot', '2 files wait to be written'],
      [null, ''],
    ]);
    expect(nativeImage.createFromBitmap).toHaveBeenCalledOnce();
    expect(app.setBadgeCount).not.toHaveBeenCalled();
    shown.show(1, window, en);
    shown.forget();
    shown.show(1, window, en);
    expect(window.setOverlayIcon).toHaveBeenCalledTimes(4);
  });

  it('is round, and has nothing brighter than its own cover', () => {
    const bytes = dotBitmap();
    expect(bytes).toHaveLength(16 * 16 * 4);
    const alpha = (x: number, y: number) => bytes[(y * 16 + x) * 4 + 3]!;
    expect([alpha(0, 0), alpha(15, 15), alpha(8, 8)]).toEqual([0, 0, 255]);
    // The edge is soft.
    expect(Math.abs(alpha(8, 0) - 128)).toBeLessThan(20);
    for (let at = 0; at < bytes.length; at += 4)
      for (let part = 0; part < 3; part++) expect(bytes[at + part]).toBeLessThanOrEqual(bytes[at + 3]!);
  });
});

describe('Notifier', () => {
  function notifier() {
    const told: {
      options: NotificationConstructorOptions;
      shown: boolean;
      closed: boolean;
      event: EventEmitter;
    }[] = [];
    const scene = { looking: false, wanted: true, supported: true };
    const onClick = vi.fn();
    class Notification extends EventEmitter {
      static isSupported = () => scene.supported;
      readonly #entry: (typeof told)[number];
      constructor(options: NotificationConstructorOptions) {
        super();
        this.#entry = { options, shown: false, closed: false, event: this };
        told.push(this.#entry);
      }
      show() {
        this.#entry.shown = true;
      }
      close() {
        this.#entry.closed = true;
      }
    }
    const made = new Notifier({
      Notification: Notification as never,
      looking: () => scene.looking,
      wanted: () => scene.wanted,
      strings: () => en,
      onClick,
      now: () => 100_000,
    });
    return { told, scene, onClick, notifier: made };
  }
  const ran = (startedAt = 0) => workState({ running: running('analyse', { startedAt }) });
  const done = (parts = {}) => workState({ last: ended('analyse', { done: 1234, ...parts }) });

  it('tells that long work has ended, and brings the app when it is clicked', () => {
    const { told, onClick, notifier: made } = notifier();
    made.follow(done({ failed: 2 }), ran());
    expect(told).toMatchObject([
      {
        options: { title: 'Listening has finished', body: '1,234 files. 2 could not be done.' },
        shown: true,
      },
    ]);
    told[0]!.event.emit('click');
    expect(onClick).toHaveBeenCalledOnce();
    // The next takes its place.
    made.follow(done(), ran());
    expect(told.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('tells why it ended early', () => {
    const { told, notifier: made } = notifier();
    made.follow(done({ outcome: 'failed', problem: { code: 'x', message: 'The disk is full.' } }), ran());
    expect(told[0]!.options).toEqual({ title: 'The work ended early', body: 'The disk is full.' });
  });

  it('tells of work that gives way to the next', () => {
    const { told, notifier: made } = notifier();
    const last = ended('analyse', { done: 3 });
    const next = workState({ last, running: running('scan', { startedAt: 99_000 }) });
    made.follow(next, ran());
    made.follow(workState({ last }), next);
    expect(told).toHaveLength(1);
  });

  it('is quiet when it is not needed', () => {
    const { told, scene, notifier: made } = notifier();
    made.follow(done(), undefined);
    made.follow(done(), workState());
    // It was short.
    made.follow(done(), ran(95_000));
    // The user has stopped it.
    made.follow(done({ outcome: 'stopped' }), ran());
    for (const change of [{ looking: true }, { wanted: false }, { supported: false }]) {
      Object.assign(scene, { looking: false, wanted: true, supported: true }, change);
      made.follow(done(), ran());
    }
    expect(told).toEqual([]);
  });
});
