import type { Rectangle } from 'electron';
import type { AppWindow } from './api.ts';
import type { AppState } from './app-settings.ts';

export type WindowState = NonNullable<AppState['window']>;

/** Size of a first window. */
export const FIRST_SIZE = { width: 1320, height: 860 };
export const LEAST_SIZE = { width: 760, height: 480 };

/** Pixels of a window that must be on some screen, so that it can be taken hold of. */
const VISIBLE = { width: 160, height: 40 };
/** A window that is being dragged or sized is kept once it rests. */
const REST_MS = 400;

/**
 * Where to put a window that was last at `state`: there, if enough of it would be seen on one of the screens that are
 * there now, else in the middle of the first. Never larger than the screen it is on.
 * @param areas work areas of the screens, the main one first
 */
export function placeWindow(
  state: WindowState | null,
  areas: readonly Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  const [main] = areas;
  const wanted = state?.bounds;
  const area = wanted && areas.find((candidate) => isSeen(wanted, candidate));
  const within = area ?? main;
  const size = { width: wanted?.width ?? FIRST_SIZE.width, height: wanted?.height ?? FIRST_SIZE.height };
  if (!within) return size;
  const width = Math.max(Math.min(size.width, within.width), Math.min(LEAST_SIZE.width, within.width));
  const height = Math.max(Math.min(size.height, within.height), Math.min(LEAST_SIZE.height, within.height));
  // Without a place the system puts it in the middle.
  return wanted && area ? { x: wanted.x, y: Math.max(wanted.y, area.y), width, height } : { width, height };
}

/** Whether the top of a window, where it is held, lies on a screen. */
function isSeen(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const height = Math.min(bounds.y + VISIBLE.height, area.y + area.height) - Math.max(bounds.y, area.y);
  return width >= VISIBLE.width && height >= VISIBLE.height / 2;
}

/** Brings a window back to what it was, beyond its place. */
export function restoreWindow(
  window: Pick<AppWindow, 'maximize' | 'setFullScreen'>,
  state: WindowState | null,
): void {
  if (state?.maximized) window.maximize();
  if (state?.fullScreen) window.setFullScreen(true);
}

/** Tells where a window is whenever it has come to rest, and when it closes. */
export function followWindow(
  window: Pick<
    AppWindow,
    'on' | 'getNormalBounds' | 'isMaximized' | 'isFullScreen' | 'isMinimized' | 'isDestroyed'
  >,
  keep: (state: WindowState) => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    if (window.isDestroyed()) return;
    const { x, y, width, height } = window.getNormalBounds();
    keep({
      bounds: { x, y, width, height },
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(now, REST_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('enter-full-screen', soon);
  window.on('leave-full-screen', soon);
  window.on('close', now);
  window.on('closed', () => clearTimeout(timer));
}
