import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { formatKey, keyIndex } from '../../src/shared/music/key.ts';
import { run } from '../e2e/support/cratewise.ts';
import { hasFfmpeg, type MadeTrack, makeLibrary } from '../e2e/support/music.ts';
import { openPage } from './fixture.ts';
import { inElectron, launch, missing, served } from './support.ts';

const HOSTILE = '<img src=x onerror="globalThis.hacked=true"><b>bold</b>';
const SCREENS = process.env.SCREENS;

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`The scenarios in a browser are skipped: ${why}.`);

describe.skipIf(why !== '')('a library in the browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-ui-'));
  const library = join(folder, 'library.cratewise');
  let browser: Browser;
  let server: { url: string; process: ChildProcess };
  let made: MadeTrack[];

  beforeAll(async () => {
    const music = join(folder, 'music');
    mkdirSync(music);
    made = makeLibrary(music, 8, 12, ['mp3', 'flac']);
    const common = ['--library', library, '--quiet'];
    expect((await run(['scan', music, ...common])).code).toBe(0);
    const edits = ['--set', `title=${HOSTILE}`, '--set', 'key=8A', '--set', `genre=${HOSTILE}`];
    expect((await run(['tag', made[0]!.path, ...edits, ...common])).code).toBe(0);
    server = await served(library);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await openPage(browser, server.url, {
      colorScheme,
      viewport: { width: 1360, height: 820 },
    });
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();
    return page;
  }

  const rows = (page: Page) => page.locator('[role=rowgroup] [role=row]');

  async function see(page: Page, name: string): Promise<void> {
    if (SCREENS) await page.screenshot({ path: join(SCREENS, `${name}.png`) });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }

  it('listens to the library, and shows what it heard', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Listen' }).click();
    await page.getByText('Listened to 8 tracks').waitFor({ timeout: 100_000 });
    const { key } = made[3]!;
    const row = page.getByRole('row', { name: 'Piece 3' });
    await row.getByText(formatKey(key, 'standard'), { exact: true }).waitFor();
    expect(await row.getByText(/\d+%/).count()).toBe(2);
  });

  it('shows tags as text, never as HTML, and keeps its secret out of the address', async () => {
    const page = await open();
    expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(0);
    await page.getByRole('row', { name: HOSTILE }).click();
    await page.getByRole('heading', { name: HOSTILE }).waitFor();
    expect(await page.locator('img, b:text-is("bold")').count()).toBe(0);
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(page.url()).not.toContain('#');
    await page.reload();
    await page.getByRole('row', { name: 'Piece 1' }).waitFor();
  });

  it('filters by the wheel and by keys that mix, with the keyboard', async () => {
    const page = await open();
    const key = page.getByRole('option', { name: /^8B, C major/ });
    await key.focus();
    // Down to 8A on the inner ring, chosen by the space bar.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await page.getByRole('row', { name: HOSTILE }).waitFor();
    await expect.poll(() => rows(page).count()).toBe(countIn([keyIndex({ tonic: 9, mode: 'minor' })]));
    await page.getByLabel('Also keys that mix').check();
    const mixing = [
      { tonic: 9, mode: 'minor' },
      { tonic: 0, mode: 'major' },
      { tonic: 4, mode: 'minor' },
      { tonic: 2, mode: 'minor' },
    ] as const;
    await expect.poll(() => rows(page).count()).toBe(countIn(mixing.map(keyIndex)));
    await see(page, 'wheel-light');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(() => rows(page).count()).toBe(8);
  });

  /** The first piece is tagged 8A by us; the others count by the key that they were made in. */
  function countIn(keys: readonly number[]): number {
    const effective = made.map((track, i) =>
      i === 0 ? keyIndex({ tonic: 9, mode: 'minor' }) : keyIndex(track.key),
    );
    return effective.filter((key) => keys.includes(key)).length;
  }

  it('finds while typing, and says so when there is nothing', async () => {
    const page = await open();
    await page.keyboard.press('/');
    await page.keyboard.type('piece 5');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.keyboard.type('999');
    await page.getByText('No track matches.').waitFor();
    await page.getByText('0 of 8 tracks').waitFor();
    await see(page, 'nothing-light');
  });

  it('filters by missing tags', async () => {
    const page = await open();
    await page.getByLabel('No key').check();
    await expect.poll(() => rows(page).count()).toBe(7);
  });

  it.each(['light', 'dark'] as const)('walks the rows and shows the distribution, %s', async (scheme) => {
    const page = await open(scheme);
    await page.getByRole('grid').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown');
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { name: 'Piece 3' }).waitFor();
    const shares = details.getByRole('list', { name: 'Key: how likely each is' }).getByRole('listitem');
    expect(await shares.count()).toBe(8);
    expect(await shares.first().textContent()).toContain(formatKey(made[3]!.key, 'standard'));
    await see(page, `details-${scheme}`);
    await page.keyboard.press('Escape');
    await expect.poll(() => details.count()).toBe(0);
  });

  // The app has no address that anybody could open.
  it.skipIf(inElectron)('refuses an address without its secret', async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(new URL('/', server.url).href);
    await page.getByText('This address lacks its secret.').waitFor();
    await page.goto(`${new URL('/', server.url).href}#guessed`);
    await page.reload();
    await page.getByText('The connection to Cratewise ended.').waitFor();
  });
});
