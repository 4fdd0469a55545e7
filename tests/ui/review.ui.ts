import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { formatKey, type Key } from '../../src/shared/music/key.ts';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { cell, rows, see, useLibrary } from './fixture.ts';
import { missing } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Reviewing in a browser is skipped: ${why}.`);

describe.skipIf(why !== '')('review, search and columns', () => {
  const { made, open } = useLibrary(6, ['mp3', 'ogg'], true);
  const text = (key: Key) => formatKey(key, 'standard');

  const queue = (page: Page) => page.getByRole('list', { name: 'Waiting for review' }).getByRole('listitem');

  it('reviews predictions by keyboard only: accepts, takes the runner-up, changes, rejects, skips', async () => {
    const page = await open();
    await page.keyboard.press('Alt+2');
    await page.getByText('6 predictions to review').waitFor();
    await see(page, 'review-key');
    const title = page.locator('.card h2');
    const first = await title.innerText();
    const key = made[Number(first.replace(/\D/g, ''))]!.key;
    expect(await page.locator('.card .big').innerText()).toBe(text(key));
    await page.keyboard.press('Enter');
    await page.getByText('5 left, 1 done').waitFor();
    // The next: something else is right.
    const second = await title.innerText();
    expect(second).not.toBe(first);
    await page.keyboard.press('e');
    await page.getByLabel('The key is').waitFor();
    await page.keyboard.type('12A');
    await page.keyboard.press('Enter');
    await page.getByText('4 left, 2 done').waitFor();
    // The runner-up of the third, by one key.
    const third = await title.innerText();
    const runnerUp = (await page.getByRole('button', { name: /^It is/ }).innerText()).split(/\s/)[2]!;
    await page.keyboard.press('2');
    await page.getByText('3 left, 3 done').waitFor();
    await page.keyboard.press('x');
    await page.getByText('2 left, 4 done').waitFor();
    const fifth = await title.innerText();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => title.innerText()).not.toBe(fifth);
    // The rejection is taken back, and waits again.
    await page.keyboard.press('Control+z');
    await page.getByText('3 left, 3 done').waitFor();
    await page.keyboard.press('Alt+1');
    const keyOf = async (name: string) => {
      for (let row = 0; row < 6; row++)
        if ((await cell(page, row, 'Title')) === name) return cell(page, row, 'Key');
      return undefined;
    };
    await expect.poll(() => keyOf(first)).toContain(text(key));
    expect(await keyOf(second)).toContain('Dbm');
    expect(await keyOf(third)).toContain(runnerUp);
    await page.getByText('3 tracks edited, not written yet').waitFor();
  });

  it('accepts all above a threshold, says plainly what is unsure, and undoes it as one', async () => {
    const page = await open('dark');
    await page.getByRole('button', { name: 'Review', exact: true }).click();
    await page.getByRole('button', { name: 'Genre' }).click();
    await page.getByText('6 predictions to review').waitFor();
    await page.getByLabel('Order').selectOption({ label: 'Least sure first' });
    await expect.poll(() => queue(page).count()).toBe(6);
    const shares = await queue(page).allInnerTexts();
    const sure = shares.map((share) => Number(/(\d+)%/.exec(share)![1]));
    expect(sure).toEqual(sure.toSorted((a, b) => a - b));
    if (sure[0]! < 50)
      await page
        .locator('.card')
        .getByText(/^Unsure: .* or .*\?$/)
        .waitFor();
    await page.getByRole('slider', { name: /At least/ }).fill('50');
    const many = sure.filter((share) => share >= 50).length;
    const all = page.getByRole('button', { name: `Accept all ${many}` });
    await all.waitFor();
    await see(page, 'review-genre-dark');
    if (many === 0) return;
    await all.click();
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await expect.poll(() => queue(page).count()).toBe(6 - many);
    await page.keyboard.press('Control+z');
    await expect.poll(() => queue(page).count()).toBe(6);
  });

  it('understands the query language, completes it, and keeps searches', async () => {
    const page = await open();
    await page.keyboard.press('/');
    await page.keyboard.type('-mis');
    const option = page.getByRole('option', { name: 'missing:' });
    await option.waitFor();
    await see(page, 'completion');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: 'genre', exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    const bar = page.getByRole('combobox', { name: 'Search' });
    expect(await bar.inputValue()).toBe('-missing:genre ');
    await page.getByText('No track matches.').waitFor();
    await bar.fill(`"piece 3" -live length:<1:00`);
    await expect.poll(() => rows(page).count()).toBe(1);
    await bar.fill('bpm:fast piece');
    await page.getByText('“fast” is no number.', { exact: false }).waitFor();
    await see(page, 'query-problem');
    await bar.fill('<img src=x onerror=alert(1)>');
    await page.getByText('No track matches.').waitFor();
    await bar.fill('piece 2');
    await page.getByRole('button', { name: 'Saved searches' }).click();
    await page.getByLabel('Save this search as').fill('Two');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Forget the search “Two”' }).waitFor();
    await see(page, 'saved');
    await page.keyboard.press('Escape');
    await bar.fill('');
    const again = await open();
    await again.getByRole('button', { name: 'Saved searches' }).click();
    await again.getByRole('button', { name: /^Two/ }).click();
    await expect.poll(() => rows(again).count()).toBe(1);
  });

  it('keeps which columns there are, how wide, in which order, and sorts by several', async () => {
    const page = await open();
    const heads = (of: Page) => of.locator('[role=columnheader] .name').allInnerTexts();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('Path').check();
    await page.getByLabel('Album', { exact: true }).uncheck();
    await page.getByRole('button', { name: 'Move Path to the left' }).click();
    await see(page, 'columns');
    await page.keyboard.press('Escape');
    const title = page.getByRole('columnheader', { name: 'Title' });
    const before = (await title.boundingBox())!.width;
    await title.getByRole('button').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('Alt+Shift+ArrowRight');
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(async () => (await title.boundingBox())!.width).toBeGreaterThan(before + 60);
    await page.getByRole('columnheader', { name: 'Artist' }).getByRole('button').click();
    await title.getByRole('button').click({ modifiers: ['Shift'] });
    await title.getByRole('button').click({ modifiers: ['Shift'] });
    await expect.poll(() => cell(page, 0, 'Title')).toBe('Piece 5');
    await page.waitForTimeout(800);
    const kept = await heads(page);
    expect(kept.indexOf('Artist')).toBeLessThan(kept.indexOf('Title'));
    expect(kept).not.toContain('Album');
    const again = await open();
    await expect.poll(() => heads(again)).toEqual(kept);
    await expect.poll(() => cell(again, 0, 'Title')).toBe('Piece 5');
  });

  it('lists every shortcut', async () => {
    const page = await open();
    await page.getByRole('grid').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await see(page, 'help');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });
});
