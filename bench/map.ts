/**
 * The map of large libraries: how long it takes to lay it out (in its process, with that process's memory), and in
 * Chromium against `cratewise serve` how long until the first points are seen (a coarse map), until the real ones are,
 * and until a kept map is; frames while zooming, panning and hovering. Beside it the machine's own floor: a WebGL canvas
 * that is only cleared.
 *
 *   npm run build && node bench/map.ts [--sizes 100000] [--width 160] [--folder DIR] [--from FILE] [--no-page] [--scale 1]
 *
 * Libraries are made in --folder (default: a temporary one, removed afterwards) and used again if they are there; --from
 * names a library without vectors to begin with (see bench/ui.ts). Only for one size.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from '@playwright/test';
import Sqlite from 'better-sqlite3';
import { nodeHost } from '../src/main/host/node-host.ts';
import { WorkerPool } from '../src/main/host/worker-pool.ts';
import type { MapCalls, MapProgress } from '../src/main/map/calls.ts';
import { launch, missing, served } from '../tests/ui/support.ts';
import { libraryWithVectors } from './map/library.ts';
import { clearing, drawnBy, travel, untilDrawn } from './map/page.ts';
import { type Times, times } from './ui/measure.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000' },
    width: { type: 'string', default: '160' },
    folder: { type: 'string' },
    from: { type: 'string' },
    scale: { type: 'string', default: '1' },
    'no-page': { type: 'boolean', default: false },
    'no-layout': { type: 'boolean', default: false },
  },
});
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cratewise-map-bench-'));
mkdirSync(folder, { recursive: true });

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
const line = (name: string, text: string) => console.log(`  ${name.padEnd(40)} ${text}`);
const frames = (name: string, { p50, p95, max }: Times) =>
  line(name, `p50 ${p50.toFixed(1)}  p95 ${p95.toFixed(1)}  max ${max.toFixed(0)} ms`);

/** Seconds that a process has computed; 0 where there is no /proc. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** Lays out in the process that the app uses, and tells how long each stage took. */
async function layout(library: string, representation = 'choi'): Promise<void> {
  let pid: number | undefined;
  const host: typeof nodeHost = {
    start(module, args) {
      const handle = nodeHost.start(module, args);
      pid = handle.pid;
      return handle;
    },
  };
  const pool = new WorkerPool<MapCalls>(host, { module: 'main/map/worker', size: 1 });
  const began = performance.now();
  let stage = '';
  let since = began;
  let used = 0;
  let peak = 0;
  const next = (name: string) => {
    if (name === stage) return;
    const now = performance.now();
    const cpu = cpuSeconds(pid);
    if (stage !== '') line(`  ${stage}`, `${seconds(now - since)} (${(cpu - used).toFixed(1)} s of a core)`);
    [stage, since, used] = [name, now, cpu];
  };
  const onProgress = (progress: MapProgress) => {
    if ('first' in progress) line('  coarse map', `after ${seconds(performance.now() - began)}`);
    else next(progress.stage);
    const status = pid === undefined ? '' : readFileSync(`/proc/${pid}/status`, 'utf8');
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const request = { library, representation, version: '1', seed: 1, how: 'whole', before: null } as const;
  const { tracks } = await pool.follow<'lay', MapProgress>('lay', { onProgress }, request);
  next('');
  line('map in all', `${seconds(performance.now() - began)}, ${tracks.length} tracks, ${peak.toFixed(0)} MB`);
  pool.close();
}

async function page(browser: Browser, library: string): Promise<void> {
  const cold = new Sqlite(library);
  cold.exec('DELETE FROM maps');
  cold.close();
  const { url, process: server } = await served(library);
  const context = await browser.newContext({
    deviceScaleFactor: Number(values.scale),
    viewport: { width: 1440, height: 860 },
  });
  try {
    for (const kept of [false, true]) {
      const tab = await context.newPage();
      await tab.goto(url);
      await tab.locator('[role=rowgroup] [role=row]').first().waitFor();
      await tab.waitForTimeout(1500);
      const began = performance.now();
      await tab.keyboard.press('Alt+3');
      line(kept ? 'a kept map is seen after' : 'first points after', seconds(await tab.evaluate(untilDrawn)));
      if (!kept) {
        await tab.getByRole('button', { name: 'Arrange anew' }).waitFor({ timeout: 1_800_000 });
        line('the map after', seconds(performance.now() - began));
        await tab.close();
        continue;
      }
      await tab.waitForTimeout(1500);
      console.log(`  drawn by ${await tab.evaluate(drawnBy)}`);
      for (const kind of ['zoom', 'pan', 'hover'] as const) {
        await tab.evaluate(travel, { kind, frames: 30 });
        frames(`frames, ${kind}`, times(await tab.evaluate(travel, { kind, frames: 240 })));
      }
      await tab.keyboard.press('0');
      await tab.locator('.plot').focus();
      await tab.keyboard.press('0');
      const chosen = performance.now();
      await tab.keyboard.press('Control+a');
      await tab
        .getByText(/[\d,]+ chosen/)
        .first()
        .waitFor();
      line('choosing everything', seconds(performance.now() - chosen));
      if (process.env.SCREENS) await tab.screenshot({ path: join(process.env.SCREENS, 'map-large.png') });
    }
    const blank = await context.newPage();
    frames('floor: a canvas that is cleared', times(await blank.evaluate(clearing, 240)));
  } finally {
    await context.close();
    server.kill('SIGINT');
    await new Promise((resolve) => server.once('exit', resolve));
  }
}

if (missing !== '' && !values['no-page']) {
  console.error(`Nothing measured: ${missing}. With --no-page only the layout is.`);
  process.exit(1);
}
try {
  for (const size of values.sizes.split(',').map(Number)) {
    const library = join(folder, `map-${size}.db`);
    libraryWithVectors(library, size, Number(values.width), values.from);
    console.log(`== ${size.toLocaleString('en')} tracks of ${values.width} columns`);
    if (!values['no-layout']) await layout(library);
    if (values['no-page']) continue;
    const browser = await launch();
    await page(browser, library).finally(() => browser.close());
  }
} finally {
  if (!values.folder) rmSync(folder, { recursive: true });
}
