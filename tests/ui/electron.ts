import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ElectronApplication,
  _electron as electron,
  type Page,
} from '@playwright/test';
import { packageRoot } from '../../src/main/host/places.ts';

const { electronProgram } = (await import(
  pathToFileURL(join(packageRoot, 'bin', 'electron-program.js')).href
)) as { electronProgram(root: string): string | undefined };

/** Electron's program, where it is installed. */
export const program = electronProgram(packageRoot);

/** Where the app shows its page. */
const PAGE = 'app://cratewise/';

/** The app that runs: it shows one library at a time, as it does for its users. */
let current: ElectronApplication | undefined;

/** Starts the real app with a library, in place of `cratewise serve`. */
export async function servedByElectron(
  library: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ url: string; process: ChildProcess }> {
  if (program === undefined) throw new Error('Electron’s program is not installed.');
  const profile = mkdtempSync(join(tmpdir(), 'cratewise-electron-'));
  // Chromium's own sandbox can't start as root, which is what a container gives us.
  const asRoot = process.getuid?.() === 0;
  const app = await electron.launch({
    executablePath: program,
    env: { ...process.env, ...environment } as Record<string, string>,
    args: [
      packageRoot,
      '--library',
      library,
      `--user-data-dir=${profile}`,
      ...(asRoot ? ['--no-sandbox'] : []),
    ],
  });
  current = app;
  app.on('close', () => {
    if (current === app) current = undefined;
    rmSync(profile, { recursive: true, force: true });
  });
  return { url: PAGE, process: app.process() };
}

/** The app's window as if it was a browser: each page that is opened begins as a new visitor would. */
export function electronBrowser(): Pick<Browser, 'close' | 'newContext'> {
  return {
    newContext: async (options) => {
      const context: Pick<BrowserContext, 'close' | 'newPage'> = {
        newPage: () => freshWindow(options),
        // The window is the app: it stays for the next scenario.
        close: async () => undefined,
      };
      return context as BrowserContext;
    },
    close: async () => {
      current?.process().kill('SIGKILL');
      current = undefined;
    },
  };
}

/** What the next of the system's dialogs for folders answers: nobody can click in them. */
export async function answerFolderDialog(folder: string): Promise<void> {
  await current?.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, folder);
}

async function freshWindow({
  viewport,
  colorScheme = null,
  reducedMotion = null,
}: BrowserContextOptions = {}): Promise<Page> {
  const app = current;
  if (!app) throw new Error('The app does not run.');
  const page = app.windows()[0] ?? (await app.firstWindow());
  await page.waitForLoadState();
  if (viewport) {
    const window = await app.browserWindow(page);
    await window.evaluate((shown, { width, height }) => shown.setContentSize(width, height), viewport);
  }
  await page.emulateMedia({ colorScheme, reducedMotion });
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  return page;
}
