import { EventEmitter } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  FIRST_SIZE,
  followWindow,
  placeWindow,
  restoreWindow,
  type WindowState,
} from '../../../src/main/shell/window-state.ts';

const MAIN = { x: 0, y: 25, width: 1920, height: 1000 };
const LEFT = { x: -2560, y: 0, width: 2560, height: 1400 };
const at = (x: number, y: number, width = 1000, height = 700): WindowState => ({
  bounds: { x, y, width, height },
  maximized: false,
  fullScreen: false,
});

describe('placeWindow', () => {
  it('puts a first window where the system wants it', () => {
    expect(placeWindow(null, [MAIN])).toEqual(FIRST_SIZE);
    expect(placeWindow(null, [])).toEqual(FIRST_SIZE);
  });

  it('puts a window where it was, on whichever screen', () => {
    expect(placeWindow(at(100, 200), [MAIN])).toEqual({ x: 100, y: 200, width: 1000, height: 700 });
    expect(placeWindow(at(-2000, 300), [MAIN, LEFT])).toEqual({ x: -2000, y: 300, width: 1000, height: 700 });
  });

  it('brings it back when its screen is gone', () => {
    expect(placeWindow(at(-2000, 300), [MAIN])).toEqual({ width: 1000, height: 700 });
    expect(placeWindow(at(100, 5000), [MAIN])).toEqual({ width: 1000, height: 700 });
  });

  it('brings it back when too little of it could be taken hold of', () => {
    expect(placeWindow(at(1900, 200), [MAIN])).toEqual({ width: 1000, height: 700 });
    expect(placeWindow(at(1500, 200), [MAIN])).toMatchObject({ x: 1500, y: 200 });
    // Its title bar is above the screen.
    expect(placeWindow(at(100, -600), [MAIN])).toEqual({ width: 1000, height: 700 });
  });

  it('puts a title bar below the bar of the system', () => {
    expect(placeWindow(at(100, 10), [MAIN])).toMatchObject({ x: 100, y: 25 });
  });

  it('is no larger than the screen, and no smaller than can be used', () => {
    expect(placeWindow(at(0, 30, 9000, 8000), [MAIN])).toMatchObject({ width: 1920, height: 1000 });
    expect(placeWindow(at(0, 30, 200, 10), [MAIN])).toMatchObject({ width: 760, height: 480 });
    expect(placeWindow(at(0, 0, 1000, 700), [{ x: 0, y: 0, width: 640, height: 400 }])).toMatchObject({
      width: 640,
      height: 400,
    });
  });
});

it('restores what goes beyond a place', () => {
  const window = { maximize: vi.fn(), setFullScreen: vi.fn() };
  restoreWindow(window, { ...at(0, 0), maximized: true });
  expect(window.maximize).toHaveBeenCalledOnce();
  expect(window.setFullScreen).not.toHaveBeenCalled();
  restoreWindow(window, { ...at(0, 0), fullScreen: true });
  expect(window.setFullScreen).toHaveBeenCalledExactlyOnceWith(true);
});

describe('followWindow', () => {
  function followed() {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const window = Object.assign(new EventEmitter(), {
      destroyed: false,
      bounds: { x: 1, y: 2, width: 800, height: 600 },
      getNormalBounds: () => window.bounds,
      isMaximized: () => true,
      isFullScreen: () => false,
      isMinimized: () => false,
      isDestroyed: () => window.destroyed,
    });
    const keep = vi.fn<(state: WindowState) => void>();
    followWindow(window as never, keep);
    return { window, keep };
  }

  it('keeps a window’s own size once it rests, however it was moved', () => {
    const { window, keep } = followed();
    for (let step = 0; step < 50; step++) window.emit('move');
    window.emit('resize');
    window.emit('maximize');
    expect(keep).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(keep).toHaveBeenCalledExactlyOnceWith({
      bounds: window.bounds,
      maximized: true,
      fullScreen: false,
    });
  });

  it('keeps it at once when it closes, and asks no window that is gone', () => {
    const { window, keep } = followed();
    window.emit('move');
    window.emit('close');
    expect(keep).toHaveBeenCalledOnce();
    window.emit('resize');
    window.destroyed = true;
    window.emit('closed');
    vi.advanceTimersByTime(1000);
    expect(keep).toHaveBeenCalledOnce();
  });
});
