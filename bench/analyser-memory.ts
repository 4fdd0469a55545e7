/**
 * Memory of the analyser process over many windows, with windows of several lengths in turn.
 *
 *   node bench/analyser-memory.ts [--windows 500] [--models <folder of installed models>] [--representation <id>]
 *
 * Without --models a MusicGen of the real interface and next to no weights is written and used. The resident set is
 * read from outside, after each tenth of the windows; what is flat is told apart from what grows by the slope over
 * the second half.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesisedClip } from '../src/analyser/onnx/clip.ts';
import { nodeHost } from '../src/main/host/node-host.ts';
import { modelsFolder } from '../src/main/host/places.ts';
import type { ProcessHost } from '../src/main/host/process-host.ts';
import { WorkerPool } from '../src/main/host/worker-pool.ts';
import type { AnalyserCalls } from '../src/shared/analysis.ts';
import { writeTinyModel } from '../tests/analyser/representations/musicgen/tiny-model.ts';
import { wav } from '../tests/analyser/signals.ts';

const RATE = 32_000;
/** Lengths of the windows in turn, in seconds. */
const LENGTHS = [30, 29.99, 17.3, 30, 4];

const { values: options } = parseArgs({
  options: {
    windows: { type: 'string', default: '500' },
    models: { type: 'string' },
    representation: { type: 'string', default: 'musicgen-tiny' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const windows = Number(options.windows);
const folder = mkdtempSync(join(tmpdir(), 'cratewise-memory-'));

/** `VmRSS` and of it what is not mapped from files, in MB. */
function memory(pid: number): { resident: number; anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1000;
  return { resident: of('VmRSS'), anonymous: of('RssAnon') };
}

try {
  const models = options.models ?? join(folder, 'models');
  if (!options.models) writeTinyModel(models, options.representation);
  const path = join(folder, 'clip.wav');
  writeFileSync(path, wav(RATE, [synthesisedClip(RATE, 60)]));
  let pid = 0;
  const host: ProcessHost = {
    start(module, args) {
      const handle = nodeHost.start(module, args);
      pid = handle.pid ?? 0;
      return handle;
    },
  };
  const none = join(folder, 'none');
  const remember = JSON.stringify({ remember: join(folder, 'devices.json') });
  const args = [modelsFolder, models, none, none, options.threads, remember];
  const pool = new WorkerPool<AnalyserCalls>(host, { module: 'analyser/worker', args, size: 1 });
  const { predictors } = await pool.call('describe');
  const builtin = predictors.filter(({ needs }) => needs === 'built-in').map(({ id }) => id);
  const seen: { window: number; resident: number; anonymous: number }[] = [];
  for (let window = 1; window <= windows; window++) {
    const { embeddings } = await pool.call('analyse', {
      path,
      representations: [options.representation],
      predictors: builtin,
      windows: { count: 1, seconds: LENGTHS[window % LENGTHS.length]! },
    });
    if (embeddings.length !== 1) throw new Error(`Window ${window} gave ${embeddings.length} vectors.`);
    if (window % Math.ceil(windows / 10) === 0 || window === windows) {
      seen.push({ window, ...memory(pid) });
      const { resident, anonymous } = seen.at(-1)!;
      console.log(
        `${window} windows: ${resident.toFixed(0)} MB resident, ${anonymous.toFixed(0)} MB not of files`,
      );
    }
  }
  pool.close();
  const half = seen.slice(Math.floor(seen.length / 2));
  console.log(`second half: ${slope(half).toFixed(3)} MB a window`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Least-squares slope of anonymous memory by window. */
function slope(points: readonly { window: number; anonymous: number }[]): number {
  const mean = (pick: (p: (typeof points)[number]) => number) =>
    points.reduce((sum, p) => sum + pick(p), 0) / points.length;
  const x = mean((p) => p.window);
  const y = mean((p) => p.anonymous);
  const over = points.reduce((sum, p) => sum + (p.window - x) * (p.anonymous - y), 0);
  return over / points.reduce((sum, p) => sum + (p.window - x) ** 2, 0);
}
