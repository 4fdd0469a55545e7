import type { Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { see, useLibrary } from './fixture.ts';
import { missing } from './support.ts';

if (missing !== '') console.log(`Scenarios of the map skipped: ${missing}.`);

describe.skipIf(missing !== '')('the map', { timeout: 180_000 }, () => {
  const { open, made } = useLibrary(24, ['wav'], true);

  async function mapped(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await open(colorScheme);
    await page.keyboard.press('Alt+3');
    const plot = page.getByRole('application', { name: `Map of ${made.length} tracks` });
    await plot.waitFor({ timeout: 60_000 });
    // The coarse map is followed by the real one.
    await page.getByRole('button', { name: 'Arrange anew' }).waitFor({ timeout: 60_000 });
    await plot.focus();
    return page;
  }
  const chosen = (page: Page) => page.getByRole('status').filter({ hasText: /chosen/ });

  it('is made of what was listened to, and shows it by genre and by key', async () => {
    for (const look of ['light', 'dark'] as const) {
      const page = await mapped(look);
      await page.getByRole('region', { name: 'Legend' }).getByRole('checkbox').first().waitFor();
      await see(page, `map-genre-${look}`);
      await page.getByLabel('Colour').selectOption('key');
      await page.keyboard.press('Home');
      await see(page, `map-key-${look}`);
      await page.getByLabel('Colour').selectOption('genre');
    }
  });

  it('is walked through, heard and chosen from by keyboard alone', async () => {
    const page = await mapped();
    await page.keyboard.press('Home');
    const near = page.getByRole('region', { name: 'Around here' });
    await near
      .getByRole('button', { name: /^Piece \d/ })
      .first()
      .waitFor();
    const live = page.getByRole('application').locator('[aria-live]');
    await expect.poll(() => live.innerText()).toMatch(/^Piece \d+, /);
    const first = await live.innerText();
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']) await page.keyboard.press(key);
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await live.innerText()).length).toBeGreaterThan(0);
    expect(first).not.toBe('');

    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Details' }).waitFor();
    await page.keyboard.press('0');
    await page.keyboard.press('Control+a');
    await chosen(page)
      .filter({ hasText: `${made.length} chosen` })
      .waitFor();
    await page.keyboard.press('Space');
    await chosen(page)
      .filter({ hasText: `${made.length - 1} chosen` })
      .waitFor();

    // The table shows the same choice, as far as its rows are in view.
    await page.keyboard.press('Alt+1');
    const drawn = page.locator('[role=rowgroup] [role=row]');
    await drawn.first().waitFor();
    await chosen(page)
      .filter({ hasText: `${made.length - 1} chosen` })
      .waitFor();
    const unchosen = page.locator('[role=rowgroup] [role=row][aria-selected=false]');
    expect(await drawn.count()).toBeGreaterThan(10);
    expect(await unchosen.count()).toBeLessThanOrEqual(1);
  });

  it('is chosen from by rectangle and lasso, and edited from there', async () => {
    const page = await mapped();
    const plot = page.getByRole('application');
    const box = (await plot.boundingBox())!;
    await page.getByRole('radio', { name: 'Choose with a rectangle' }).check();
    await page.mouse.move(box.x + 4, box.y + 4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4, { steps: 4 });
    await see(page, 'map-rectangle');
    await page.mouse.up();
    await chosen(page)
      .filter({ hasText: `${made.length} chosen` })
      .waitFor();
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { name: `${made.length} tracks` }).waitFor();

    // A lasso round nothing chooses nothing.
    await page.getByRole('radio', { name: 'Move the view' }).check();
    const now = (await plot.boundingBox())!;
    await page.keyboard.down('Shift');
    await page.mouse.move(now.x + 3, now.y + 3);
    await page.mouse.down();
    await page.mouse.move(now.x + 12, now.y + 3, { steps: 3 });
    await page.mouse.move(now.x + 8, now.y + 12, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await expect.poll(() => chosen(page).count()).toBe(0);
  });

  it('is filtered by the legend, and dims what the search does not find', async () => {
    const page = await mapped();
    const legend = page.getByRole('region', { name: 'Legend' });
    await page.getByLabel('Colour').selectOption('key');
    const boxes = legend.getByRole('checkbox');
    const counts = (await legend.locator('.count').allInnerTexts()).map(Number);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(made.length);
    await boxes.first().uncheck();
    await page.getByRole('button', { name: 'Choose all in view' }).click();
    await chosen(page)
      .filter({ hasText: `${made.length - counts[0]!} chosen` })
      .waitFor();
    await legend.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('combobox', { name: 'Search' }).fill('"Piece 1"');
    await page.getByText(`1 of ${made.length} tracks found`).waitFor();
    await see(page, 'map-found');
    await page.getByRole('button', { name: 'Choose all in view' }).click();
    await page
      .getByRole('region', { name: 'Details' })
      .getByText('Piece 1', { exact: true })
      .first()
      .waitFor();
  });

  it('does without WebGL', async () => {
    const page = await open();
    await page.addInitScript(() => {
      const { getContext } = HTMLCanvasElement.prototype;
      Object.assign(HTMLCanvasElement.prototype, {
        getContext(this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
          return kind === 'webgl2' ? null : Reflect.apply(getContext, this, [kind, ...rest]);
        },
      });
    });
    await page.reload();
    await page.getByRole('row', { name: 'Piece 1' }).first().waitFor();
    await page.keyboard.press('Alt+3');
    await page.locator('canvas[data-painter=canvas]').waitFor();
    await page.getByRole('button', { name: 'Arrange anew' }).waitFor({ timeout: 60_000 });
    const inked = () =>
      page.locator('.plot canvas').evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return 0;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, at) => at % 4 === 3 && value > 0).length;
      });
    await expect.poll(inked).toBeGreaterThan(made.length * 40);
    await see(page, 'map-canvas');
  });

  it('shows what is under the pointer, and zooms', async () => {
    const page = await mapped();
    await page.keyboard.press('Home');
    const ring = page.locator('.plot circle');
    await ring.waitFor();
    const at = (await ring.boundingBox())!;
    await page.mouse.move(at.x + at.width / 2 + 1, at.y + at.height / 2 + 1);
    await page
      .locator('.tip')
      .getByText(/Piece \d+/)
      .waitFor();
    await see(page, 'map-tip');
    const before = Number(await ring.getAttribute('cx'));
    await page.mouse.wheel(0, -400);
    await expect.poll(() => page.locator('.plot circle').count()).toBe(1);
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(async () => Number(await ring.getAttribute('cx'))).not.toBe(before);
    await page.mouse.click(at.x + at.width / 2, at.y + at.height / 2);
  });
});

describe.skipIf(missing !== '')('the map before anything was listened to', { timeout: 120_000 }, () => {
  const { open } = useLibrary(3, ['wav'], false);

  it('says what to do', async () => {
    const page = await open();
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Map' }).click();
    await page.getByRole('heading', { name: 'There is no map yet' }).waitFor();
    await see(page, 'map-empty');
    await page.locator('.map').getByRole('button', { name: 'Listen to the tracks' }).click();
    // Three tracks: shown by their main components, as soon as they are heard.
    await page.getByRole('application', { name: 'Map of 3 tracks' }).waitFor({ timeout: 90_000 });
    await page.getByText('So few tracks').waitFor();
    await see(page, 'map-few');
  });
});
