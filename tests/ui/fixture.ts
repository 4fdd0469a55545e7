import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { run } from '../e2e/support/cratewise.ts';
import { type MadeTrack, makeLibrary } from '../e2e/support/music.ts';
import { inElectron, launch, served } from './support.ts';

/** Pictures of what the scenarios see go into this folder. */
const SCREENS = process.env.SCREENS;

/** A page whose every error, refused script or style included, fails the test. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // A page whose server a scenario ended tries to reach it again, or was fetching what it will need later.
    const unreachable =
      /^WebSocket connection to .* failed|^Failed to load resource: net::ERR_CONNECTION_(REFUSED|RESET)/.test(
        message.text(),
      );
    if (message.type() === 'error' && !unreachable) errors.push(message.text());
  });
  onTestFinished(() => expect(errors).toEqual([]));
  await page.goto(url);
  return page;
}

/** A real library on disk, served, and a browser to look at it. */
export interface Fixture {
  readonly library: string;
  /** The folder of the scenario: `music` and `data` are in it. */
  readonly folder: string;
  /** The program that serves it. */
  readonly pid: () => number;
  readonly made: readonly MadeTrack[];
  /** A page whose every error, refused script or style included, fails the test. */
  open(colorScheme?: 'light' | 'dark'): Promise<Page>;
  /** Ends the server and starts it again, as after a crash or a new day. */
  restart(signal: NodeJS.Signals): Promise<void>;
}

/**
 * `tracks` pieces of 12 seconds, made anew for one file of scenarios.
 * @param listen whether they are listened to, which takes a while
 * @param environment of the program; called when it is started
 */
export function useLibrary(
  tracks: number,
  formats: readonly string[],
  listen: boolean,
  environment: () => NodeJS.ProcessEnv = () => ({}),
): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-ui-'));
  // Models and probes of who runs this change nothing.
  const env = () => ({
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    ...environment(),
  });
  const library = join(folder, 'library.cratewise');
  let browser: Browser;
  let server: { url: string; process: ChildProcess };
  const made: MadeTrack[] = [];

  beforeAll(async () => {
    const music = join(folder, 'music');
    mkdirSync(music);
    made.push(...makeLibrary(music, tracks, 12, [...formats]));
    const command = listen ? 'autotag' : 'scan';
    expect((await run([command, music, '--library', library, '--quiet'], env())).code).toBe(0);
    server = await served(library, env());
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    library,
    folder,
    pid: () => server.process.pid!,
    made,
    async open(colorScheme = 'light') {
      const page = await openPage(browser, server.url, {
        colorScheme,
        viewport: { width: 1440, height: 860 },
      });
      await page.getByRole('row', { name: 'Piece 1' }).first().waitFor();
      return page;
    },
    async restart(signal) {
      const ended = new Promise((resolve) => server.process.once('exit', resolve));
      server.process.kill(signal);
      await ended;
      server = await served(library, env());
    },
  };
}

/** No violation on what is seen; a picture of it where pictures are wanted. */
export async function see(page: Page, name: string): Promise<void> {
  // What fades in is too pale on its way.
  await page.waitForTimeout(150);
  if (SCREENS) await page.screenshot({ path: join(SCREENS, `${name}.png`) });
  // Otherwise it opens a page of its own to sum up in, which Electron has not.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(inElectron).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

/** Rows of the table that are drawn. */
export const rows = (page: Page) => page.locator('[role=rowgroup] [role=row]');

/** The text of a cell, by row number and the column's name. */
export async function cell(page: Page, row: number, column: string): Promise<string> {
  const place = await page.getByRole('columnheader', { name: column }).getAttribute('aria-colindex');
  const text = page.locator(`#cell-${row}-${Number(place) - 1}`);
  return (await text.locator(':scope > :not(.visually-hidden)').allInnerTexts()).join(' ').trim();
}

const PYTHON = '/usr/bin/python3';
export const hasMutagen = spawnSync(PYTHON, ['-c', 'import mutagen']).status === 0;

/** What mutagen, which is not ours, reads from a file: field → values. */
export function mutagen(path: string): Record<string, string[]> {
  const script =
    'import json,sys,mutagen\nf=mutagen.File(sys.argv[1],easy=True)\nprint(json.dumps({k:list(map(str,v)) for k,v in (f.tags or {}).items()}))';
  return JSON.parse(execFileSync(PYTHON, ['-c', script, path], { encoding: 'utf8' })) as Record<
    string,
    string[]
  >;
}
