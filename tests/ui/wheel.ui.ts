import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';
import { rows, see, useLibrary } from './fixture.ts';

// Pieces 0 to 7 are in 8B, 4A, 6B, 2A, 4B, 12A, 2B and 10A.
describe('the wheel of keys', () => {
  const library = useLibrary(8, ['mp3', 'flac'], true);
  const segment = (page: Page, code: string) => page.getByRole('option', { name: new RegExp(`^${code}, `) });
  const chosen = (page: Page) =>
    page.getByRole('listbox', { name: /wheel/ }).getByRole('option', { selected: true });
  const pieces = async (page: Page) => {
    const names = await rows(page).allInnerTexts();
    return names
      .map((text) => /Piece (\d)/.exec(text)?.[1] ?? '?')
      .sort()
      .join('');
  };
  const finds = (page: Page, expected: string) => expect.poll(() => pieces(page)).toBe(expected);

  it('chooses by hand: one, several, an arc, a ring', async () => {
    const page = await library.open();
    await segment(page, '4A').click();
    await finds(page, '1');
    await segment(page, '2A').click();
    await finds(page, '3');
    await segment(page, '4A').click({ modifiers: ['ControlOrMeta'] });
    await finds(page, '13');
    await segment(page, '2A').click();
    await segment(page, '4B').click({ modifiers: ['Shift'] });
    await expect(chosen(page)).toHaveCount(6);
    await finds(page, '1346');
    await segment(page, '2A').click();
    await segment(page, '2A').click();
    await expect(chosen(page)).toHaveCount(0);
    await finds(page, '01234567');
    await page.getByRole('button', { name: 'Major', exact: true }).click();
    await expect(chosen(page)).toHaveCount(12);
    await finds(page, '0246');
  });

  it('chooses by keyboard', async () => {
    const page = await library.open();
    await segment(page, '8B').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    await finds(page, '7');
    for (let step = 0; step < 2; step++) await page.keyboard.press('Shift+ArrowRight');
    await expect(chosen(page)).toHaveCount(3);
    await finds(page, '57');
    await page.keyboard.press('Enter');
    await finds(page, '5');
    await page.keyboard.press('Escape');
    await expect(chosen(page)).toHaveCount(0);
    await page.keyboard.press('ControlOrMeta+a');
    await expect(chosen(page)).toHaveCount(24);
    await page.keyboard.press('Escape');
  });

  it('shows what mixes, by a rule that stays with the library', async () => {
    const page = await library.open();
    await segment(page, '4A').click();
    await expect(segment(page, '4B')).toHaveAccessibleName(/mixes: good/);
    await expect(segment(page, '2A')).not.toHaveAccessibleName(/mixes/);
    await page.getByLabel('Also keys that mix').check();
    await finds(page, '14');
    await page.getByRole('button', { name: 'Keys that mix', exact: true }).click();
    await page.getByLabel('Rule').selectOption('wide');
    await finds(page, '134');
    await expect(segment(page, '2A')).toHaveAccessibleName(/mixes: energy/);
    await expect(segment(page, '7B')).toHaveAccessibleName(/mixes: risky/);
    await see(page, 'wheel-rule-light');
    await page.getByLabel(/Drop by two steps/).uncheck();
    await finds(page, '14');
    await expect(page.getByLabel('Rule')).toHaveValue('');
    await page.getByLabel(/Drop by two steps/).check();
    await page.getByRole('button', { name: 'Clear all' }).click();
    // What is typed follows the same rule, in another window too.
    const other = await library.open('dark');
    await other.getByRole('combobox', { name: 'Search' }).fill('key:4A~ OR key:8B');
    await finds(other, '0134');
    await segment(other, '8B').click();
    await finds(other, '0');
    await see(other, 'wheel-dark');
    await page.getByLabel('Rule').selectOption('classic');
    await page
      .getByRole('combobox', { name: 'Search' })
      .fill('key:4A~ OR (piece -key:4A -title:"piece 5" bpm:>1)');
    await finds(page, '14');
  });

  it('counts by tag, by prediction, or by what is known best', async () => {
    const page = await library.open();
    await expect(segment(page, '4A')).toHaveAccessibleName(/1 track/);
    await page.getByLabel('Counted by').selectOption('tag');
    await expect(segment(page, '4A')).toHaveAccessibleName(/0 tracks/);
    await page.getByLabel('Counted by').selectOption('prediction');
    await expect(segment(page, '4A')).toHaveAccessibleName(/1 track/);
    await segment(page, '4A').click();
    await finds(page, '1');
  });
});
