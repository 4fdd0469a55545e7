import type { Screen } from '../screen.ts';
import { at, search, tracks } from '../steps.ts';

export const LIBRARY: readonly Screen[] = [
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
    name: 'model-offer',
    title: 'Better nets are offered',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await tracks(visit);
      await visit.page.getByRole('group', { name: visit.t.models.offer.title }).waitFor();
    },
    after: async ({ page, t }) => page.getByRole('button', { name: t.models.offer.never }).click(),
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
      await visit.page.getByRole('listbox', { name: visit.t.search.completions }).waitFor();
    },
  },
  {
    name: 'wheel',
    title: 'Keys that mix, on the Camelot wheel',
    library: 'heard',
    steps: async (visit) => {
      await tracks(visit);
      const { page, t } = visit;
      await page.getByRole('listbox', { name: t.filters.wheel }).getByRole('option').nth(3).click();
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
];
