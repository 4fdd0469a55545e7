import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { rendererFolder } from '../../src/main/host/places.ts';
import { start } from '../e2e/support/cratewise.ts';

/** Debian's Chromium, or another that `CHROMIUM` names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why the scenarios can't run here; empty when they can. */
export const missing = [
  existsSync(CHROMIUM) ? '' : `no Chromium at ${CHROMIUM} (set CHROMIUM)`,
  existsSync(join(rendererFolder, 'index.html')) ? '' : 'the renderer is not built (npm run build)',
]
  .filter((reason) => reason !== '')
  .join('; ');

export function launch(): Promise<Browser> {
  // Chromium's own sandbox can't start as root, which is what a container gives us.
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: CHROMIUM, args: asRoot ? ['--no-sandbox'] : [] });
}

/** `cratewise serve` as a process of its own, and the address that it prints. */
export async function served(library: string): Promise<{ url: string; process: ChildProcess }> {
  const child = start(['serve', '--json', '--library', library]);
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
