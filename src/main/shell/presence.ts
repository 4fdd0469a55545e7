import type { NativeImage } from 'electron';
import type { WorkState } from '../../shared/contract/index.ts';
import type { AppWindow, ElectronApi } from './api.ts';
import type { ShellStrings } from './strings/index.ts';

/** Pixels of the dot that Windows shows on the taskbar. */
const DOT = 16;

/** How far work is, on the taskbar or in the dock: -1 none, 2 unknown, else 0..1. */
export function progressOf({ running }: Pick<WorkState, 'running'>): number {
  if (!running) return -1;
  return running.total > 0 ? Math.min(1, running.done / running.total) : 2;
}

/** Shows progress on the windows, and says there when it ended badly until the window is looked at. */
export function showProgress(
  window: Pick<AppWindow, 'setProgressBar' | 'isFocused' | 'isDestroyed'>,
  state: WorkState,
): void {
  if (window.isDestroyed()) return;
  const broke = state.running === null && state.last?.outcome === 'failed' && !window.isFocused();
  if (broke) window.setProgressBar(1, { mode: 'error' });
  else window.setProgressBar(progressOf(state));
}

/** A dot of the accent's colour, as Windows wants it: BGRA, premultiplied. */
export function dotBitmap(): Buffer {
  const bytes = Buffer.alloc(DOT * DOT * 4);
  const middle = (DOT - 1) / 2;
  for (let y = 0; y < DOT; y++) {
    for (let x = 0; x < DOT; x++) {
      // One pixel of soft edge.
      const cover = Math.max(0, Math.min(1, DOT / 2 - Math.hypot(x - middle, y - middle)));
      bytes.set(
        [0xd8, 0x55, 0x6c, 0xff].map((part) => Math.round(part * cover)),
        (y * DOT + x) * 4,
      );
    }
  }
  return bytes;
}

/** How many files wait to be written: a number in the dock or launcher, a dot on the taskbar of Windows. */
export class Badge {
  readonly #app: Pick<ElectronApi['app'], 'setBadgeCount'>;
  readonly #nativeImage: ElectronApi['nativeImage'];
  readonly #platform: NodeJS.Platform;
  #dot: NativeImage | undefined;
  #shown = 0;

  constructor({ app, nativeImage }: Pick<ElectronApi, 'app' | 'nativeImage'>, platform: NodeJS.Platform) {
    this.#app = app;
    this.#nativeImage = nativeImage;
    this.#platform = platform;
  }

  show(
    files: number,
    window: Pick<AppWindow, 'setOverlayIcon' | 'isDestroyed'> | undefined,
    strings: ShellStrings,
  ): void {
    if (files === this.#shown) return;
    if (this.#platform !== 'win32') this.#app.setBadgeCount(files);
    else {
      if (!window || window.isDestroyed()) return;
      this.#dot ??= this.#nativeImage.createFromBitmap(dotBitmap(), { width: DOT, height: DOT });
      window.setOverlayIcon(files > 0 ? this.#dot : null, files > 0 ? strings.badge(files) : '');
    }
    this.#shown = files;
  }

  /** A new window shows nothing yet. */
  forget(): void {
    this.#shown = 0;
  }
}
