/**
 * How long the main process's event loop is held up while tracks are analysed: scan and analysis as the program runs
 * them, analysers in processes of their own.
 *
 *   node bench/event-loop.ts <folder of music> [--tier musicgen-small] [--data <XDG data folder>] [--tracks 6]
 *
 * Without --data a MusicGen of the real interface and next to no weights is used, as tier musicgen-tiny. The lag is
 * what perf_hooks.monitorEventLoopDelay shows beyond its own interval. It holds what the operating system adds where
 * more wants to run than there are cores, so the same is measured first with nothing to do; and the
 * processor time that the main thread takes between two ticks stands beside it: so much of the lag is of our making.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { analyseDue } from '../src/main/analysis/analyse.ts';
import { openCatalogue } from '../src/main/catalogue/index.ts';
import { nodeHost } from '../src/main/host/node-host.ts';
import { scanLibrary } from '../src/main/scan/scan.ts';
import { writeTinyModel } from '../tests/analyser/representations/musicgen/tiny-model.ts';

const INTERVAL_MS = 5;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tier: { type: 'string', default: 'musicgen-tiny' },
    data: { type: 'string' },
    tracks: { type: 'string', default: '6' },
  },
});
const music = positionals[0] && resolve(positionals[0]);
if (!music) {
  console.error(
    'usage: node bench/event-loop.ts <folder of music> [--tier <id>] [--data <folder>] [--tracks <n>]',
  );
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'cratewise-event-loop-'));
process.env.XDG_DATA_HOME = options.data ? resolve(options.data) : join(folder, 'data');
if (!options.data) writeTinyModel(join(folder, 'data', 'cratewise', 'models'), options.tier);

/** Processor time of the main thread so far. */
function threadSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** Runs `work` and prints by how much timers came late meanwhile, in milliseconds. */
async function measured(name: string, work: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: INTERVAL_MS });
  const cpu = process.cpuUsage();
  const began = performance.now();
  let longest = 0;
  let last = threadSeconds();
  const ticks = setInterval(() => {
    const now = threadSeconds();
    longest = Math.max(longest, now - last);
    last = now;
  }, INTERVAL_MS);
  delay.enable();
  await work();
  delay.disable();
  clearInterval(ticks);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - INTERVAL_MS).toFixed(1);
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(2)} CPU s in this process; late by ` +
      `${late(delay.percentile(50))} ms (half), ${late(delay.percentile(99))} (99 %), ${late(delay.percentile(99.9))} (99.9 %), ` +
      `${late(delay.max)} (most); own work between two ticks up to ${(longest * 1000).toFixed(1)} ms`,
  );
}

const catalogue = openCatalogue(join(folder, 'library.cratewise'));
try {
  await measured('nothing to do', () => wait(10_000));
  const files = readdirSync(music, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(flac|mp3|ogg|opus|m4a|wav)$/i.test(entry.name))
    .slice(0, Number(options.tracks))
    .map((entry) => join(entry.parentPath, entry.name));
  await measured(`scan of ${files.length} files`, () => scanLibrary(catalogue, files, { host: nodeHost }));
  await measured(`analysis, ${options.tier}`, async () => {
    const summary = await analyseDue(catalogue, nodeHost, { tier: options.tier });
    console.log(summary);
  });
} finally {
  catalogue.close();
  rmSync(folder, { recursive: true, force: true });
}
