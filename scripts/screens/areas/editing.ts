import type { Screen } from '../screen.ts';
import { at, edited, review, tracks } from '../steps.ts';

export const EDITING: readonly Screen[] = [
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
    steps: edited,
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
      await edited(visit);
      await visit.page.keyboard.press('Control+s');
      await visit.page.getByRole('dialog').locator('ins').first().waitFor();
    },
  },
  {
    name: 'written',
    title: 'Written',
    library: 'heard',
    steps: async (visit) => {
      await edited(visit);
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
