import { mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { afterAll, describe, it } from 'vitest';
import { parseM3u } from '../../src/shared/playlist/m3u.ts';
import { see, useLibrary } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'cratewise-playlists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Saves what the export dialog makes; returns its text. */
async function saved(page: Page): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).click();
  const download = await coming;
  const path = join(folder, 'saved');
  await download.saveAs(path);
  return { name: download.suggestedFilename(), text: readFileSync(path, 'utf8') };
}

const list = (page: Page) => page.getByRole('listbox', { name: /^Tracks of/ });
const items = (page: Page) => list(page).getByRole('option');
const order = async (page: Page) => {
  const texts = await items(page).allInnerTexts();
  return texts.map((text) => /Piece (\d)/.exec(text)?.[1] ?? '?').join('');
};
const stands = (page: Page, expected: string) => expect.poll(() => order(page)).toBe(expected);
const open = (page: Page, name: string) =>
  page.locator('section.playlists').getByRole('button', { name }).click();

// Pieces 0 to 7 are in 8B, 4A, 6B, 2A, 4B, 12A, 2B and 10A.
describe('playlists', () => {
  const library = useLibrary(8, ['mp3', 'flac'], true);

  it('are made of what mixes and of a search, and exported', async () => {
    const page = await library.open();
    await page.getByRole('row', { name: 'Piece 1' }).click();
    await page.getByRole('button', { name: 'What mixes with this' }).click();
    await page.getByRole('button', { name: 'Add “Piece 4” to a playlist' }).click();
    await page.getByLabel('To a new playlist').fill('Set');
    await page.getByRole('button', { name: 'New playlist' }).last().click();
    await open(page, 'Set');
    await stands(page, '4');
    // The rest of the library behind it, in the order of the table.
    await page.getByRole('button', { name: 'Tracks', exact: true }).click();
    await page.getByRole('button', { name: 'Close the details' }).click();
    await page.getByRole('button', { name: 'Add to a playlist' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^Set/ }).click();
    await expect(page.getByText('7 tracks added to “Set”. 1 was in it already.')).toBeVisible();
    await open(page, 'Set');
    await stands(page, '40123567');
    await page.getByRole('button', { name: 'Order for mixing' }).click();
    await expect(page.getByText('In an order in which each track mixes')).toBeVisible();
    const mixing = await order(page);
    expect(mixing[0]).toBe('4');
    expect(mixing).not.toBe('40123567');
    // The two pairs that mix by the rule stand together.
    expect(mixing).toMatch(/41/);
    expect(mixing).toMatch(/36|63/);
    await see(page, 'playlist-light');
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByLabel('Paths').selectOption({ index: 1 });
    await see(page, 'export-m3u8-light');
    const { name, text } = await saved(page);
    expect(name).toBe('Set.m3u8');
    const file = parseM3u(text);
    expect(file.name).toBe('Set');
    expect(file.entries.map((entry) => /track 00(\d)\.(?:mp3|flac)$/.exec(entry.path)?.[1]).join('')).toBe(
      mixing,
    );
    expect(file.entries.every((entry) => !entry.path.startsWith('/') && entry.seconds === 12)).toBe(true);
    await expect(page.getByText('8 tracks in Set.m3u8.')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  });

  it('are reordered by keyboard and by hand, and everything is undone', async () => {
    const page = await library.open('dark');
    await page.getByRole('grid').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.getByRole('button', { name: 'Add to a playlist' }).click();
    await page.getByLabel('To a new playlist').fill('Hand <b>made</b>');
    await page.keyboard.press('Enter');
    await open(page, 'Hand <b>made</b>');
    await stands(page, '01234567');
    await list(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Alt+ArrowDown');
    await stands(page, '10234567');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Alt+ArrowDown');
    await stands(page, '13024567');
    await page.keyboard.press('Delete');
    await stands(page, '134567');
    await expect(page.getByText('2 tracks removed.')).toBeVisible();
    await page.keyboard.press('ControlOrMeta+z');
    await stands(page, '13024567');
    await page.keyboard.press('ControlOrMeta+z');
    await page.keyboard.press('ControlOrMeta+z');
    await stands(page, '01234567');
    await page.keyboard.press('ControlOrMeta+Shift+z');
    await stands(page, '10234567');
    // By hand: the first to behind the third.
    const box = (await items(page).first().boundingBox())!;
    await page.mouse.move(box.x + 80, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 80, box.y + 60, { steps: 4 });
    await page.mouse.move(box.x + 80, box.y + 3 * box.height, { steps: 4 });
    await see(page, 'playlist-drag-dark');
    await page.mouse.up();
    await stands(page, '02134567');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Other');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Other' })).toBeVisible();
    await page.getByRole('button', { name: 'Delete playlist' }).click();
    await expect(page.getByText('“Other” was deleted.')).toBeVisible();
    await page.locator('section.playlist').getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Other' })).toBeVisible();
    await stands(page, '02134567');
    await see(page, 'playlist-dark');
  });

  it('stay after a restart, with files that moved and files that are gone', async () => {
    await library.restart('SIGKILL');
    const page = await library.open();
    const zero = library.made[0];
    const last = library.made[7];
    renameSync(zero!.path, zero!.path.replace('track', 'moved'));
    unlinkSync(last!.path);
    await page.getByRole('button', { name: 'Look for changes' }).click();
    await open(page, 'Other');
    await expect(items(page).filter({ hasText: 'Piece 7' })).toContainText('The file is missing');
    await expect(items(page).filter({ hasText: 'Piece 0' })).not.toContainText('missing');
    await stands(page, '02134567');
    await see(page, 'playlist-missing-light');
    await page.getByRole('button', { name: 'Export…' }).click();
    const { text } = await saved(page);
    expect(parseM3u(text).entries).toHaveLength(7);
    await expect(page.getByText(/^1 track left out, for the files are not there/)).toBeVisible();
    await see(page, 'export-done-light');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    // And in again from the file.
    const back = join(folder, 'Back again.m3u8');
    writeFileSync(back, text.replace(/^#PLAYLIST.*\n/m, ''));
    await page.getByLabel('Import a playlist file').first().setInputFiles(back);
    await expect(page.getByRole('heading', { name: 'Back again' })).toBeVisible();
    await stands(page, '0213456');
  });

  it('are tables, too, safe for spreadsheets', async () => {
    const page = await library.open();
    await page.getByRole('combobox', { name: 'Search' }).fill('"piece 2" OR "piece 3"');
    await expect.poll(() => page.locator('[role=rowgroup] [role=row]').count()).toBe(2);
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByLabel(/Table \(CSV\)/).check();
    await page.getByLabel('Path', { exact: true }).uncheck();
    await page.getByLabel('Predicted key').check();
    await see(page, 'export-csv-light');
    const { name, text } = await saved(page);
    expect(name).toBe('Tracks.csv');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toBe('title,artist,album,genre,key,camelot,bpm,year,seconds,predictedKey');
    expect(lines.map((line) => line.split(',')[0])).toEqual(['Piece 2', 'Piece 3']);
    expect(lines[0]).toMatch(/^Piece 2,Ütest,,,,6B,,,12(?:\.\d+)?,Bb$/);
  });
});
