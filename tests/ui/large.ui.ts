import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fill } from '../../bench/catalogue/synthetic.ts';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { cell, openPage, rows, see } from './fixture.ts';
import { launch, missing, served } from './support.ts';

/** Enough for pages that were never fetched; `bench/ui.ts` takes a million. */
const TRACKS = 20_000;

if (missing !== '') console.log(`The large library in a browser is skipped: ${missing}.`);

describe.skipIf(missing !== '')(`${TRACKS.toLocaleString('en')} tracks`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-ui-'));
  const library = join(folder, 'library.cratewise');
  let browser: Browser;
  let server: { url: string; process: ChildProcess };

  beforeAll(async () => {
    const catalogue = openCatalogue(library);
    fill(catalogue, TRACKS, () => {});
    catalogue.close();
    server = await served(library);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(): Promise<Page> {
    const page = await openPage(browser, server.url, {
      deviceScaleFactor: 2,
      viewport: { width: 1440, height: 860 },
    });
    await page.getByText('20,000 tracks').waitFor();
    return page;
  }

  it('draws only what is seen, and goes to the end and back', async () => {
    const page = await open();
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await expect.poll(() => cell(page, TRACKS - 1, 'Title')).not.toBe('');
    expect(await rows(page).count()).toBeLessThan(50);
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { name: await cell(page, TRACKS - 1, 'Title') }).waitFor();
    await page.keyboard.press('Home');
    await expect.poll(() => cell(page, 0, 'Title')).not.toBe('');
  });

  it('chooses a run of rows that were never fetched, and edits all of them in one step', async () => {
    const page = await open();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.getByText('20,000 chosen').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+a');
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { name: '20,000 tracks' }).waitFor();
    await details.getByText('What you type is given').waitFor();
    await see(page, 'large-all');
    await details.getByRole('textbox', { name: 'Grouping' }).fill('Crate 1');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Grouping of 20,000 tracks edited' }).waitFor();
    await page.getByText('20,000 tracks edited, not written yet').waitFor();
    // One left out: it keeps its edit when the others lose theirs.
    await page.getByRole('grid').focus();
    await page.keyboard.press('Shift+Space');
    await page.getByText('19,999 chosen').waitFor();
    await details.getByRole('button', { name: 'Take back the edit of Grouping' }).click();
    await page.getByText('1 track edited, not written yet').waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.getByText('not written yet', { exact: false }).count()).toBe(0);
  });

  it('finds while typing, in the words of an edit too', async () => {
    const page = await open();
    const bar = page.getByRole('combobox', { name: 'Search' });
    await bar.fill('bpm:>178 -missing:genre');
    await expect
      .poll(async () => Number((await page.locator('.found').innerText()).split(' ')[0]!.replace(',', '')))
      .toBeLessThan(400);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('F2');
    await page.keyboard.type('Xylophonia');
    await page.keyboard.press('Enter');
    await page.getByText('1 track edited, not written yet').waitFor();
    await bar.fill('xylophonia');
    // Words are indexed a moment after the edit; a look too early finds nothing.
    await expect
      .poll(async () => {
        await bar.fill('xylophoni');
        await bar.fill('xylophonia');
        await page.waitForTimeout(300);
        return rows(page).count();
      })
      .toBe(1);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+z');
  });

  it('shows what the last keystroke asks for, however fast they come, from the first row to the last', async () => {
    const page = await open();
    const catalogue = openCatalogue(library, { access: 'read' });
    try {
      const bar = page.getByRole('combobox', { name: 'Search' });
      const grid = page.getByRole('grid');
      for (const text of ['vebe', 'b', 'ba', 'lobe']) {
        await bar.fill('');
        await bar.pressSequentially(text);
        const total = catalogue.count({ text });
        expect(total).toBeGreaterThan(0);
        await page
          .locator('.found')
          .getByText(`${total.toLocaleString('en')} of`)
          .waitFor();
        await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
        const [first] = catalogue.search({ text }, { limit: 1 }).rows;
        await expect.poll(() => cell(page, 0, 'Title')).toBe(first!.title);
        await grid.focus();
        await page.keyboard.press('End');
        const [last] = catalogue.search({ text }, { limit: 1, descending: true }).rows;
        await expect.poll(() => cell(page, total - 1, 'Title')).toBe(last!.title);
      }
    } finally {
      catalogue.close();
    }
  });
});
