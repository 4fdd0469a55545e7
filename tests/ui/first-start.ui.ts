import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyIndex } from '../../src/shared/music/key.ts';
import { parseKey } from '../../src/shared/music/parse-key.ts';
import { decodedMd5, hasFfmpeg, type MadeTrack, makeLibrary } from '../e2e/support/music.ts';
import { hasMutagen, mutagen, openPage, rows, see } from './fixture.ts';
import { addFolder, launch, missing, served } from './support.ts';

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '') console.log(`The scenarios in a browser are skipped: ${why}.`);

/** Names that a file can have, and that no page and no command may take for anything but a name. */
const HOSTILE_NAMES = [
  '<img src=x onerror="globalThis.hacked=true">.mp3',
  '"><script>globalThis.hacked=true<∕script>.flac',
  "'; rm -rf $(pwd) & {{7*7}} $1 `id`.mp3",
  '‮3pm.reverse \u0001\n newline.flac',
];

/** The key as mutagen, which is not ours, finds it: `TKEY` of ID3, `INITIALKEY` of Vorbis comments. */
function writtenKeys(path: string): string[] {
  const script =
    'import json,sys,mutagen\nt=mutagen.File(sys.argv[1]).tags\nprint(json.dumps(list(map(str,t["TKEY"].text if "TKEY" in t else t["INITIALKEY"]))))';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, path], { encoding: 'utf8' })) as string[];
}

describe.skipIf(why !== '')('from the first start to written tags', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-first-'));
  const music = join(folder, 'My music');
  let made: MadeTrack[] = [];
  let browser: Browser;
  let server: { url: string; process: ChildProcess };

  beforeAll(async () => {
    mkdirSync(music);
    made = makeLibrary(music, 6, 12, ['mp3', 'flac']).map(({ path, key }, index) => {
      const name = process.platform === 'win32' ? undefined : HOSTILE_NAMES[index];
      if (name === undefined) return { path, key };
      renameSync(path, join(music, name));
      return { path: join(music, name), key };
    });
    server = await served(join(folder, 'new.cratewise'));
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes a folder in, listens, shows what it heard, and writes what was accepted', async () => {
    const page = await openPage(browser, server.url, { viewport: { width: 1440, height: 860 } });
    await page.getByRole('heading', { name: 'Where is your music?' }).waitFor();
    await see(page, 'first-start');

    // A folder that is not there is said to be so, and nothing else happens.
    await addFolder(page, join(folder, 'No such folder'));
    await page.getByText('No such folder', { exact: false }).first().waitFor();

    await addFolder(page, music);
    await expect.poll(() => rows(page).count(), { timeout: 60_000 }).toBe(made.length);
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    expect(await page.locator('img[src="x"], main script').count()).toBe(0);
    await see(page, 'first-scanned');

    const before = made.map(({ path }) => decodedMd5(path));
    await page.getByRole('button', { name: 'Listen', exact: true }).click();
    await page.getByText('Listened to 6 tracks').waitFor({ timeout: 120_000 });

    await page.getByRole('button', { name: 'Review', exact: true }).click();
    await page.getByRole('button', { name: 'Key', exact: true }).click();
    await page.getByText('6 predictions to review').waitFor();
    await page.getByRole('slider', { name: /At least/ }).fill('0');
    await page.getByRole('button', { name: 'Accept all 6' }).click();
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await page.getByText('6 tracks edited, not written yet').waitFor();

    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Write 6 files' });
    await expect.poll(() => dialog.locator('ins').count()).toBe(6);
    await see(page, 'first-write');
    await dialog.getByRole('button', { name: 'Write 6 files' }).click();
    await page.getByText('6 files written.').waitFor();

    expect(made.map(({ path }) => decodedMd5(path))).toEqual(before);
    expect(readdirSync(music)).toHaveLength(made.length);
    if (!hasMutagen) return;
    let right = 0;
    for (const [index, { path, key }] of made.entries()) {
      const tags = mutagen(path);
      // What was there before stays.
      expect(tags.title).toEqual([`Piece ${index}`]);
      const [written, ...more] = writtenKeys(path);
      expect(more).toEqual([]);
      const parsed = parseKey(written ?? '');
      if (parsed?.kind === 'key' && keyIndex(parsed.key) === keyIndex(key)) right++;
    }
    // Cadences are unmistakable; what is written is what was heard.
    expect(right).toBeGreaterThanOrEqual(5);
  });
});
