import { readFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { scroll, watchFirstRows, watchTyping } from './page.ts';

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
  /** Milliseconds from Enter to the rows as edited; null where the library has not so many. */
  readonly edit: number | null;
  readonly selectAll: number;
  /** Megabytes after scrolling, typing and editing. */
  readonly heap: number;
  readonly rss: number;
  readonly nodes: number;
}

export const times = (list: readonly number[]): Times => {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? 0 };
};

const WORDS = ['lobe', 'baba', 'vivebo', 'kebe', 'dabo tebe', 'mu'];
const QUERIES = ['key:8A~ ', 'bpm:>120 ', '-genre:rock '];
const EDITED = 10_000;

/** One library in one page after the other. */
export async function measure(
  browser: Browser,
  url: string,
  scale: number,
  rounds: number,
): Promise<Measured> {
  const first: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const page = await open(browser, url, scale);
    first.push(await page.evaluate(() => window.bench.firstRows));
    await page.context().close();
  }
  const page = await open(browser, url, scale);
  const cdp = await page.context().newCDPSession(page);
  const { frame, work } = await scrolled(browser, page, '[role=grid]');
  await page.evaluate(watchTyping);
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
  const typing = times(await page.evaluate(() => window.bench.typed));
  const { edit, selectAll } = await edited(page);
  const memory = await used(cdp);
  await page.context().close();
  return { firstRows: times(first), frame, work, typing, edit, selectAll, ...memory };
}

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

/** Chooses 10,000 rows by their first and last, gives them an album; then chooses everything. */
async function edited(page: Page): Promise<Pick<Measured, 'edit' | 'selectAll'>> {
  const grid = page.getByRole('grid');
  const status = page.getByRole('status');
  await grid.focus();
  await page.keyboard.press('Home');
  // The last question was for everything.
  await page.waitForFunction(() =>
    /^[\d,]+ tracks$/.test(document.querySelector('.found')!.textContent ?? ''),
  );
  const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
  let edit: number | null = null;
  if (rows >= EDITED) {
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
    edit = performance.now() - started;
    await page.keyboard.press('Control+z');
    await status.filter({ hasText: 'Undone' }).waitFor();
  }
  await grid.focus();
  const started = performance.now();
  await page.keyboard.press('Control+a');
  await page
    .getByText(`${rows.toLocaleString('en')} chosen`)
    .first()
    .waitFor();
  return { edit, selectAll: performance.now() - started };
}

async function used(cdp: CDPSession): Promise<Pick<Measured, 'heap' | 'rss' | 'nodes'>> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { heap: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), rss: rendererRss() };
}

/** Megabytes of the largest renderer process of ours; 0 where there is no /proc. */
function rendererRss(): number {
  try {
    const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
    let largest = 0;
    while (pids.length > 0) {
      const pid = pids.pop()!;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
      if (command.includes('--type=renderer')) largest = Math.max(largest, rss / 1024);
      pids.push(
        ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
          .trim()
          .split(' ')
          .filter((child) => child !== ''),
      );
    }
    return largest;
  } catch {
    return 0;
  }
}
