import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';
import { see, useLibrary } from './fixture.ts';

// Pieces 0 to 7 are in 8B, 4A, 6B, 2A, 4B, 12A, 2B and 10A.
describe('what mixes with a track', () => {
  const library = useLibrary(8, ['mp3', 'flac'], true);
  const view = (page: Page) => page.getByRole('region', { name: 'Mixes well with' });
  const found = (page: Page) => view(page).getByRole('listitem');

  it('is shown with the reason, heard, and gone on from', async () => {
    const page = await library.open();
    await page.getByRole('row', { name: 'Piece 1' }).click();
    await page.getByRole('button', { name: 'What mixes with this' }).click();
    await expect(view(page).getByRole('heading', { name: 'Piece 1' })).toBeVisible();
    await expect(found(page)).toHaveCount(1);
    await expect(found(page).first()).toContainText('Piece 4');
    await expect(found(page).first()).toContainText('relative key');
    await expect(found(page).first()).toContainText('Good');
    await see(page, 'mix-light');
    // By ear.
    await found(page)
      .first()
      .getByRole('button', { name: /^Play Piece 4/ })
      .click();
    await expect(
      found(page)
        .first()
        .getByRole('button', { name: /^Pause Piece 4/ }),
    ).toBeVisible();
    await found(page)
      .first()
      .getByRole('button', { name: /^Pause Piece 4/ })
      .click();
    // On from there, and back.
    await page.getByRole('button', { name: 'What mixes with “Piece 4”?' }).click();
    await expect(view(page).getByRole('heading', { name: 'Piece 4' })).toBeVisible();
    await expect(found(page).first()).toContainText('Piece 1');
    await page.getByRole('button', { name: 'Back to the track before' }).click();
    await expect(view(page).getByRole('heading', { name: 'Piece 1' })).toBeVisible();
    // A wider rule lets more mix.
    await page.getByRole('button', { name: 'Keys that mix', exact: true }).click();
    await page.getByLabel('Rule').selectOption('wide');
    await expect(found(page)).toHaveCount(2);
    await page.getByLabel('Rule').selectOption('classic');
    await expect(found(page)).toHaveCount(1);
  });

  it('is also told by sound alone, by keyboard', async () => {
    const page = await library.open('dark');
    await page.getByRole('row', { name: 'Piece 2' }).click();
    await page.keyboard.press('Alt+m');
    await expect(view(page).getByRole('heading', { name: 'Piece 2' })).toBeVisible();
    await expect(view(page)).toContainText('Nothing in the library mixes with it.');
    const tab = view(page).getByRole('button', { name: 'Sounds alike' });
    await tab.focus();
    await page.keyboard.press('Enter');
    await expect(found(page)).toHaveCount(7);
    await see(page, 'mix-alike-dark');
    await found(page).first().getByRole('button').first().focus();
    await page.keyboard.press('ArrowDown');
    await expect(found(page).nth(1).getByRole('button').first()).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add to a playlist' });
    await dialog.getByLabel('To a new playlist').fill('By ear');
    await see(page, 'playlist-add-dark');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: /^By ear 1$/ })).toBeVisible();
  });
});

describe('what mixes before anything was listened to', () => {
  const library = useLibrary(3, ['mp3'], false);

  it('is said plainly', async () => {
    const page = await library.open();
    await page.getByRole('row', { name: 'Piece 1' }).click();
    await page.keyboard.press('Alt+m');
    const view = page.getByRole('region', { name: 'Mixes well with' });
    await expect(view).toContainText('Sounds can’t be compared yet');
    await see(page, 'mix-unheard-light');
    await view.getByRole('button', { name: 'Listen to the library' }).click();
    await view.getByRole('button', { name: 'Sounds alike' }).click();
    await expect(view.getByRole('listitem')).toHaveCount(2, { timeout: 60_000 });
  });
});
