import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../e2e/support/cratewise.ts';
import { hasFfmpeg } from '../e2e/support/music.ts';
import { KINDS, makeSound } from '../e2e/support/sounds.ts';
import { openPage, see } from './fixture.ts';
import { launch, missing, served } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Learning in a browser is skipped: ${why}.`);

describe.skipIf(why !== '')('learning a library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-ui-learn-'));
  const library = join(folder, 'library.cratewise');
  const environment = { XDG_DATA_HOME: join(folder, 'data') };
  let browser: Browser;
  let server: { url: string; process: ChildProcess };

  beforeAll(async () => {
    const music = join(folder, 'music');
    mkdirSync(music);
    for (const kind of KINDS) {
      for (let at = 0; at < 17; at++) {
        // Two are tagged as what they are not, a few in another spelling, and one kind is too rare.
        const genre = kind === 'Chimes' && at < 2 ? 'Drones' : kind === 'Drums' && at < 5 ? 'DRUMS' : kind;
        makeSound(join(music, `${kind} ${at}.mp3`), kind, at * 3 + KINDS.indexOf(kind), {
          artist: `Artist ${at % 6} of ${kind}`,
          title: `${kind} ${at}`,
          genre: at === 16 ? 'Rare thing' : genre,
        });
      }
    }
    expect((await run(['autotag', music, '--library', library, '--quiet'], environment)).code).toBe(0);
    server = await served(library, environment);
    browser = await launch();
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await openPage(browser, server.url, { colorScheme, viewport: { width: 1440, height: 860 } });
    await page.getByRole('row', { name: 'Chimes 1', exact: false }).first().waitFor();
    await page.keyboard.press('Alt+5');
    await page.getByRole('region', { name: 'Learn my library' }).waitFor();
    return page;
  }
  const labels = (page: Page) => page.getByRole('region', { name: 'What would be learnt' });
  const label = (page: Page, name: string) => labels(page).getByRole('row', { name });

  it('shows what it would learn, with spellings and what is too rare, and lets names count as others', async () => {
    const page = await open();
    await label(page, 'Drums').getByText('16').waitFor();
    expect(await label(page, 'Drums').innerText()).toContain('DRUMS');
    await label(page, 'Drones').getByText('18').waitFor();
    await labels(page).getByText('3, too few').waitFor();
    await page.getByText('Predictions are made by what came with the program.').waitFor();
    await see(page, 'learn-before');
    await labels(page).getByRole('button', { name: 'Counts as…: Rare thing' }).click();
    await page.keyboard.type('Drums');
    await page.keyboard.press('Enter');
    await label(page, 'Drums').getByText('19').waitFor();
    expect(await labels(page).getByText('3, too few').count()).toBe(0);
    await labels(page)
      .getByRole('button', { name: /^Forget what rare ?thing counts as$/i })
      .click();
    await label(page, 'Drums').getByText('16').waitFor();
  });

  it('learns, compares itself with what came along, and is used because it is better', async () => {
    const page = await open();
    await label(page, 'Drums').waitFor();
    const region = page.getByRole('region', { name: 'Learn my library' });
    await region.getByRole('button', { name: 'Learn', exact: true }).click();
    await page.getByText('What was learnt from your tags predicts now.').waitFor();
    await page.getByText('In use: better than what came with the program').waitFor();
    await page.getByText('What was learnt here', { exact: true }).waitFor();
    await see(page, 'learn-after');
    await page.emulateMedia({ colorScheme: 'dark' });
    await see(page, 'learn-after-dark');
  });

  it('lists tags that sound like something else: one is confirmed, and after all changed', async () => {
    const page = await open();
    const suspicious = page.getByRole('region', { name: 'Suspicious tags' });
    const row = suspicious.getByRole('row', { name: 'Chimes 0.mp3' });
    await row.getByRole('button', { name: 'Play Chimes 0.mp3' }).waitFor();
    await row.getByRole('button', { name: 'The tag is right: Chimes 0.mp3' }).click();
    await row.getByText('Tag confirmed').waitFor();
    await row.getByRole('button', { name: 'Undo' }).click();
    await row.getByRole('button', { name: 'Change to Chimes' }).click();
    await row.getByText('Will be Chimes').waitFor();
    await page.getByText('1 track edited, not written yet').waitFor();
    await see(page, 'suspicious');
  });

  it('is forgotten when the user says so', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Forget…' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByText('What came with the program is in use again.').waitFor();
    // Keys are another matter.
    await page.getByRole('button', { name: 'Keys', exact: true }).click();
    await page.getByText('Nothing was learnt', { exact: false }).or(labels(page)).first().waitFor();
    await see(page, 'learn-keys');
  });
});
