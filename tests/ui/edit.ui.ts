import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { cell, hasMutagen, mutagen, rows, see, useLibrary } from './fixture.ts';
import { missing } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Editing in a browser is skipped: ${why}.`);

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe.skipIf(why !== '')('editing and writing', () => {
  const { made, open, restart } = useLibrary(8, ['mp3', 'flac'], false);

  /** The grid with the keyboard on a row; the cell of the title. */
  async function at(page: Page, row: number): Promise<void> {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < row; i++) await page.keyboard.press('ArrowDown');
  }
  const status = (page: Page, text: string | RegExp) =>
    page.getByRole('status').filter({ hasText: text }).first().waitFor();

  it('edits fields by keyboard, goes on to the next, and undoes and does again', async () => {
    const page = await open();
    await at(page, 2);
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Edit Title' }).waitFor();
    await page.keyboard.type('<b>Renamed</b>');
    await page.keyboard.press('Tab');
    await page.getByRole('textbox', { name: 'Edit Artist' }).waitFor();
    await page.keyboard.type('One; Two');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('textbox', { name: 'Edit Artist' }).waitFor();
    await page.keyboard.type('Nobody');
    await page.keyboard.press('Escape');
    await expect.poll(() => cell(page, 2, 'Title')).toBe('<b>Renamed</b>');
    expect(await cell(page, 2, 'Artist')).toBe('One; Two');
    expect(await cell(page, 3, 'Artist')).not.toBe('Nobody');
    expect(
      await page
        .getByRole('row', { name: 'Renamed' })
        .getByRole('img', { name: /^Edited/ })
        .count(),
    ).toBe(1);
    await page.getByText('1 track edited, not written yet').waitFor();
    await see(page, 'edited');
    await page.keyboard.press('Control+z');
    await status(page, 'Undone: artist of 1 track edited');
    await page.keyboard.press('Control+z');
    await expect.poll(() => cell(page, 2, 'Title')).toBe('Piece 2');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => cell(page, 2, 'Title')).toBe('<b>Renamed</b>');
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.getByText('not written yet', { exact: false }).count()).toBe(0);
  });

  it('edits several at once, fills down, replaces, and takes one field back', async () => {
    const page = await open();
    await at(page, 1);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowDown');
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { name: '4 tracks' }).waitFor();
    await expect
      .poll(() => details.getByRole('textbox', { name: 'Title' }).getAttribute('placeholder'))
      .toBe('(multiple)');
    expect(await details.getByRole('textbox', { name: 'Artist', exact: true }).inputValue()).not.toBe('');
    await details.getByRole('textbox', { name: 'Album', exact: true }).fill('Together');
    await page.keyboard.press('Enter');
    await status(page, 'Album of 4 tracks edited');
    await see(page, 'several');
    await page.getByRole('grid').focus();
    // The genre of the first of them, then all the others.
    await at(page, 1);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Edit Genre' }).waitFor();
    await page.keyboard.type('Deep House; Dub');
    await page.keyboard.press('Enter');
    await expect.poll(() => cell(page, 1, 'Genre')).toContain('Deep House; Dub');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Control+d');
    await status(page, 'Genre of 2 tracks filled');
    expect(await cell(page, 3, 'Genre')).toContain('Deep House; Dub');
    await page.keyboard.press('Control+Shift+f');
    const dialog = page.getByRole('dialog', { name: 'Find and replace' });
    await dialog.getByLabel('Find', { exact: true }).fill('house');
    await dialog.getByLabel('Replace with').fill('Techno');
    await dialog.getByText('3 fields in 3 tracks would change:').waitFor();
    await see(page, 'replace');
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await expect.poll(() => cell(page, 2, 'Genre')).toContain('Deep Techno; Dub');
    // Everything, by one key; then one field of it back.
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+a');
    await details.getByRole('heading', { name: '8 tracks' }).waitFor();
    await details.getByRole('button', { name: 'Take back the edit of Genre' }).click();
    await status(page, 'Edits of 3 tracks taken back');
    expect(await cell(page, 2, 'Genre')).not.toContain('Techno');
    await page.getByText('4 tracks edited, not written yet').waitFor();
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await expect.poll(() => page.getByText('not written yet', { exact: false }).count()).toBe(0);
  });

  it('loses no edit to a crash, writes what was seen, and puts it back after a restart', async () => {
    const before = made.map(({ path }) => hash(path));
    let page = await open();
    await at(page, 0);
    await page.keyboard.press('F2');
    await page.keyboard.type('Written by us');
    await page.keyboard.press('Enter');
    await page.getByText('1 track edited, not written yet').waitFor();
    await page.keyboard.press('Shift+ArrowDown');
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { name: '2 tracks' }).waitFor();
    await details.getByRole('textbox', { name: 'Key' }).fill('8A');
    await page.keyboard.press('Enter');
    await page.getByText('2 tracks edited, not written yet').waitFor();
    await restart('SIGKILL');
    page = await openAgain();
    await page.getByText('2 tracks edited, not written yet').waitFor();
    // Nothing was written.
    expect(made.map(({ path }) => hash(path))).toEqual(before);
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Write 2 files' });
    await dialog.getByText('Written by us').waitFor();
    await dialog.getByLabel('Keys as').selectOption('open-key');
    await expect.poll(() => dialog.locator('ins', { hasText: /^1m$/ }).count()).toBe(2);
    await see(page, 'write');
    await dialog.getByRole('button', { name: 'Write 2 files' }).click();
    await page.getByText('2 files written.').waitFor();
    await see(page, 'written');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(() => page.getByText('not written yet', { exact: false }).count()).toBe(0);
    const marked = page.getByRole('row', { name: 'Written by us' }).getByRole('img');
    await expect.poll(() => marked.first().getAttribute('aria-label')).toMatch(/^Tagged, written/);
    if (hasMutagen) {
      const tags = made.slice(0, 2).map(({ path }) => mutagen(path));
      expect(tags[0]!.title).toEqual(['Written by us']);
      for (const tag of tags) expect(tag.initialkey ?? tag.key ?? '1m').toContain('1m');
    }
    expect(made.slice(2).map(({ path }) => hash(path))).toEqual(before.slice(2));
    await restart('SIGINT');
    page = await openAgain();
    await page.getByRole('grid').focus();
    // Undo asks first, since files are to change.
    await page.keyboard.press('Control+z');
    const history = page.getByRole('dialog', { name: 'What was written' });
    await history.getByText('Put 2 files back as they were?').waitFor();
    await see(page, 'history');
    await history.getByRole('button', { name: 'Put back', exact: true }).click();
    await history.getByText('2 files put back.').waitFor();
    expect(made.map(({ path }) => hash(path))).toEqual(before);
    await page.keyboard.press('Escape');
    await page.getByText('2 tracks edited, not written yet').waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.getByText('not written yet', { exact: false }).count()).toBe(0);

    async function openAgain(): Promise<Page> {
      const again = await open().catch(() => null);
      return again ?? open();
    }
  });

  it('says why a file could not be written, and keeps its edit', async () => {
    const page = await open();
    await at(page, 4);
    await page.keyboard.press('F2');
    await page.keyboard.type('Too late');
    await page.keyboard.press('Enter');
    await page.getByText('1 track edited, not written yet').waitFor();
    appendFileSync(made[4]!.path, 'x');
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Write 1 file' }).click();
    await page.getByText('No file was written.').waitFor();
    await page.getByText('1 file could not be written and stays as it was:').waitFor();
    await see(page, 'failed');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: '1 file could not be written' }).click();
    await expect.poll(() => rows(page).count()).toBe(1);
    const mark = page.getByRole('row', { name: 'Too late' }).getByRole('img').first();
    expect(await mark.getAttribute('aria-label')).toMatch(/writing it failed/);
    await page.keyboard.press('Control+z');
  });
});
