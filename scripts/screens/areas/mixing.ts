import type { Screen } from '../screen.ts';
import { at, tracks, view } from '../steps.ts';

export const MIXING: readonly Screen[] = [
  {
    name: 'rule',
    title: 'The rule of keys that mix',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      const { page, t } = visit;
      await tracks(visit);
      await page.getByRole('listbox', { name: t.filters.wheel }).getByRole('option').nth(3).click();
      await page.getByRole('button', { name: t.mix.rule, exact: true }).click();
    },
  },
  {
    name: 'mix',
    title: 'What mixes well with a track',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      const { page, t } = visit;
      await at(visit, 4);
      await page.getByRole('button', { name: t.mix.open }).click();
      await page.locator('main').getByRole('listitem').first().waitFor();
    },
  },
  {
    name: 'map',
    title: 'The library as a map',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      const { page, t } = visit;
      await view(visit, t.views.map);
      // The coarse map is followed by the real one.
      await page.getByRole('button', { name: t.map.again }).waitFor({ timeout: 60_000 });
      await page.getByRole('application').focus();
      await page.keyboard.press('Home');
    },
  },
  {
    name: 'add-to-playlist',
    title: 'Into a playlist',
    library: 'heard',
    steps: async (visit) => {
      const { page, t } = visit;
      await at(visit, 2);
      for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowDown');
      await page.getByRole('button', { name: t.playlists.add, exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'playlist',
    title: 'A playlist',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      const { page } = visit;
      await tracks(visit);
      await page.getByRole('button', { name: /^Friday, late/ }).click();
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'export',
    title: 'Export of a playlist',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      const { page, t } = visit;
      await tracks(visit);
      await page.getByRole('button', { name: /^Friday, late/ }).click();
      await page.getByRole('button', { name: t.playlists.export }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
];
