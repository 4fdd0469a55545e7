/**
 * Genre and key of the built-in tier on the 100 GTZAN excerpts of ../shared/data/gtzan100, through the same
 * analyser processes as in the product. Beside it libKeyFinder's answers on the same clips (bench/data, measured
 * once with its own program). Run: npm run bench:gtzan100
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeHost } from '../src/main/host/node-host.ts';
import { packageRoot } from '../src/main/host/places.ts';
import { WorkerPool } from '../src/main/host/worker-pool.ts';
import type { AnalyserCalls } from '../src/shared/analysis.ts';
import { keyOf } from '../src/shared/music/key.ts';
import { mirexScore } from '../src/shared/music/mirex.ts';
import { rank } from '../src/shared/prediction.ts';
import { bootstrapMean, formatInterval } from './lib/statistics.ts';

const data = join(packageRoot, '..', 'shared', 'data');
if (!existsSync(join(data, 'gtzan100'))) {
  console.error(`Nothing to measure: ${join(data, 'gtzan100')} is not there.`);
  process.exit(2);
}

/** Rows of a tab-separated file with a header line. */
function rows(file: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = header.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [names[i], cell.trim()])));
}

const key = (text: string | undefined) => keyOf(text ?? '');

const splits = new Map(rows(join(data, 'gtzan-fault-filtered-split.tsv')).map((row) => [row.clip, row]));
const keys = new Map(rows(join(data, 'gtzan-keys.tsv')).map((row) => [row.clip, key(row.key)]));
const peerFile = join(packageRoot, 'bench', 'data', 'keyfinder-gtzan100.tsv');
const peer = existsSync(peerFile) ? new Map(rows(peerFile).map((row) => [row.clip, key(row.key)])) : null;

const clips = [...new Set([...keys.keys(), ...splits.keys()])]
  .filter((clip): clip is string => clip !== undefined && existsSync(join(data, 'gtzan100', `${clip}.flac`)))
  .sort();

const pool = new WorkerPool<AnalyserCalls>(nodeHost, { module: 'analyser/worker' });
const { predictors } = await pool.call('describe');
const started = performance.now();
const answers = await Promise.all(
  clips.map((clip) =>
    pool.call('analyse', {
      path: join(data, 'gtzan100', `${clip}.flac`),
      representations: [],
      predictors: predictors.map((predictor) => predictor.id),
      windows: { count: 3, seconds: 30 },
    }),
  ),
);
const seconds = (performance.now() - started) / 1000;
pool.close();

const predicted = (index: number, task: string) => {
  const prediction = answers[index]?.predictions.find((candidate) => candidate.task === task);
  return prediction ? rank(prediction) : null;
};

console.log(
  `${clips.length} clips in ${seconds.toFixed(1)} s; predictors ${predictors.map((p) => `${p.id}@${p.version}`).join(', ')}`,
);
console.log(
  '\nGenre accuracy by the protocol’s split (train clips were seen in training as published features):',
);
for (const split of ['train', 'valid', 'test']) {
  const hits = clips.flatMap((clip, i) => {
    const row = splits.get(clip);
    return row?.split === split ? [predicted(i, 'genre')?.label === row.genre ? 1 : 0] : [];
  });
  if (hits.length > 0)
    console.log(`  ${split.padEnd(6)} n=${hits.length}  ${formatInterval(bootstrapMean(hits))}`);
}

const ours: { score: number; exact: number }[] = [];
const theirs: { score: number; exact: number }[] = [];
clips.forEach((clip, i) => {
  const reference = keys.get(clip);
  if (!reference) return;
  const score = (estimate: ReturnType<typeof key>) => (estimate ? mirexScore(reference, estimate) : 0);
  const own = score(key(predicted(i, 'key')?.label));
  ours.push({ score: own, exact: own === 1 ? 1 : 0 });
  const other = score(peer?.get(clip) ?? null);
  theirs.push({ score: other, exact: other === 1 ? 1 : 0 });
});
console.log(`\nKey on the ${ours.length} annotated clips, mean and bootstrap 95 % interval:`);
const line = (name: string, results: typeof ours) =>
  console.log(
    `  ${name.padEnd(14)} accuracy ${formatInterval(bootstrapMean(results.map((r) => r.exact)))}  MIREX ${formatInterval(bootstrapMean(results.map((r) => r.score)))}`,
  );
line('Cratewise', ours);
if (peer) {
  line('libKeyFinder', theirs);
  const difference = bootstrapMean(ours.map((result, i) => result.score - theirs[i]!.score));
  console.log(`  paired difference in MIREX score: ${formatInterval(difference)}`);
}
