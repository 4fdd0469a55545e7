/**
 * The trainer on published GTZAN features: softmax regression beside scikit-learn's on the same standardised matrix,
 * loss at the optimum and time, then steps a second of MLPs.
 *
 *     npm run bench:trainer [-- --python <python with scikit-learn>]
 *
 * scikit-learn is given one thread; ours has one. Without --python only ours is printed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readFeatures } from '../scripts/train-standard-genre/recipe.ts';
import { examplesOf, readPublishedMfcc } from '../src/main/lab/gtzan.ts';
import type { Matrix } from '../src/main/lab/matrix.ts';
import { accuracy } from '../src/main/lab/metrics.ts';
import { fitSoftmax } from '../src/main/lab/softmax-regression.ts';
import { columnMoments, standardise } from '../src/main/lab/standardise.ts';
import { trainMlp } from '../src/main/lab/train-mlp.ts';
import { writeNpy } from '../src/main/lab/write-npy.ts';

const { values: options } = parseArgs({ options: { python: { type: 'string' } } });
const shared = resolve(import.meta.dirname, '../../shared');
const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const STRENGTHS = [0.01, 0.1, 0.3, 1, 10];

const features = readFeatures(shared);
const { clips, choi, tags } = features;
const sets = [
  { name: 'mfcc-12k', parts: [readPublishedMfcc(shared)] },
  { name: 'choi', parts: [choi] },
  { name: 'choi + musicnn-tags', parts: [choi, tags] },
];

interface Fitted {
  readonly loss: number;
  readonly seconds: number;
}

out('Softmax regression, loss at the optimum (difference: ours minus scikit-learn’s) and seconds:');
for (const { name, parts } of sets) {
  const { x: raw, y } = examplesOf(clips, ['train'], parts);
  const moments = columnMoments(raw);
  // The same 32-bit numbers for both.
  const x = { ...raw, data: Float64Array.from(Float32Array.from(standardise(raw, moments).data)) };
  out(`  ${name}, ${x.rows} × ${x.columns}, 10 labels`);
  const theirs = options.python ? scikitLearn(options.python, x, y) : null;
  let sum = 0;
  STRENGTHS.forEach((c, at) => {
    const start = performance.now();
    const { loss, iterations } = fitSoftmax(x, y, 10, { l2: 1 / (c * x.rows) });
    const seconds = (performance.now() - start) / 1000;
    sum += seconds;
    const peer = theirs?.[at];
    out(
      `    C ${String(c).padEnd(5)} ours ${loss.toFixed(10)} ${seconds.toFixed(3)} s, ${iterations} iterations` +
        (peer
          ? `   scikit-learn ${peer.seconds.toFixed(3)} s, difference ${(loss - peer.loss).toExponential(1)}`
          : ''),
    );
  });
  out(
    `    all five: ours ${sum.toFixed(2)} s${theirs ? `, scikit-learn ${theirs.reduce((a, b) => a + b.seconds, 0).toFixed(2)} s` : ''}`,
  );
}

function scikitLearn(python: string, x: Matrix, y: readonly number[]): Fitted[] {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-trainer-'));
  try {
    writeFileSync(join(folder, 'x.npy'), writeNpy([x.rows, x.columns], Float32Array.from(x.data)));
    writeFileSync(join(folder, 'y.npy'), writeNpy([y.length], Float32Array.from(y)));
    const script = join(import.meta.dirname, 'trainer', 'sklearn_peer.py');
    const printed = execFileSync(python, [script, folder, ...STRENGTHS.map(String)], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    });
    return printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Fitted);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

out(
  '\nMLPs on choi (160 numbers, 443 train clips, 197 valid): steps a second, valid looked at every 8 steps',
);
const train = examplesOf(clips, ['train'], [choi]);
const valid = examplesOf(clips, ['valid'], [choi]);
const moments = columnMoments(train.x);
const prepared = { x: standardise(train.x, moments), y: train.y };
const validX = standardise(valid.x, moments);
for (const hidden of [[], [512], [512, 256]]) {
  for (const batchSize of [64, 256]) {
    const maxSteps = hidden.length === 0 ? 2000 : 160;
    const job = trainMlp(
      prepared,
      validX,
      10,
      { hidden, dropout: 0.5, learningRate: 1e-3, batchSize, l2: 0, maxSteps },
      1,
      (logits) => accuracy(logits, valid.y),
    );
    const start = performance.now();
    let next = job.next();
    while (!next.done) next = job.next();
    const seconds = (performance.now() - start) / 1000;
    out(
      `  hidden [${hidden.join(', ')}], batch ${batchSize}: ${(next.value.steps / seconds).toFixed(0)} steps/s`,
    );
  }
}
