/**
 * Chooses how S-KEY, KeyNet and the built-in key net are fused and writes models/standard-key.json:
 *
 *     npm run train:standard-key -- --work DIR --installed DIR --rendered DIR… --real LIST
 *
 * `--work` keeps what the nets said; `--installed` holds the installed skey and keynet; `--rendered` are folders of
 * `scripts/train-key/render.py`; LIST has passages of real music that the built-in net was not trained on, as
 * `scripts/train-key/list_real.py` writes them. The weights of a log-linear opinion pool are fitted for every set of
 * nets that may be installed, by two losses of equal weight (the second with a
 * temperature of its own):
 *
 * - cross-entropy of rendered clips of the valid split against their keys;
 * - cross-entropy of each real passage against what all three nets say, on average, of the *other* passages of its
 *   track. No labels are there; a net that hears a track's key reliably predicts what is heard elsewhere in it.
 *
 * Same input, same file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrapMean, formatInterval } from '../bench/lib/statistics.ts';
import { fuse, KEY_SOURCES, type KeySource } from '../src/analyser/key/fusion.ts';
import { minimise } from '../src/main/lab/lbfgs.ts';
import { KEY_LABELS, keyFromIndex } from '../src/shared/music/key.ts';
import { mirexScore } from '../src/shared/music/mirex.ts';
import { COMBINATIONS, type Heard, listener, logSoftmax, renderedClips } from './train-standard-key/hear.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    installed: { type: 'string' },
    rendered: { type: 'string', multiple: true },
    real: { type: 'string' },
  },
});
const { work, installed, rendered, real } = values;
if (!work || !installed || !rendered || !real) {
  throw new Error(
    'usage: npm run train:standard-key -- --work DIR --installed DIR --rendered DIR… --real LIST',
  );
}
mkdirSync(work, { recursive: true });

/** What nets say of a passage, and the distribution that they should. */
interface Example {
  readonly logits: Heard['logits'];
  readonly target: readonly number[];
}

const KEYS = KEY_LABELS.length;
const { hear, versions } = await listener(
  join(root, 'models'),
  resolve(installed),
  join(work, 'heard.jsonl'),
);

async function renderedExamples(split: string): Promise<Example[]> {
  const clips = rendered!.flatMap((folder) => renderedClips(resolve(folder), split));
  const keys = new Map(clips.map(({ line, key }) => [line, KEY_LABELS.indexOf(key)]));
  const heard = await hear(clips.map(({ line }) => line));
  return heard.map(({ line, logits }) => ({ logits, target: oneHot(keys.get(line)!) }));
}

const oneHot = (key: number) => Array.from({ length: KEYS }, (_, i) => (i === key ? 1 : 0));

/** Each passage against the mean of all nets over the other passages of its file. */
async function realExamples(): Promise<Example[]> {
  const heard = await hear(readFileSync(real!, 'utf8').split('\n').filter(Boolean));
  const fileOf = ({ line }: Heard) => line.split('\t')[0];
  return heard.flatMap((passage) => {
    const others = heard.filter((other) => other !== passage && fileOf(other) === fileOf(passage));
    if (others.length === 0) return [];
    const said = others.flatMap(({ logits }) => KEY_SOURCES.map((source) => logits[source].map(Math.exp)));
    const mean = oneHot(-1).map((_, key) => said.reduce((sum, p) => sum + p[key]!, 0) / said.length);
    return [{ logits: passage.logits, target: mean }];
  });
}

/** The mean cross-entropy; adds `share` times its gradient to `gradient`. */
function loss(
  examples: readonly Example[],
  sources: readonly KeySource[],
  weights: readonly number[],
  share: number,
  gradient: Float64Array,
): number {
  let sum = 0;
  for (const { logits, target } of examples) {
    const inputs = sources.map((source) => logits[source]);
    const log = logSoftmax(fuse(inputs, weights));
    for (let key = 0; key < KEYS; key++) {
      sum -= (target[key]! * log[key]!) / examples.length;
      const error = (share * (Math.exp(log[key]!) - target[key]!)) / examples.length;
      for (const [i, input] of inputs.entries()) gradient[i] = gradient[i]! + error * input[key]!;
    }
  }
  return sum;
}

/**
 * Weights for labelled clips; times a factor of their own for the real passages, whose targets are softer than truth
 * is: they have a say in how much each net counts, not in how sure the sum is.
 */
function fitWeights(
  sources: readonly KeySource[],
  labelled: readonly Example[],
  unlabelled: readonly Example[],
): number[] {
  const n = sources.length;
  const objective = (x: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    const weights = Array.from(x.subarray(0, n));
    const factor = Math.exp(x[n]!);
    const scaled = weights.map((weight) => weight * factor);
    const real = new Float64Array(n);
    const value = loss(labelled, sources, weights, 1, gradient) + loss(unlabelled, sources, scaled, 1, real);
    for (let i = 0; i < n; i++) {
      gradient[i] = gradient[i]! + factor * real[i]!;
      gradient[n] = gradient[n]! + scaled[i]! * real[i]!;
    }
    return value;
  };
  const start = new Float64Array(n + 1).fill(0.5);
  start[n] = -1;
  const { x } = minimise(objective, start, { gradientTolerance: 1e-5, maxIterations: 300 });
  // A net that would count against what it hears is left out of the sum.
  return Array.from(x.subarray(0, n), (weight) => Math.round(Math.max(0, weight) * 1e4) / 1e4);
}

function scores(examples: readonly Example[], sources: readonly KeySource[], weights: readonly number[]) {
  const said = examples.map(({ logits }) =>
    logSoftmax(
      fuse(
        sources.map((s) => logits[s]),
        weights,
      ),
    ),
  );
  const keys = examples.map(({ target }) => target.indexOf(1));
  const chosen = said.map((log) => log.indexOf(Math.max(...log)));
  const mirex = keys.map((key, i) => mirexScore(keyFromIndex(key), keyFromIndex(chosen[i]!)));
  const round = (x: number) => Math.round(x * 1e4) / 1e4;
  const { mean, low, high } = bootstrapMean(mirex);
  return {
    n: keys.length,
    accuracy: round(keys.filter((key, i) => key === chosen[i]).length / keys.length),
    mirex: round(mean),
    mirex95: [round(low), round(high)],
    crossEntropy: round(said.reduce((sum, log, i) => sum - log[keys[i]!]!, 0) / keys.length),
    confidence: round(said.reduce((sum, log) => sum + Math.exp(Math.max(...log)), 0) / said.length),
    text: formatInterval({ mean, low, high }),
  };
}

const valid = await renderedExamples('valid');
const test = await renderedExamples('test');
const realPassages = await realExamples();
console.log(
  `${valid.length} rendered valid, ${realPassages.length} real passages, ${test.length} rendered test`,
);

const combinations = COMBINATIONS.map((sources) => {
  const weights = fitWeights(sources, valid, realPassages);
  const { text, ...renderedTest } = scores(test, sources, weights);
  const { text: validText } = scores(valid, sources, weights);
  const named = Object.fromEntries(sources.map((source, i) => [source, weights[i]!]));
  console.log(
    `${JSON.stringify(named)}  valid ${validText}  test ${text}  conf ${renderedTest.confidence} acc ${renderedTest.accuracy}`,
  );
  return { weights: named, renderedTest };
});
for (const source of KEY_SOURCES) console.log(`alone ${source}: test ${scores(test, [source], [1]).text}`);

writeFileSync(
  join(root, 'models', 'standard-key.json'),
  `${JSON.stringify(
    {
      format: 'cratewise-key-fusion',
      formatVersion: 1,
      id: 'standard-key',
      version: '1',
      task: 'key',
      labels: KEY_LABELS,
      versions,
      combinations,
    },
    null,
    2,
  )}\n`,
);
