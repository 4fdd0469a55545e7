import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { CATALOGUES } from '../src/renderer/strings/languages.ts';
import { hasFfmpeg } from '../tests/e2e/support/music.ts';
import { launch, missing } from '../tests/ui/support.ts';
import { SCREENS } from './screens/list.ts';
import type { Screen, Visit } from './screens/screen.ts';
import { type Stage, setStage } from './screens/stage.ts';

// Visits every screen of the app, as `cratewise serve` gives it to a browser, and keeps a picture of each:
//   npm run docs:screens [-- --only review,write] [--into folder]

/** So that a clone does not grow by what nobody looks at. */
const MAX_PICTURE = 250_000;
const MAX_FOLDER = 6_000_000;
const VIEWPORT = { width: 1280, height: 800 };

const { values } = parseArgs({ options: { only: { type: 'string' }, into: { type: 'string' } } });
const into = values.into ?? join(import.meta.dirname, '../docs/screens');
const wanted = values.only?.split(',');
const screens = SCREENS.filter(({ name }) => !wanted || wanted.includes(name));

const why = missing === '' && !hasFfmpeg ? 'ffmpeg is missing' : missing;
if (why !== '' || screens.length === 0) {
  console.error(why === '' ? `No screen is called ${values.only}.` : `No pictures can be taken: ${why}.`);
  process.exit(2);
}

/** Takes a picture once the page has come to rest. */
async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))),
  );
  const path = join(into, `${name}.png`);
  const whole = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  // 256 colours, chosen for each picture, are a third of the bytes, and nobody sees it.
  const palette = 'split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none';
  execFileSync(
    'ffmpeg',
    ['-v', 'error', '-y', '-f', 'png_pipe', '-i', '-', '-vf', palette, '-compression_level', '100', path],
    {
      input: whole,
    },
  );
  if (statSync(path).size > MAX_PICTURE) throw new Error(`${path} is larger than ${MAX_PICTURE} bytes.`);
}

async function visit(browser: Browser, stage: Stage, screen: Screen, language: 'en' | 'de'): Promise<void> {
  const context = await browser.newContext({
    viewport: screen.viewport ?? VIEWPORT,
    locale: language === 'en' ? 'en-GB' : 'de-DE',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(stage.url(screen.library));
    const at: Visit = { page, t: CATALOGUES[language], stage };
    await screen.steps(at);
    if (language === 'de') await take(page, `${screen.name}-de`);
    else {
      await take(page, `${screen.name}-light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await take(page, `${screen.name}-dark`);
    }
    // Once it has been seen in all its languages.
    if (language === 'de' || !screen.german) await screen.after?.(at);
  } finally {
    await context.close();
  }
}

/** The pictures on one page, for whoever looks through them. */
function index(): string {
  const picture = (name: string, title: string) => `![${title}](${name}.png)`;
  const parts = SCREENS.map(({ name, title, german }) =>
    [
      `## ${title}`,
      '',
      '| light | dark |',
      '|---|---|',
      `| ${picture(`${name}-light`, `${title}, light`)} | ${picture(`${name}-dark`, `${title}, dark`)} |`,
      ...(german
        ? [
            '',
            `<details><summary>In German</summary>`,
            '',
            picture(`${name}-de`, `${title}, in German`),
            '',
            '</details>',
          ]
        : []),
      '',
    ].join('\n'),
  );
  return [
    '# Screens',
    '',
    'Every screen and dialog, taken by `npm run docs:screens` from the real app on a made library; titles and artists are',
    'invented. Do not edit: the script writes this file too.',
    '',
    ...parts,
  ].join('\n');
}

mkdirSync(into, { recursive: true });
if (!wanted) for (const name of readdirSync(into)) if (name.endsWith('.png')) rmSync(join(into, name));
const failed: string[] = [];
// No models but our own: what else lies on this machine is no part of the picture.
const data = mkdtempSync(join(tmpdir(), 'cratewise-screens-data-'));
process.env.XDG_DATA_HOME = data;
const stage = await setStage();
const browser = await launch();
try {
  for (const screen of screens) {
    for (const language of screen.german ? (['en', 'de'] as const) : (['en'] as const)) {
      try {
        await visit(browser, stage, screen, language);
        console.log(`${screen.name} (${language})`);
      } catch (error) {
        failed.push(screen.name);
        console.error(
          `${screen.name} (${language}): ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
} finally {
  await browser.close();
  await stage.close();
  rmSync(data, { recursive: true, force: true });
}
writeFileSync(join(into, 'README.md'), index());
const size = readdirSync(into).reduce((sum, name) => sum + statSync(join(into, name)).size, 0);
console.log(`${(size / 1e6).toFixed(1)} MB in ${into}`);
if (size > MAX_FOLDER) failed.push(`the folder, which is larger than ${MAX_FOLDER} bytes`);
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
