import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg, makeLibrary } from '../e2e/support/music.ts';
import { rows, see, useLibrary } from './fixture.ts';
import { inElectron, missing } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Listening in a browser is skipped: ${why}.`);

const TRACKS = 40;

/** Processes below another that run a module of ours; where the system shows them. */
function workersOf(parent: number, module: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, , ppid] = readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/\(.*\)/s, '()')
          .split(' ')
          .slice(1);
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return Number(ppid) === parent && command.includes(module);
      } catch {
        // It has ended meanwhile.
        return false;
      }
    })
    .map(Number);
}

describe.skipIf(why !== '')('what goes on', () => {
  const { open, restart, folder, pid } = useLibrary(TRACKS, ['mp3'], false);
  const panel = (page: Page) => page.getByRole('group', { name: 'What goes on' });
  const openPanel = async (page: Page) => {
    await page.getByRole('button', { name: 'What goes on' }).click();
    await panel(page).waitFor();
  };

  beforeAll(() => {
    // One that is no music behind its name, and one that can't be decoded.
    writeFileSync(join(folder, 'music', 'broken.mp3'), 'This is no music at all. '.repeat(200));
    writeFileSync(join(folder, 'music', 'empty.flac'), '');
  });

  it('lists files that can’t be read, finds, copies and tries them again', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Look for changes' }).click();
    await page.getByText(/Scan finished: .*, 2 files failed/).waitFor();
    await openPanel(page);
    await see(page, 'work-panel');
    await panel(page).getByText('2 files with problems').waitFor();
    await panel(page).getByRole('button', { name: 'Show' }).click();
    const dialog = page.getByRole('dialog', { name: 'Files with problems' });
    await dialog.getByRole('heading', { name: 'broken.mp3' }).waitFor();
    expect(await dialog.getByRole('listitem').count()).toBe(2);
    await see(page, 'problems');
    await dialog.getByRole('searchbox').fill('EMPTY');
    await expect.poll(() => dialog.getByRole('listitem').count()).toBe(1);
    await dialog.getByRole('heading', { name: 'empty.flac' }).waitFor();
    await dialog.getByRole('searchbox').fill('');
    await dialog.getByRole('button', { name: /^Not listened to/ }).click();
    await dialog.getByText('No problem matches.').waitFor();
    await dialog.getByRole('button', { name: /^All/ }).click();
    // One of them is repaired and tried again: it alone leaves the list.
    const [good] = makeLibrary(folder, 1, 11, ['mp3']);
    copyFileSync(good!.path, join(folder, 'music', 'broken.mp3'));
    await dialog.getByRole('checkbox', { name: 'Choose broken.mp3' }).check();
    await dialog.getByRole('button', { name: 'Try 1 file again' }).click();
    await dialog.getByText('1 file is being tried again.').waitFor();
    await expect.poll(() => dialog.getByRole('listitem').count()).toBe(1);
    await dialog.getByRole('button', { name: 'Show in the table: empty.flac' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => rows(page).count()).toBe(1);
  });

  it('listens with counts and pace, is paused over a restart, and goes on', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Listen', exact: true }).click();
    // At once: before the first tracks are done.
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await openPanel(page);
    await panel(page).getByRole('heading', { name: 'Paused' }).waitFor();
    await panel(page).getByRole('button', { name: 'Go on' }).waitFor();
    await page.getByText(/^Paused \d+/).waitFor();
    await see(page, 'paused');
    await page.close();
    await restart('SIGKILL');

    const again = await open('dark');
    await openPanel(again);
    await panel(again).getByRole('heading', { name: 'Paused' }).waitFor();
    await see(again, 'paused-dark');
    await panel(again).getByRole('button', { name: 'Cancel' }).click();
    await panel(again).getByRole('button', { name: 'Keep it' }).click();
    await panel(again).getByRole('button', { name: 'Go on' }).click();
    await again.getByText(/Listened to \d+ tracks?/).waitFor();
    await panel(again).getByText('Nothing is being listened to.').waitFor();
    await see(again, 'listened-dark');
  });

  // Processes can be looked at by /proc alone; in Electron they are called otherwise.
  it.skipIf(process.platform !== 'linux' || inElectron)(
    'loses one track’s work where an analyser is killed, and ends the batch right',
    async () => {
      const page = await open();
      const all = TRACKS + 1;
      // Everything again: chosen and asked for.
      await rows(page).first().click();
      await page.keyboard.press('Control+a');
      await openPanel(page);
      await panel(page)
        .getByText(`The ${all + 1} chosen tracks`)
        .waitFor();
      await panel(page).getByRole('button', { name: 'Listen to them again' }).click();
      let killed = 0;
      await expect
        .poll(() => {
          for (const worker of workersOf(pid(), 'analyser')) {
            process.kill(worker, 'SIGKILL');
            killed++;
            return killed;
          }
          return killed;
        })
        .toBeGreaterThan(0);
      // Not what is said of the listening before: that is over, and this one is, too.
      await expect
        .poll(() => page.getByRole('progressbar', { name: 'Listening' }).count(), { timeout: 100_000 })
        .toBe(0);
      await page.getByText(`Listened to ${all} tracks`).waitFor();
      // Nothing was set aside: it died once.
      await expect.poll(async () => (await page.getByText(/files? failed/).count()) === 0).toBe(true);
      await see(page, 'after-a-kill');
    },
    180_000,
  );

  it('follows a scan where that is wished for, and hears what was found', async () => {
    const page = await open();
    await openPanel(page);
    await panel(page).getByRole('checkbox', { name: 'Listen to new tracks after each scan' }).check();
    const [more] = makeLibrary(folder, 1, 13, ['flac']);
    copyFileSync(more!.path, join(folder, 'music', `new ${basename(more!.path)}`));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Look for changes' }).click();
    await page.getByText('Listened to 1 track').waitFor();
  });
});
