/**
 * The catalogue at 1,000, 100,000 and 1,000,000 synthetic tracks: rates of filling it, time of typical searches
 * (median and 95th percentile; median of processor time), and memory, which must not grow with the library.
 *
 *   node bench/catalogue.ts [--sizes 1000,100000,1000000] [--folder DIR] [--runs 15]
 *
 * Libraries are made in --folder (default: a temporary one, removed afterwards) and used again if they are there.
 * A million takes about a quarter of an hour to fill and 2 GB of disk. Each size is filled and searched in processes
 * of its own, so that memory is that of the one job.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Catalogue, openCatalogue } from '../src/main/catalogue/index.ts';
import { type Measurement, measure } from './catalogue/queries.ts';
import { type FillRates, fill } from './catalogue/synthetic.ts';

interface FillReport {
  readonly rates: FillRates;
  readonly megabytes: number;
  readonly peakRss: number;
}

interface RescanReport {
  readonly seconds: number;
  readonly peakRss: number;
}

interface SearchReport {
  readonly openMs: number;
  readonly measurements: readonly Measurement[];
  readonly rss: number;
  readonly peakRss: number;
}

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000,1000000' },
    folder: { type: 'string' },
    runs: { type: 'string', default: '15' },
    job: { type: 'string' },
    file: { type: 'string' },
    count: { type: 'string' },
  },
});

const peakRss = () => process.resourceUsage().maxRSS / 1024;
const megabytes = (bytes: number) => bytes / 1024 / 1024;

if (values.job === 'fill') {
  const catalogue = openCatalogue(values.file!);
  const rates = fill(catalogue, Number(values.count), (text) => console.error(text));
  const report: FillReport = { rates, megabytes: megabytes(catalogue.size()), peakRss: peakRss() };
  catalogue.close();
  process.send!(report);
} else if (values.job === 'rescan') {
  const catalogue = openCatalogue(values.file!);
  const start = performance.now();
  for (const root of catalogue.roots.list()) rescan(catalogue, root.id);
  const report: RescanReport = { seconds: (performance.now() - start) / 1000, peakRss: peakRss() };
  catalogue.close();
  process.send!(report);
} else if (values.job === 'search') {
  const start = performance.now();
  const catalogue = openCatalogue(values.file!, { access: 'read' });
  const openMs = performance.now() - start;
  const measurements = measure(catalogue, Number(values.runs));
  const report: SearchReport = {
    openMs,
    measurements,
    rss: megabytes(process.memoryUsage.rss()),
    peakRss: peakRss(),
  };
  catalogue.close();
  process.send!(report);
} else await all();

/** The catalogue's part of a scan that finds nothing changed. */
function rescan(catalogue: Catalogue, rootId: number): void {
  const scan = catalogue.files.beginScan();
  let seen: number[] = [];
  for (const file of catalogue.files.known(rootId)) {
    seen.push(file.id);
    if (seen.length < 1000) continue;
    catalogue.files.markSeen(seen, scan);
    seen = [];
  }
  catalogue.files.markSeen(seen, scan);
  catalogue.files.finishScan(rootId, scan);
}

async function all(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cratewise-bench-'));
  mkdirSync(folder, { recursive: true });
  try {
    for (const count of values.sizes.split(',').map(Number)) {
      const file = join(folder, `${count}.db`);
      console.log(`\n== ${count.toLocaleString('en')} tracks`);
      if (!existsSync(file)) {
        const { rates, ...report } = await job<FillReport>('fill', file, count);
        console.log(
          `filled: scan ${rates.scan.toFixed(0)}, enqueue ${rates.enqueue.toFixed(0)}, analysis results ${rates.analyse.toFixed(0)} files/s; ` +
            `${report.megabytes.toFixed(0)} MB on disk; peak RSS ${report.peakRss.toFixed(0)} MB`,
        );
      }
      const known = await job<RescanReport>('rescan', file, count);
      console.log(
        `rescan without a change: ${known.seconds.toFixed(1)} s; peak RSS ${known.peakRss.toFixed(0)} MB`,
      );
      const report = await job<SearchReport>('search', file, count);
      console.log(
        `open ${report.openMs.toFixed(0)} ms; RSS ${report.rss.toFixed(0)} MB after, peak ${report.peakRss.toFixed(0)} MB`,
      );
      console.log(
        `${'query'.padEnd(52)} ${'hits'.padStart(9)} ${'p50 ms'.padStart(8)} ${'p95 ms'.padStart(8)} ${'cpu ms'.padStart(8)}`,
      );
      for (const { name, hits, p50, p95, cpu } of report.measurements)
        console.log(
          `${name.padEnd(52)} ${String(hits).padStart(9)} ${p50.toFixed(1).padStart(8)} ${p95.toFixed(1).padStart(8)} ${cpu.toFixed(1).padStart(8)}`,
        );
    }
  } finally {
    if (!values.folder) rmSync(folder, { recursive: true });
  }
}

function job<T>(name: string, file: string, count: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const args = ['--job', name, '--file', file, '--count', String(count), '--runs', values.runs];
    const child = fork(import.meta.filename, args);
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}
