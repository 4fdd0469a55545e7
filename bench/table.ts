/**
 * The seed's table, ours beside it, from the published GTZAN features in ../shared: probes fitted on the protocol's
 * train clips (and, where it says so, as shipped), chosen on valid or by folds of train, measured once on the 290 test
 * clips. Figures of feature folders that `cratewise lab` made are added by naming them:
 *
 *     npm run bench:table [-- <feature folder>…]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  makeChoi,
  makeJoint,
  makeMusicnn,
  makeProduct,
  readFeatures,
} from '../scripts/train-standard-genre/recipe.ts';
import { calibratedLoss, fitTemperature } from '../src/main/lab/calibrate.ts';
import { type Evaluation, evaluate } from '../src/main/lab/evaluate.ts';
import { softmaxGrid } from '../src/main/lab/grid.ts';
import { type ClipFeatures, examplesOf, type GtzanClip, readPublishedMfcc } from '../src/main/lab/gtzan.ts';
import { measurementOf } from '../src/main/lab/report/page.ts';
import { buildTable, estimateText, type Measurement, shareText } from '../src/main/lab/report/table.ts';
import { readResults } from '../src/main/lab/results.ts';
import { COMPARED, fitProbe, fitProbes, logitsOf } from '../src/main/lab/train-probe.ts';
import { GTZAN_GENRES } from '../src/shared/music/genre.ts';
import { type Probe, parseProbe } from '../src/shared/probe.ts';

const root = resolve(import.meta.dirname, '..');
const shared = join(root, '../shared');
const out = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

const STANDARD = 'standard-genre';

const measurements: Measurement[] = [];
if (existsSync(join(shared, 'data/gtzan-features'))) published();
else out(`${shared} is not there: no figures from published features.`);
for (const folder of process.argv.slice(2))
  measurements.push(...readResults(resolve(folder)).map(measurementOf));
printTable();

/** Probes on features that others published. */
function published(): void {
  const features = readFeatures(shared);
  const { clips, choi, choiAsPublished, tags } = features;
  const published = { ...features, choi: choiAsPublished };
  const silent = (): void => {};
  const mfcc = readPublishedMfcc(shared);
  const choiPair = makeChoi(features, silent);
  const joint = makeJoint(features, silent);
  out('On the 290 test clips of fault-filtered GTZAN, from published features (bootstrap 95 % intervals):\n');
  const test = (parts: readonly ClipFeatures[]) => examplesOf(clips, ['test'], parts);
  const leaking = makeChoi(published, silent);
  const leakingProduct = makeProduct(published, silent);
  const rows: [string, Probe, readonly ClipFeatures[], string, boolean][] = [
    ['mfcc-12k', makeMfcc(clips, mfcc), [mfcc], 'fitted on train, 443 clips', true],
    ['choi', choiPair.protocol.probe, [choi], choiPair.protocol.split, true],
    ['musicnn-tags', makeMusicnn(features, silent).probe, [tags], 'fitted on train, 443 clips', true],
    ['choi + musicnn-tags', joint.probe, [choi, tags], joint.split, true],
    ['choi-genre', shipped('choi-genre'), [choi], 'as shipped', false],
    ['musicnn-genre', shipped('musicnn-genre'), [tags], 'as shipped', false],
    [STANDARD, shipped('standard-genre'), [choi, tags], 'as shipped', true],
    ['choi †', leaking.protocol.probe, [choiAsPublished], leaking.protocol.split, false],
    ['choi †', leaking.shipped.probe, [choiAsPublished], leaking.shipped.split, false],
    ['standard-genre †', leakingProduct.probe, [choiAsPublished, tags], leakingProduct.split, false],
  ];
  for (const [name, probe, parts, how, inTable] of rows) {
    const { x, y } = test(parts);
    const evaluation = evaluate('genre', logitsOf(probe, x), y, probe.temperature);
    out(`  ${name.padEnd(20)} ${describe(evaluation)}  ${how}`);
    if (!inTable) continue;
    measurements.push({
      representations: name === STANDARD ? ['standard tier, as shipped'] : name.split(' + '),
      task: 'genre',
      dataset: 'GTZAN, published features',
      score: evaluation.accuracy,
      n: evaluation.n,
      comparable: evaluation.n === 290,
    });
  }
  out(
    '  † CHOI’s activations as they were published: each batch of 256 clips was normalised by itself, and batches are',
  );
  out(
    '    sorted by genre, so they tell more than the clip does (docs/decisions/0091). All others: batches united.',
  );
  out();
}

/** A probe in `models`; its provenance says what it was fitted on. */
function shipped(name: string): Probe {
  return parseProbe(readFileSync(join(root, 'models', `${name}.json`), 'utf8'));
}

/** All 120 columns, as the seed's MFCC row has them; the penalty by the loss on valid. */
function makeMfcc(clips: readonly GtzanClip[], mfcc: ClipFeatures): Probe {
  const description = {
    id: 'mfcc',
    version: '1',
    task: 'genre',
    labels: GTZAN_GENRES,
    inputs: [{ representation: 'mfcc-12k', version: '1', dimension: 120 }],
    clip: 4,
  } as const;
  const train = examplesOf(clips, ['train'], [mfcc]);
  const valid = examplesOf(clips, ['valid'], [mfcc]);
  const strengths = softmaxGrid().map(({ c }) => c);
  const trials = fitProbes(description, train, strengths, COMPARED).map((probe, at) => {
    const logits = logitsOf(probe, valid.x);
    return { c: strengths[at]!, logits, loss: calibratedLoss(logits, valid.y) };
  });
  const best = trials.reduce((a, b) => (b.loss < a.loss ? b : a));
  return { ...fitProbe(description, train, best.c), temperature: fitTemperature(best.logits, valid.y) };
}

function describe({ n, accuracy, loss, calibrationError }: Evaluation): string {
  return `${estimateText(accuracy)}  loss ${loss.toFixed(3)}  ECE ${shareText(calibrationError)}  n ${n}`;
}

function printTable(): void {
  const head = ['', 'genre: seed', 'ours [95 %]', 'n', 'key: seed', 'ours [95 %]', 'n'];
  const cells = buildTable(measurements).map(({ name, seed, genre, key }) => [
    name,
    seed ? shareText(seed.genre) : '',
    genre ? `${estimateText(genre.score)}${genre.comparable ? '' : ' *'}` : '–',
    genre ? String(genre.n) : '',
    seed ? shareText(seed.key) : '',
    key ? `${estimateText(key.score)}${key.comparable ? '' : ' *'}` : '–',
    key ? String(key.n) : '',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]!.length)));
  for (const row of [head, ...cells]) {
    out(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  }
  out(
    '\n– not measured here: neither published features nor, for keys, the audio of GiantSteps is at hand; “cratewise',
  );
  out(
    'lab extract” and “train” on audio fill these gaps. * on other rows than the seed, so not to be compared.',
  );
}
