import type { Page } from '@playwright/test';
import type { Screen, Visit } from './screen.ts';

// Every screen and dialog, in the order in which somebody meets them. A new one is an entry here: its steps find things
// by the words of `t`, and leave the library so that the next ones find what they need. Those that change it stand last.

const row = (page: Page) => page.locator('[role=rowgroup] [role=row] [role=gridcell]').nth(1);

async function tracks({ page }: Visit): Promise<void> {
  await row(page).waitFor();
  await page.getByRole('grid').focus();
}

/** The keyboard on a row of the table. */
async function at(visit: Visit, place: number): Promise<void> {
  await tracks(visit);
  await visit.page.keyboard.press('Home');
  for (let i = 0; i < place; i++) await visit.page.keyboard.press('ArrowDown');
}

async function search(visit: Visit, text: string): Promise<void> {
  await tracks(visit);
  await visit.page.keyboard.press('/');
  await visit.page.keyboard.type(text);
}

async function review(visit: Visit): Promise<void> {
  await tracks(visit);
  const { page, t } = visit;
  await page.getByRole('button', { name: t.views.review, exact: true }).click();
  await page.getByRole('button', { name: t.table.columns.key, exact: true }).click();
  await page
    .getByRole('combobox', { name: t.review.scope })
    .selectOption('all')
    .catch(() => {});
  await page.locator('kbd').first().waitFor();
  await page.getByRole('button', { name: t.review.acceptAll(7), exact: true }).waitFor();
}

export const SCREENS: readonly Screen[] = [
  {
    name: 'first-start',
    title: 'First start: where the music is',
    library: 'empty',
    german: true,
    steps: async ({ page, t }) => page.getByRole('heading', { name: t.first.title }).waitFor(),
  },
  {
    name: 'unheard',
    title: 'Scanned; listening is offered',
    library: 'unheard',
    steps: async (visit) => {
      await tracks(visit);
      await visit.page.getByText(visit.t.notices.unheard).waitFor();
    },
  },
  {
    name: 'offline',
    title: 'A folder that can’t be reached',
    library: 'offline',
    steps: async (visit) => {
      await visit.page.getByText(visit.t.notices.offlineHint).waitFor();
    },
  },
  { name: 'tracks', title: 'The library', library: 'heard', steps: tracks },
  {
    name: 'details',
    title: 'A track, and how likely each key and genre is',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await at(visit, 3);
      await visit.page
        .getByRole('region', { name: visit.t.details.title })
        .getByRole('listitem')
        .first()
        .waitFor();
    },
  },
  {
    name: 'search',
    title: 'Search, with ways to go on',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await search(visit, 'genre:');
      await visit.page.getByRole('listbox').waitFor();
    },
  },
  {
    name: 'wheel',
    title: 'Keys that mix, on the Camelot wheel',
    library: 'heard',
    steps: async (visit) => {
      await tracks(visit);
      const { page, t } = visit;
      await page
        .getByRole('group', { name: t.filters.wheel })
        .locator('[role=checkbox], button, [aria-pressed]')
        .nth(3)
        .click();
      await page.getByLabel(t.filters.compatible).check();
    },
  },
  {
    name: 'nothing-found',
    title: 'Nothing found',
    library: 'heard',
    steps: async (visit) => {
      await search(visit, 'no such track anywhere');
      await visit.page.getByText(visit.t.table.noneHint).waitFor();
    },
  },
  {
    name: 'columns',
    title: 'Columns',
    library: 'heard',
    steps: async (visit) => {
      await tracks(visit);
      await visit.page.getByRole('button', { name: visit.t.tools.columns, exact: true }).click();
    },
  },
  {
    name: 'help',
    title: 'Keyboard shortcuts',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await tracks(visit);
      await visit.page.keyboard.press('?');
      await visit.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'settings',
    title: 'Settings',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await tracks(visit);
      await visit.page.keyboard.press('Control+,');
      await visit.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'review',
    title: 'Review of predictions',
    library: 'heard',
    german: true,
    steps: review,
  },
  {
    name: 'editing',
    title: 'Editing in the table',
    library: 'heard',
    steps: async (visit) => {
      await at(visit, 4);
      await visit.page.keyboard.press('Enter');
      await visit.page.keyboard.type('Ninth Floor (edit)');
    },
  },
  {
    name: 'several',
    title: 'Several tracks at once',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await at(visit, 2);
      for (let i = 0; i < 4; i++) await visit.page.keyboard.press('Shift+ArrowDown');
      const { page, t } = visit;
      const details = page.getByRole('region', { name: t.details.title });
      await details.getByRole('textbox', { name: t.details.field('grouping') }).fill('Late');
      await page.keyboard.press('Enter');
      await page.getByText(t.edits.waiting(5)).waitFor();
    },
  },
  {
    name: 'replace',
    title: 'Find and replace',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await tracks(visit);
      const { page, t } = visit;
      await page.keyboard.press('Control+Shift+f');
      await page.getByRole('dialog').getByLabel(t.replace.find, { exact: true }).fill('house');
      await page.getByRole('dialog').getByLabel(t.replace.with).fill('House Music');
      await page
        .getByRole('dialog')
        .getByText(/House Music/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'write',
    title: 'What will be written',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await tracks(visit);
      await visit.page.keyboard.press('Control+s');
      await visit.page.getByRole('dialog').locator('ins').first().waitFor();
    },
  },
  {
    name: 'written',
    title: 'Written',
    library: 'heard',
    steps: async (visit) => {
      await tracks(visit);
      const { page, t } = visit;
      await page.keyboard.press('Control+s');
      await page.getByRole('dialog').locator('ins').first().waitFor();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: t.write.start(5) })
        .click();
      await page.getByText(t.write.done(5)).waitFor();
    },
  },
  {
    name: 'history',
    title: 'What was written, and putting it back',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await tracks(visit);
      const { page, t } = visit;
      await page.keyboard.press('Control+Shift+h');
      await page.getByRole('dialog').getByRole('button', { name: t.history.show }).first().click();
      await page.getByRole('dialog').locator('ins').first().waitFor();
    },
  },
  {
    name: 'connection-lost',
    title: 'The connection has ended',
    library: 'unheard',
    steps: async (visit) => {
      await tracks(visit);
      await visit.stage.end('unheard');
      await visit.page.getByRole('heading', { name: visit.t.connection.lost }).waitFor();
    },
  },
];
