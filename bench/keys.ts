/**
 * Key of the built-in net, S-KEY, KeyNet and `standard-key`, which fuses them, through the same analyser processes as in
 * the product: on the annotated excerpts of ../shared/data/gtzan100 and on rendered POP909 and Nottingham pieces of the
 * test split, in random keys and instruments. Run:
 *
 *     npm run bench:keys -- [--installed DIR] [--rendered DIR]…
 *
 * `--installed`: folder of installed models with skey and keynet, default that of the user. `--rendered`: folders of
 * `scripts/train-key/render.py`; clips of the split “test” that are tuned to within 40 cents of A440 count.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installedModelsFolder } from '../src/main/analysis/analyser-places.ts';
import { nodeHost } from '../src/main/host/node-host.ts';
import { modelsFolder, packageRoot } from '../src/main/host/places.ts';
import { WorkerPool } from '../src/main/host/worker-pool.ts';
import type { AnalyserCalls } from '../src/shared/analysis.ts';
import { type Key, keyFromIndex, keyOf } from '../src/shared/music/key.ts';
import { mirexScore } from '../src/shared/music/mirex.ts';
import { rank } from '../src/shared/prediction.ts';
import { bootstrapMean, formatInterval } from './lib/statistics.ts';

const { values } = parseArgs({
  options: {
    installed: { type: 'string', default: installedModelsFolder() },
    rendered: { type: 'string', multiple: true, default: [] },
    processes: { type: 'string', default: '1' },
  },
});

interface Clip {
  readonly name: string;
  readonly path: string;
  readonly key: Key;
}

function rows(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').map((cell) => cell.trim()));
}

function gtzan(): Clip[] {
  const data = join(packageRoot, '..', 'shared', 'data');
  if (!existsSync(join(data, 'gtzan100'))) return [];
  return rows(join(data, 'gtzan-keys.tsv')).flatMap(([name = '', key = '']) => {
    const path = join(data, 'gtzan100', `${name}.flac`);
    const parsed = keyOf(key);
    return parsed && existsSync(path) ? [{ name, path, key: parsed }] : [];
  });
}

function rendered(folder: string): (Clip & { piece: string })[] {
  return rows(join(folder, 'index.tsv')).flatMap(([file = '', split, piece = '', key = '', cents]) => {
    const parsed = keyOf(key);
    // Tuned half-way between two keys, there is no telling which one it is in.
    if (split !== 'test' || !parsed || Math.abs(Number(cents)) > 40) return [];
    return [{ name: file, path: join(folder, file), key: parsed, piece }];
  });
}

const pool = new WorkerPool<AnalyserCalls>(nodeHost, {
  module: 'analyser/worker',
  args: [modelsFolder, resolve(values.installed)],
  size: Number(values.processes),
});
const { predictors, representations } = await pool.call('describe');
const keyPredictors = predictors.filter(({ task }) => task === 'key');
/** Nets that are heard alone: their vector is ln of 24 probabilities. */
const nets = representations.filter(({ id }) => id === 'skey' || id === 'keynet').map(({ id }) => id);
console.log(`Predictors: ${keyPredictors.map(({ id, version }) => `${id}@${version}`).join(', ')}`);
if (nets.length < 2)
  console.log(`Of S-KEY and KeyNet, installed in ${values.installed}: ${nets.join(', ') || 'none'}`);

/** What each system says of a clip. */
async function hear(clip: Clip): Promise<Map<string, Key | null>> {
  const { predictions, embeddings } = await pool.call('analyse', {
    path: clip.path,
    representations: nets,
    predictors: keyPredictors.map(({ id }) => id),
    windows: { count: 3, seconds: 30 },
  });
  const said = new Map<string, Key | null>();
  for (const prediction of predictions) said.set(prediction.predictor, keyOf(rank(prediction).label));
  for (const { representation, vector } of embeddings) {
    said.set(representation, keyFromIndex(vector.indexOf(Math.max(...vector))));
  }
  return said;
}

const SYSTEMS = ['libKeyFinder', 'builtin-key', 'skey', 'keynet', 'standard-key'];

function print(title: string, clips: readonly Clip[], answers: readonly Map<string, Key | null>[]): void {
  console.log(`\n${title}, n = ${clips.length}: accuracy, MIREX weighted score with bootstrap 95 % interval`);
  const scores = new Map<string, number[]>();
  for (const system of SYSTEMS) {
    if (!answers.some((answer) => answer.has(system))) continue;
    const all = clips.map(({ key }, i) => {
      const estimate = answers[i]!.get(system);
      return estimate ? mirexScore(key, estimate) : 0;
    });
    scores.set(system, all);
    const exact = all.filter((score) => score === 1).length / all.length;
    console.log(`  ${system.padEnd(14)} ${exact.toFixed(3)}  ${formatInterval(bootstrapMean(all))}`);
  }
  const fused = scores.get('standard-key');
  for (const system of ['builtin-key', 'libKeyFinder']) {
    const other = scores.get(system);
    if (!fused || !other) continue;
    const difference = bootstrapMean(fused.map((score, i) => score - other[i]!));
    console.log(`  standard-key − ${system}, paired: ${formatInterval(difference)}`);
  }
}

const excerpts = gtzan();
if (excerpts.length > 0) {
  const peerFile = join(packageRoot, 'bench', 'data', 'keyfinder-gtzan100.tsv');
  const peer = new Map(rows(peerFile).map(([clip, key]) => [clip, keyOf(key ?? '')]));
  const started = performance.now();
  const answers = await Promise.all(excerpts.map(hear));
  const seconds = (performance.now() - started) / 1000;
  for (const [i, { name }] of excerpts.entries()) answers[i]!.set('libKeyFinder', peer.get(name) ?? null);
  print('gtzan100, annotated excerpts', excerpts, answers);
  console.log(`  ${seconds.toFixed(1)} s in all, decoding included, ${values.processes} process(es)`);
}

const clips = values.rendered.flatMap((folder) => rendered(resolve(folder)));
if (clips.length > 0) {
  const answers = await Promise.all(clips.map(hear));
  const pieces = new Set(clips.map(({ piece }) => piece));
  print(`Rendered test clips of ${pieces.size} pieces`, clips, answers);
  for (const source of ['pop909', 'nottingham']) {
    const indices = clips.flatMap(({ piece }, i) => (piece.startsWith(source) ? [i] : []));
    if (indices.length === 0) continue;
    print(
      `  of these ${source}`,
      indices.map((i) => clips[i]!),
      indices.map((i) => answers[i]!),
    );
  }
}
pool.close();
