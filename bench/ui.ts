/**
 * The table of the app with large libraries, in Chromium against `cratewise serve`: time to the first rows, frames
 * while scrolling (time between them, and what the page does for each, from Chromium's trace), keystroke to rows,
 * click on a head to rows, an edit of 10,000 rows, choosing everything; memory of the page, and of the processes that
 * serve it; how long the main process was held up meanwhile. Beside it the machine's own floor: a library of 100
 * tracks, and the frames of a plain list.
 *
 *   npm run build && npm run bench:ui [-- --sizes 100000,1000000] [--folder DIR] [--scale 2] [--rounds 5]
 *
 * Libraries are made in --folder (default: cratewise-bench in the folder for temporary files) and used again if they
 * are there; a million takes about ten minutes to fill and 2 GB of disk.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCatalogue } from '../src/main/catalogue/index.ts';
import { launch, missing } from '../tests/ui/support.ts';
import { fill } from './catalogue/synthetic.ts';
import { floor, type Measured, measure, type Times } from './ui/measure.ts';
import { probed } from './ui/server.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000,1000000' },
    folder: { type: 'string' },
    scale: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
});

if (missing !== '') {
  console.error(`Nothing measured: ${missing}.`);
  process.exit(1);
}
const folder = values.folder ?? join(tmpdir(), 'cratewise-bench');
mkdirSync(folder, { recursive: true });
const scale = Number(values.scale);

function library(count: number): string {
  const file = join(folder, `${count}.db`);
  if (!existsSync(file)) {
    // One that was left half filled is not taken for whole.
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}.new${suffix}`, { force: true });
    const catalogue = openCatalogue(`${file}.new`);
    fill(catalogue, count, (text) => console.error(text));
    catalogue.close();
    renameSync(`${file}.new`, file);
  }
  // How an earlier run left the table.
  const catalogue = openCatalogue(file);
  catalogue.settings.set('app.view', undefined);
  catalogue.close();
  return file;
}

const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0).padStart(8);
const line = (name: string, { p50, p95, max }: Times, goal = '') =>
  console.log(`  ${name.padEnd(34)} ${ms(p50)} ${ms(p95)} ${ms(max)}  ${goal}`);

function report(name: string, measured: Measured, goals: { first: number; typing: number } | null): void {
  const { page, server, memory } = measured;
  console.log(`\n== ${name}                     p50      p95      max  (ms)`);
  line('first rows', measured.firstRows, goals ? `goal < ${goals.first}` : '');
  line('time between frames, scrolling', measured.frame, 'goal p95 ≤ 16.7 or the floor');
  line('work of the page for a frame', measured.work);
  line('keystroke to rows', measured.typing, goals ? `goal p95 < ${goals.typing}` : '');
  line('click on a head to rows', measured.sorting);
  if (measured.edit !== null)
    console.log(`  ${'edit of 10,000 rows'.padEnd(34)} ${ms(measured.edit)}  goal < 1000`);
  console.log(`  ${'choosing everything'.padEnd(34)} ${ms(measured.selectAll)}`);
  for (const [when, { heap, rss, nodes }] of Object.entries(page))
    console.log(
      `  page ${when.padEnd(9)} ${heap.toFixed(1)} MB of heap, ${rss.toFixed(0)} MB of process, ${nodes} nodes`,
    );
  for (const [when, { lag, busiest }] of Object.entries(server))
    console.log(
      `  main process while ${when.padEnd(9)} timers late p99${ms(lag.p99)}, max${ms(lag.max)}; computes at once ≤${ms(busiest)}`,
    );
  if (memory)
    console.log(
      `  resident: main process ${memory.main.toFixed(0)} MB, its workers ${memory.workers.toFixed(0)} MB`,
    );
}

const browser = await launch();
try {
  const plain = await floor(browser, scale);
  console.log(`Chromium ${browser.version()}, ${scale}× screen of 1440 × 860`);
  console.log('\n== floor: a plain list              p50      p95      max  (ms)');
  line('time between frames, scrolling', plain.frame);
  line('work of the page for a frame', plain.work);
  for (const count of [100, ...values.sizes.split(',').map(Number)]) {
    const server = await probed(library(count));
    try {
      const measured = await measure(browser, server, scale, Number(values.rounds));
      const goals =
        count === 100 ? null : { first: count > 100_000 ? 2000 : 1000, typing: count > 100_000 ? 150 : 50 };
      report(`${count.toLocaleString('en')} tracks`, measured, goals);
    } finally {
      await server.close();
    }
  }
} finally {
  await browser.close();
}
