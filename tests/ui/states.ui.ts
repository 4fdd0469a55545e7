import { execFileSync } from 'node:child_process';
import type { WebSocketRoute } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { cell, hasMutagen, mutagen, rows, useLibrary } from './fixture.ts';
import { missing } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`What goes wrong in a browser is not tested: ${why}.`);

describe.skipIf(why !== '')('what goes wrong', () => {
  const { made, open } = useLibrary(4, ['mp3'], false);

  it('takes up a connection that has ended where it was', async () => {
    const page = await open();
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/./, (socket) => {
      sockets.push(socket);
      socket.connectToServer();
    });
    await page.reload();
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('piece 3');
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(sockets).toHaveLength(1);
    await sockets[0]!.close({ code: 1011 });
    await expect.poll(() => sockets.length).toBe(2);
    await expect.poll(() => page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe('piece 3');
    await expect.poll(() => rows(page).count()).toBe(1);
  });

  it.skipIf(!hasMutagen)(
    'puts old values back over what something else has written, when asked twice',
    async () => {
      const page = await open();
      await page.getByRole('grid').focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('F2');
      await page.keyboard.type('Written by us');
      await page.keyboard.press('Enter');
      await expect.poll(() => cell(page, 0, 'Title')).toBe('Written by us');
      await page.keyboard.press('Control+s');
      await page.getByRole('button', { name: 'Write 1 file' }).click();
      await page.getByText('1 file written.').waitFor();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      const { path } = made[0]!;
      const script =
        "import sys,mutagen\nf=mutagen.File(sys.argv[1],easy=True)\nf['title']='Written elsewhere'\nf['album']='Theirs'\nf.save()";
      execFileSync('/usr/bin/python3', ['-c', script, path]);

      await page.keyboard.press('Control+Shift+h');
      const history = page.getByRole('dialog', { name: 'What was written' });
      await history.getByRole('button', { name: 'Put back…' }).click();
      await history.getByRole('button', { name: 'Put back', exact: true }).click();
      await history.getByText(/1 file was changed by something else since/).waitFor();
      expect(mutagen(path).title).toEqual(['Written elsewhere']);
      await history.getByRole('button', { name: 'Put old values back…' }).click();
      await history.getByText(/Write the old values into 1 file anyway\?/).waitFor();
      // Nothing happens by an Enter too many: the keyboard is on the way out.
      expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Leave');
      expect(mutagen(path).title).toEqual(['Written elsewhere']);
      await history.getByRole('button', { name: 'Write the old values' }).click();
      await history.getByText('1 file put back.').waitFor();
      expect(mutagen(path)).toMatchObject({ title: ['Piece 0'], album: ['Theirs'] });
    },
  );
});
