import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { see, useLibrary } from './fixture.ts';
import { missing } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Listening in a browser is skipped: ${why}.`);

const FORMATS = ['mp3', 'flac', 'm4a', 'ogg', 'opus', 'wav', 'aiff'] as const;

const player = (page: Page) => page.getByRole('region', { name: 'Player' });
const button = (page: Page, name: string) => player(page).getByRole('button', { name, exact: true });
const slider = (page: Page) => page.getByRole('slider', { name: 'Position' });
const position = async (page: Page) => Number(await slider(page).getAttribute('aria-valuenow'));
const title = (page: Page) => player(page).locator('.title').innerText();

/** Chooses the row of a piece. */
async function choose(page: Page, piece: number): Promise<void> {
  await page
    .getByRole('row', { name: `Piece ${piece}` })
    .locator('[data-column="1"]')
    .click();
}

/** The waveform is there: it is drawn in more than one height. */
async function drawn(page: Page): Promise<void> {
  await expect.poll(() => slider(page).getAttribute('class')).not.toContain('loading');
}

describe.skipIf(why !== '')('listening', () => {
  const { open } = useLibrary(7, FORMATS, true);

  it.each(FORMATS.map((format, piece) => ({ format, piece })))('plays $format', async ({ piece }) => {
    const page = await open();
    await choose(page, piece);
    await page.keyboard.press('Space');
    await button(page, 'Pause').waitFor();
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
    expect(await title(page)).toBe(`Piece ${piece}`);
    await expect.poll(() => slider(page).getAttribute('aria-valuemax')).toMatch(/^1[12]$/);
    await page.keyboard.press('Space');
    await button(page, 'Play').waitFor();
  });

  it('goes to a place by pointer and by keyboard', async () => {
    const page = await open();
    await choose(page, 0);
    await page.keyboard.press('Space');
    await expect.poll(() => position(page)).toBeGreaterThanOrEqual(1);
    await page.keyboard.press('Space');
    await drawn(page);
    const { x, y, width, height } = (await slider(page).boundingBox())!;
    await page.mouse.click(x + width * 0.8, y + height / 2);
    await expect.poll(() => position(page)).toBe(9);
    await see(page, 'player');
    // The table keeps the keyboard; its own arrows walk.
    await page.getByRole('grid').focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => position(page)).toBe(4);
    await slider(page).focus();
    expect(await slider(page).getAttribute('aria-valuetext')).toBe('0:04 of 0:12');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => position(page)).toBe(9);
    await page.keyboard.press('Home');
    await expect.poll(() => position(page)).toBe(0);
    await page.keyboard.press('End');
    await expect.poll(() => position(page)).toBeGreaterThanOrEqual(11);
  });

  it('steps from row to row without a gap, follows the choice, and goes on at the end', async () => {
    const page = await open('dark');
    await choose(page, 1);
    await page.keyboard.press('Space');
    await expect.poll(() => position(page)).toBeGreaterThanOrEqual(1);
    // The next one is ready by then.
    await page.keyboard.press('j');
    await expect.poll(() => title(page)).toBe('Piece 2');
    await expect
      .poll(() => page.getByRole('row', { name: 'Piece 2' }).getAttribute('aria-selected'))
      .toBe('true');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => title(page)).toBe('Piece 3');
    await expect.poll(() => position(page)).toBeGreaterThanOrEqual(1);
    await page.keyboard.press('k');
    await expect.poll(() => title(page)).toBe('Piece 2');
    await drawn(page);
    await page.getByRole('row', { name: 'In the player: Piece 2' }).waitFor();
    // Looking takes longer than a piece, on a slow machine.
    await page.keyboard.press('Space');
    await button(page, 'Play').waitFor();
    await see(page, 'player-dark');
    await page.keyboard.press('Space');
    await button(page, 'Pause').waitFor();
    await button(page, 'Play what is chosen').click();
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('region', { name: 'Details' }).getByRole('heading', { name: 'Piece 4' }).waitFor();
    await slider(page).focus();
    await page.keyboard.press('End');
    await expect.poll(() => title(page)).toBe('Piece 3');
    // It went on by itself: what is chosen stays chosen.
    expect(await page.getByRole('row', { name: 'Piece 4' }).getAttribute('aria-selected')).toBe('true');
    await button(page, 'Close the player').click();
    await expect.poll(() => player(page).count()).toBe(0);
  });

  it('keeps how it plays', async () => {
    const page = await open();
    await choose(page, 0);
    await page.keyboard.press('Space');
    await button(page, 'Pause').click();
    await player(page).getByRole('slider', { name: 'Volume' }).fill('0.3');
    await button(page, 'Equal loudness').click();
    const kept = async () => {
      const again = await open();
      await choose(again, 0);
      await again.keyboard.press('Space');
      await button(again, 'Pause').waitFor();
      return [
        await player(again).getByRole('slider', { name: 'Volume' }).inputValue(),
        await button(again, 'Equal loudness').getAttribute('aria-pressed'),
      ];
    };
    await expect.poll(kept, { timeout: 30_000 }).toEqual(['0.3', 'false']);
  });

  it('hears the telling passage in review, by one key, and that of the next one', async () => {
    const page = await open();
    await page.keyboard.press('Alt+2');
    const name = () => page.locator('.card h2').innerText();
    await page.getByText(/predictions to review/).waitFor();
    const first = await name();
    await page.keyboard.press('p');
    await expect.poll(() => title(page)).toBe(first);
    await button(page, 'Pause').waitFor();
    await page.keyboard.press('ArrowDown');
    await expect.poll(name).not.toBe(first);
    await expect.poll(async () => (await title(page)) === (await name())).toBe(true);
    await button(page, 'Pause').waitFor();
    await page.keyboard.press('Space');
    await button(page, 'Play').waitFor();
    await see(page, 'review-passage');
    await page.keyboard.press('Space');
    await button(page, 'Pause').waitFor();
  });
});
