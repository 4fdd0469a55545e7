import type { Page } from '@playwright/test';
import type { Visit } from './screen.ts';

// What several screens begin with.

export const row = (page: Page) => page.locator('[role=rowgroup] [role=row] [role=gridcell]').nth(1);

export async function tracks({ page }: Visit): Promise<void> {
  await row(page).waitFor();
  await page.getByRole('grid').focus();
}

/** The keyboard on a row of the table. */
export async function at(visit: Visit, place: number): Promise<void> {
  await tracks(visit);
  await visit.page.keyboard.press('Home');
  for (let i = 0; i < place; i++) await visit.page.keyboard.press('ArrowDown');
}

export async function search(visit: Visit, text: string): Promise<void> {
  await tracks(visit);
  await visit.page.keyboard.press('/');
  await visit.page.keyboard.type(text);
}

export async function review(visit: Visit): Promise<void> {
  await tracks(visit);
  const { page, t } = visit;
  await page.getByRole('button', { name: t.views.review, exact: true }).click();
  await page.getByRole('button', { name: t.table.columns.key, exact: true }).click();
  await page
    .getByRole('combobox', { name: t.review.scope })
    .selectOption('all')
    .catch(() => {});
  await page.locator('kbd').first().waitFor();
  // How many would be accepted is counted last.
  await page.locator('.all button:enabled').waitFor();
}

/** Five tracks with an edit that waits. */
export async function edited(visit: Visit): Promise<void> {
  await at(visit, 2);
  for (let i = 0; i < 4; i++) await visit.page.keyboard.press('Shift+ArrowDown');
  const { page, t } = visit;
  const details = page.getByRole('region', { name: t.details.title });
  await details.getByRole('textbox', { name: t.details.field('grouping') }).fill('Late');
  await page.keyboard.press('Enter');
  await page.getByText(t.edits.waiting(5)).waitFor();
}

/** The view of a name, as the bar of views opens it. */
export async function view(visit: Visit, name: string): Promise<void> {
  await tracks(visit);
  const views = visit.page.getByRole('navigation', { name: visit.t.views.label });
  await views.getByRole('button', { name, exact: true }).click();
}
