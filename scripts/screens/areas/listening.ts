import type { Screen, Visit } from '../screen.ts';
import { at, tracks, view } from '../steps.ts';

async function workPanel(visit: Visit): Promise<void> {
  await tracks(visit);
  await visit.page.getByRole('button', { name: visit.t.listening.details }).click();
  await visit.page.getByRole('group', { name: visit.t.listening.details }).waitFor();
}

export const LISTENING: readonly Screen[] = [
  {
    name: 'player',
    title: 'The player',
    library: 'heard',
    steps: async (visit) => {
      const { page, t } = visit;
      await at(visit, 4);
      await page.keyboard.press('Space');
      await page.getByRole('slider', { name: t.player.position }).waitFor();
      await page.keyboard.press('Space');
      await page.waitForFunction(() => !document.querySelector('[role=slider].loading'));
    },
  },
  {
    name: 'models',
    title: 'Models',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await view(visit, visit.t.views.models);
      await visit.page.getByRole('button', { name: visit.t.models.install }).first().waitFor();
    },
  },
  {
    name: 'install',
    title: 'Before a model is installed',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await view(visit, visit.t.views.models);
      await visit.page.getByRole('button', { name: visit.t.models.install }).last().click();
      await visit.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'learn',
    title: 'Learning the library',
    library: 'heard',
    german: true,
    steps: async (visit) => {
      await view(visit, visit.t.views.learn);
      await visit.page.getByRole('region', { name: visit.t.learn.labels }).waitFor();
    },
  },
  {
    name: 'work',
    title: 'What goes on',
    library: 'problems',
    german: true,
    steps: workPanel,
  },
  {
    name: 'problems',
    title: 'Files with problems',
    library: 'problems',
    german: true,
    steps: async (visit) => {
      const { page, t } = visit;
      await workPanel(visit);
      await page
        .getByRole('group', { name: t.listening.details })
        .getByRole('button', { name: t.listening.show, exact: true })
        .click();
      await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    },
  },
];
