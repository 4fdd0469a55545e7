import type { Browser, Page } from '@playwright/test';
import { scroll, visitAll, watchFirstRows, watchInput } from './page.ts';
import { type PageMemory, pageMemory } from './page-memory.ts';
import type { Noted } from './probe.ts';
import type { Memory, Probed } from './server.ts';

export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Of one library, or of the floor: a library of 100 tracks, a list that does nothing. */
export interface Measured {
  readonly firstRows: Times;
  /** Between frames, and what the page's own thread does for each of them. */
  readonly frame: Times;
  readonly work: Times;
  readonly typing: Times;
  /** From the click on a head to the rows in their new order. */
  readonly sorting: Times;
  /** Milliseconds from Enter to the rows as edited; null where the library has not so many. */
  readonly edit: number | null;
  readonly selectAll: number;
  /** Before and after every part of the list was scrolled to, and when everything was done. */
  readonly page: { readonly before: PageMemory; readonly scrolled: PageMemory; readonly after: PageMemory };
  /** What the main process noted meanwhile. */
  readonly server: Readonly<Record<'typing' | 'sorting' | 'editing' | 'choosing', Noted>>;
  readonly memory: Memory | null;
}

export const times = (list: readonly number[]): Times => {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? 0 };
};

const WORDS = ['lobe', 'baba', 'vivebo', 'kebe', 'dabo tebe', 'mu'];
const QUERIES = ['key:8A~ ', 'bpm:>120 ', '-genre:rock '];
const EDITED = 10_000;
/** Places of the list that are scrolled to. */
const VISITED = 400;

/** One library in one page after the other. */
export async function measure(
  browser: Browser,
  server: Probed,
  scale: number,
  rounds: number,
): Promise<Measured> {
  const first: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const page = await open(browser, server.url, scale);
    first.push(await page.evaluate(() => window.bench.firstRows));
    await page.context().close();
  }
  const page = await open(browser, server.url, scale);
  const cdp = await page.context().newCDPSession(page);
  const { frame, work } = await scrolled(browser, page, '[role=grid]');
  const before = await pageMemory(cdp);
  await page.evaluate(visitAll, { selector: '[role=grid]', stops: VISITED });
  const everywhere = await pageMemory(cdp);
  await page.evaluate(watchInput);
  await server.noted();
  const typing = await typed(page);
  const whileTyping = await server.noted();
  const sorting = await sorted(page);
  const whileSorting = await server.noted();
  const edit = await edited(page);
  const whileEditing = await server.noted();
  const selectAll = await choseAll(page);
  // What all of them have in common is looked for meanwhile.
  await page.waitForTimeout(3000);
  const whileChoosing = await server.noted();
  const after = await pageMemory(cdp);
  const memory = server.memory();
  await page.context().close();
  return {
    firstRows: times(first),
    frame,
    work,
    typing,
    sorting,
    edit,
    selectAll,
    page: { before, scrolled: everywhere, after },
    server: { typing: whileTyping, sorting: whileSorting, editing: whileEditing, choosing: whileChoosing },
    memory,
  };
}

/** Keystroke by keystroke. */
async function typed(page: Page): Promise<Times> {
  const bar = page.getByRole('combobox', { name: 'Search' });
  for (const text of [...WORDS, ...QUERIES]) {
    await bar.focus();
    for (const letter of text) {
      await page.keyboard.type(letter);
      // The answer to one keystroke is not to be taken for the next one's.
      await page.waitForTimeout(350);
    }
    await bar.fill('');
    await page.waitForTimeout(600);
  }
  return times(await noticed(page));
}

/** By every column that is shown, up and down. */
async function sorted(page: Page): Promise<Times> {
  const heads = await page.locator('[role=columnheader] button').all();
  for (const head of heads)
    for (const _ of ['up', 'down']) {
      await head.click();
      await page.waitForTimeout(500);
    }
  return times(await noticed(page));
}

/** Milliseconds from each input to its rows since the last call. */
const noticed = (page: Page) => page.evaluate(() => window.bench.shown.splice(0));

/** Frames of a list of 40 plain lines on the same machine: it can't be smoother. */
export async function floor(browser: Browser, scale: number): Promise<Pick<Measured, 'frame' | 'work'>> {
  const context = await browser.newContext({
    deviceScaleFactor: scale,
    viewport: { width: 1440, height: 860 },
  });
  const page = await context.newPage();
  await page.setContent(
    `<div id="list" style="height:800px;overflow:auto">${'<p style="height:36px;margin:0">A line</p>'.repeat(4000)}</div>`,
  );
  const result = await scrolled(browser, page, '#list');
  await context.close();
  return result;
}

async function open(browser: Browser, url: string, scale: number): Promise<Page> {
  const context = await browser.newContext({
    deviceScaleFactor: scale,
    viewport: { width: 1440, height: 860 },
  });
  const page = await context.newPage();
  await page.addInitScript(watchFirstRows);
  await page.goto(url);
  await page.waitForFunction(() => window.bench.firstRows > 0);
  // The counts of keys and whatever else the first screen still asks for.
  await page.waitForTimeout(1200);
  return page;
}

async function scrolled(
  browser: Browser,
  page: Page,
  selector: string,
): Promise<Pick<Measured, 'frame' | 'work'>> {
  await page.evaluate(scroll, { selector, step: 60, frames: 60 });
  await browser.startTracing(page, {
    categories: [
      'devtools.timeline',
      'devtools.timeline.frame',
      'disabled-by-default-devtools.timeline',
      'toplevel',
    ],
  });
  const deltas = await page.evaluate(scroll, { selector, step: 90, frames: 400 });
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return { frame: times(deltas), work: times(workPerFrame(trace.traceEvents)) };
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  /** Time on the processor, where the platform tells it. */
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
}

/** Milliseconds of the processor that the thread of the page takes from one frame to the next. */
function workPerFrame(events: readonly TraceEvent[]): number[] {
  const frames = events.filter(({ name }) => name === 'FireAnimationFrame').toSorted((a, b) => a.ts - b.ts);
  const [one] = frames;
  if (!one) return [];
  const tasks = events
    .filter(
      ({ name, pid, tid, ph }) => name === 'RunTask' && ph === 'X' && pid === one.pid && tid === one.tid,
    )
    .toSorted((a, b) => a.ts - b.ts);
  const work: number[] = [];
  let at = 0;
  for (const [i, { ts }] of frames.entries()) {
    const end = frames[i + 1]?.ts;
    if (end === undefined) break;
    let sum = 0;
    while (tasks[at] && tasks[at]!.ts < end) {
      if (tasks[at]!.ts >= ts) sum += tasks[at]!.tdur ?? tasks[at]!.dur ?? 0;
      at++;
    }
    work.push(sum / 1000);
  }
  return work;
}

/** Chooses 10,000 rows by their first and last, gives them an album, and takes that back. */
async function edited(page: Page): Promise<number | null> {
  const grid = page.getByRole('grid');
  const status = page.getByRole('status');
  await grid.focus();
  await page.keyboard.press('Home');
  // The last question was for everything.
  await page.waitForFunction(() =>
    /^[\d,]+ tracks$/.test(document.querySelector('.found')!.textContent ?? ''),
  );
  const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
  if (rows < EDITED) return null;
  await page.evaluate(
    ([last, all]) => {
      const element = document.querySelector('[role=grid]')!;
      const height = element.querySelector<HTMLElement>('[role=presentation]')!.offsetHeight;
      const visible = element.clientHeight - 34;
      element.scrollTop = ((last! * 36 - visible / 2) * (height - visible)) / (all! * 36 - visible);
    },
    [EDITED - 1, rows],
  );
  await page.locator(`[data-index="${EDITED - 1}"] .title`).click({ modifiers: ['Shift'] });
  await page.getByText('10,000 chosen').waitFor();
  // What they have in common is counted first.
  await page.locator('.details').getByText('What you type is given').waitFor();
  await page.keyboard.press('F2');
  await page.keyboard.type('Edited by the benchmark');
  const started = performance.now();
  await page.keyboard.press('Enter');
  await status.filter({ hasText: 'of 10,000 tracks edited' }).waitFor();
  const edit = performance.now() - started;
  await page.keyboard.press('Control+z');
  await status.filter({ hasText: 'Undone' }).waitFor();
  return edit;
}

async function choseAll(page: Page): Promise<number> {
  const grid = page.getByRole('grid');
  const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
  await grid.focus();
  const started = performance.now();
  await page.keyboard.press('Control+a');
  await page
    .getByText(`${rows.toLocaleString('en')} chosen`)
    .first()
    .waitFor();
  return performance.now() - started;
}
