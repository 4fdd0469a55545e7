import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../e2e/support/cratewise.ts';
import { decodedMd5, hasFfmpeg, probedTags } from '../e2e/support/music.ts';
import { openPage, see } from './fixture.ts';
import { launch, missing, served } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`Writing to what is heard in a browser is skipped: ${why}.`);

/** Far longer than what a browser keeps ahead of itself. */
const SECONDS = 240;

describe.skipIf(why !== '')('writing to what is heard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-ui-'));
  const music = join(folder, 'music');
  const path = join(music, 'long.wav');
  const environment = { XDG_DATA_HOME: join(folder, 'data'), XDG_CACHE_HOME: join(folder, 'cache') };
  let browser: Browser;
  let server: { url: string; process: ChildProcess };

  beforeAll(async () => {
    mkdirSync(music);
    for (const [name, seconds, pitch, codec, extension] of [
      ['long', SECONDS, 220, 'pcm_s16le', 'wav'],
      ['next', 5, 330, 'pcm_s16le', 'wav'],
      // Named like what browsers play, and not that.
      ['strange', 5, 440, 'alac', 'm4a'],
    ] as const) {
      const source = `aevalsrc='0.3*sin(${pitch}*2*PI*t)*(1-mod(t,1))|0.3*sin(${pitch}*2*PI*t)':d=${seconds}:s=44100`;
      execFileSync('ffmpeg', [
        ...['-v', 'error', '-f', 'lavfi', '-i', source, '-metadata', `title=A ${name} one`],
        ...['-c:a', codec, join(music, `${name}.${extension}`)],
      ]);
    }
    const library = join(folder, 'library.cratewise');
    expect((await run(['scan', music, '--library', library, '--quiet'], environment)).code).toBe(0);
    server = await served(library, environment);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  const player = (page: Page) => page.getByRole('region', { name: 'Player' });
  const button = (page: Page, name: string) => player(page).getByRole('button', { name, exact: true });
  const slider = (page: Page) => page.getByRole('slider', { name: 'Position' });
  const position = async (page: Page) => Number(await slider(page).getAttribute('aria-valuenow'));
  /** Whether the server has the file open (Linux). */
  const isOpen = () => {
    const descriptors = `/proc/${server.process.pid}/fd`;
    return readdirSync(descriptors).some((fd) => {
      try {
        return readlinkSync(join(descriptors, fd)) === path;
      } catch {
        return false;
      }
    });
  };
  /** Addresses of sound that were asked for. */
  const heardFrom = (page: Page): Set<string> => {
    const urls = new Set<string>();
    page.on('request', (request) => {
      if (request.url().includes('/media/')) urls.add(request.url());
    });
    return urls;
  };
  const openAndPlay = async (name: string) => {
    const page = await openPage(browser, server.url, { viewport: { width: 1440, height: 860 } });
    const urls = heardFrom(page);
    await page.getByRole('row', { name }).locator('[data-column="1"]').click();
    await page.keyboard.press('Space');
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
    return { page, urls };
  };

  it('goes on where it was, with the file as it is now', async () => {
    const { page, urls } = await openAndPlay('A long one');
    const before = decodedMd5(path);
    await slider(page).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
    await expect.poll(() => position(page)).toBeGreaterThanOrEqual(90);
    if (process.platform === 'linux') await expect.poll(isOpen).toBe(true);
    await page
      .getByRole('region', { name: 'Details' })
      .getByRole('textbox', { name: 'Title' })
      .fill('Written');
    await page.keyboard.press('Enter');
    await page.getByText('1 track edited, not written yet').waitFor();
    await player(page).getByText('Written', { exact: true }).waitFor();
    const known = urls.size;
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Write 1 file' }).click();
    await page.getByText('1 file written.').waitFor();
    expect(probedTags(path).title).toBe('Written');
    expect(decodedMd5(path)).toBe(before);
    await see(page, 'player-written');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    // Opened anew, and on its way from the same place.
    await expect.poll(() => urls.size).toBeGreaterThan(known);
    await button(page, 'Pause').waitFor();
    const now = await position(page);
    expect(now).toBeGreaterThanOrEqual(90);
    expect(now).toBeLessThan(SECONDS - 20);
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThan(now + 1);
    // Beyond what the browser had of the old file.
    await slider(page).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
    const later = await position(page);
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThan(later);
    expect(await player(page).getByRole('alert').count()).toBe(0);
  });

  it('plays what the browser itself can’t, though its container looks as if it could', async () => {
    const { page, urls } = await openAndPlay('A strange one');
    expect(urls.size).toBe(2);
    expect(await player(page).getByRole('alert').count()).toBe(0);
  });

  it('says why what went away can’t be heard, and plays it when it is back', async () => {
    const { page } = await openAndPlay('A next one');
    await button(page, 'Close the player').click();
    const short = join(music, 'next.wav');
    const away = join(folder, 'away.wav');
    renameSync(short, away);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Space');
    await player(page).getByText('The file is not there any more. Was it moved or deleted?').waitFor();
    await see(page, 'player-missing');
    renameSync(away, short);
    await button(page, 'Try again').click();
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
  });
});
