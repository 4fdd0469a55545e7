import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { rendererFolder } from '../../src/main/host/places.ts';
import { start } from '../e2e/support/cratewise.ts';
import { answerFolderDialog, electronBrowser, program, servedByElectron } from './electron.ts';

/** Whether the scenarios run in the real app; else in Chromium, against `serve`. `vitest.config.ts` says which. */
export const inElectron = process.env.CRATEWISE_UI === 'electron';

/** Debian's Chromium, or another that `CHROMIUM` names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why the scenarios can't run here; empty when they can. */
export const missing = [
  inElectron
    ? program
      ? ''
      : 'Electron’s program is not installed'
    : existsSync(CHROMIUM)
      ? ''
      : `no Chromium at ${CHROMIUM} (set CHROMIUM)`,
  existsSync(join(rendererFolder, 'index.html')) ? '' : 'the renderer is not built (npm run build)',
]
  .filter((reason) => reason !== '')
  .join('; ');

export async function launch(): Promise<Browser> {
  if (inElectron) return electronBrowser() as Browser;
  // Chromium's own sandbox can't start as root, which is what a container gives us.
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: CHROMIUM, args: asRoot ? ['--no-sandbox'] : [] });
}

/**
 * A library that is served to a page: by `cratewise serve`, with the address that it prints, or by the app itself.
 * @param environment beside that of this process
 */
export async function served(
  library: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ url: string; process: ChildProcess }> {
  if (inElectron) return servedByElectron(library, environment);
  const child = start(['serve', '--json', '--library', library], environment);
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [line] = said.split('\n');
      if (said.includes('\n')) resolve((JSON.parse(line!) as { url: string }).url);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('exit', () => reject(new Error(`serve ended: ${said}`)));
  });
  return { url, process: child };
}

/** Takes a folder into a library as a user does: by its path, or in the app by the system's dialog. */
export async function addFolder(page: Page, folder: string): Promise<void> {
  if (inElectron) {
    await answerFolderDialog(folder);
    await page.getByRole('button', { name: 'Choose folders…' }).click();
    return;
  }
  await page.getByLabel('Folder').fill(folder);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}
