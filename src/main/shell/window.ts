import type { BrowserWindowConstructorOptions, Rectangle, WebContents } from 'electron';
import { isOurs } from './origin.ts';
import { LEAST_SIZE } from './window-state.ts';

/**
 * Options of the main window: a page that can do nothing but what a web page can.
 * @param preload absolute path of the built preload
 * @param developer whether developer tools may be opened
 */
export function windowOptions(
  preload: string,
  developer: boolean,
  place: Partial<Rectangle> & { width: number; height: number },
): BrowserWindowConstructorOptions {
  return {
    ...place,
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
    show: false,
    title: 'Cratewise',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: developer,
    },
  };
}

/** What `guardContents` needs of a page. */
export type GuardedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

/**
 * Keeps a page where it is: no other address, no new window, no frame of another kind inside it.
 * @param openLink is told of an address that a link would have opened in a new window
 */
export function guardContents(contents: GuardedContents, openLink: (url: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
