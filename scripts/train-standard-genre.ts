/**
 * Trains the shipped genre probes of the standard tier from the published GTZAN features and writes
 * models/standard-genre.json, models/choi-genre.json and models/musicnn-genre.json:
 *
 *     npm run train:standard-genre [-- <shared folder>]
 *
 * Fitted and chosen on the protocol's train and valid clips; the test clips choose nothing, they give the figures.
 * Same input, same files (the date stays where nothing else changes).
 */
import { join, resolve } from 'node:path';
import { type Evaluation, evaluate } from '../src/main/lab/evaluate.ts';
import { examplesOf } from '../src/main/lab/gtzan.ts';
import { type Examples, logitsOf } from '../src/main/lab/train-probe.ts';
import type { Probe, ProbeScore } from '../src/shared/probe.ts';
import {
  type Made,
  makeChoi,
  makeJoint,
  makeMusicnn,
  makeProduct,
  readFeatures,
} from './train-standard-genre/recipe.ts';
import { writeProbe } from './train-standard-genre/write.ts';

const root = resolve(import.meta.dirname, '..');
const features = readFeatures(resolve(process.argv[2] ?? join(root, '../shared')));
const { clips, choi, tags } = features;
const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const DATA = {
  choi: 'GTZAN: activations published with keunwoochoi/transfer_learning_music (Choi et al. 2017)',
  tags: 'GTZAN: MSD-musicnn taggrams of the fault-filtered split (Pons & Serra 2019), means over the clip',
};

log('Choosing, without the test clips:');
const choiPair = makeChoi(features, log);
const musicnn = makeMusicnn(features, log);
const joint = makeJoint(features, log);
const product = makeProduct(features, log);

log('\nOn the test clips, which chose nothing:');
const testChoi = examplesOf(clips, ['test'], [choi]);
const testTags = examplesOf(clips, ['test'], [tags]);
const testBoth = examplesOf(clips, ['test'], [choi, tags]);

finish('choi-genre', [choiPair.protocol, choiPair.shipped], testChoi, DATA.choi);
finish('musicnn-genre', [musicnn], testTags, DATA.tags);
finish('standard-genre', [joint, product], testBoth, `${DATA.choi}; ${DATA.tags}`);

/** Measures what was made, the last of it ships. */
function finish(name: string, made: readonly Made[], test: Examples, data: string): void {
  const scores: ProbeScore[] = [];
  let shipped: Probe | null = null;
  for (const { probe, protocol, split } of made) {
    const evaluation = evaluate(probe.task, logitsOf(probe, test.x), test.y, probe.temperature);
    log(`  ${name}, ${split}: ${describe(evaluation)}`);
    const on = `GTZAN test, ${split}`;
    const score = (metric: string, value: number): ProbeScore => {
      return { on, metric, value: Number(value.toFixed(4)), n: evaluation.n };
    };
    scores.push(
      score('accuracy', evaluation.accuracy.value),
      score('negative log-likelihood', evaluation.loss),
      score('expected calibration error', evaluation.calibrationError),
    );
    shipped = {
      ...probe,
      provenance: {
        data,
        split: `fault-filtered (Kereliuk et al. 2015), ${split}`,
        protocol,
        command: 'npm run train:standard-genre',
        date: new Date().toISOString().slice(0, 10),
        scores,
      },
    };
  }
  if (shipped) log(`    ${writeProbe(join(root, 'models', `${name}.json`), shipped)}`);
}

function describe({ n, accuracy, loss, calibrationError }: Evaluation): string {
  const { value, low, high } = accuracy;
  return (
    `accuracy ${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] loss ${loss.toFixed(3)} ` +
    `ECE ${calibrationError.toFixed(3)} (n ${n})`
  );
}
