/**
 * The table of the app with large libraries, in Chromium against `cratewise serve`: time to the first rows, frames
 * while scrolling (time between them, and what the page does for each, from Chromium's trace), keystroke to rows,
 * an edit of 10,000 rows, memory of the page. Beside it the machine's own floor: a library of 100 tracks, and the
 * frames of a plain list.
 *
 *   npm run build && node bench/ui.ts [--sizes 100000,1000000] [--folder DIR] [--scale 2] [--rounds 5]
 *
 * Libraries are made in --folder (default: a temporary one, removed afterwards) and used again if they are there;
 * a million takes about ten minutes to fill and 2 GB of disk.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCatalogue } from '../src/main/catalogue/index.ts';
import { launch, missing, served } from '../tests/ui/support.ts';
import { fill } from './catalogue/synthetic.ts';
import { floor, type Measured, measure, type Times } from './ui/measure.ts';

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
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cratewise-ui-bench-'));
mkdirSync(folder, { recursive: true });
const scale = Number(values.scale);

function library(count: number): string {
  const file = join(folder, `${count}.db`);
  if (!existsSync(file)) {
    const catalogue = openCatalogue(file);
    fill(catalogue, count, (text) => console.error(text));
    catalogue.close();
  }
  return file;
}

const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0).padStart(8);
const line = (name: string, { p50, p95, max }: Times, goal = '') =>
  console.log(`  ${name.padEnd(34)} ${ms(p50)} ${ms(p95)} ${ms(max)}  ${goal}`);

function report(name: string, measured: Measured, goals: { first: number; typing: number } | null): void {
  console.log(`\n== ${name}                     p50      p95      max  (ms)`);
  line('first rows', measured.firstRows, goals ? `goal < ${goals.first}` : '');
  line('time between frames, scrolling', measured.frame, 'goal p95 ≤ 16.7 or the floor');
  line('work of the page for a frame', measured.work);
  line('keystroke to rows', measured.typing, goals ? `goal p95 < ${goals.typing}` : '');
  if (measured.edit !== null)
    console.log(`  ${'edit of 10,000 rows'.padEnd(34)} ${ms(measured.edit)}  goal < 1000`);
  console.log(`  ${'choosing everything'.padEnd(34)} ${ms(measured.selectAll)}`);
  console.log(
    `  page: ${measured.heap.toFixed(1)} MB of heap, ${measured.rss.toFixed(0)} MB of process, ${measured.nodes} nodes`,
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
    const { url, process: server } = await served(library(count));
    try {
      const measured = await measure(browser, url, scale, Number(values.rounds));
      const goals =
        count === 100 ? null : { first: count > 100_000 ? 2000 : 1000, typing: count > 100_000 ? 150 : 50 };
      report(`${count.toLocaleString('en')} tracks`, measured, goals);
    } finally {
      server.kill('SIGINT');
      await new Promise((resolve) => server.once('exit', resolve));
    }
  }
} finally {
  await browser.close();
  if (!values.folder) rmSync(folder, { recursive: true });
}
