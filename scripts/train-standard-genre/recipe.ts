/**
 * How the shipped genre probes of the standard tier are made from the published GTZAN features. The test clips are
 * in nothing here; `../train-standard-genre.ts` and `bench/table.ts` measure on them.
 */
import { calibratedLoss, fitTemperature } from '../../src/main/lab/calibrate.ts';
import { uniteChoiBatches } from '../../src/main/lab/choi-batches.ts';
import { crossValidate, dealFolds } from '../../src/main/lab/cross-validate.ts';
import {
  type ClipFeatures,
  examplesOf,
  type GtzanClip,
  readGtzanSplit,
  readPublishedChoi,
  readPublishedMusicnnTags,
} from '../../src/main/lab/gtzan.ts';
import type { Matrix } from '../../src/main/lab/matrix.ts';
import { negativeLogLikelihood } from '../../src/main/lab/metrics.ts';
import { lossError, simplestWithinError } from '../../src/main/lab/one-standard-error.ts';
import { productOfProbes } from '../../src/main/lab/product.ts';
import {
  COMPARED,
  type Examples,
  fitProbe,
  fitProbes,
  joinExamples,
  logitsOf,
  type ProbeDescription,
} from '../../src/main/lab/train-probe.ts';
import { GTZAN_GENRES } from '../../src/shared/music/genre.ts';
import type { Probe, ProbeInput } from '../../src/shared/probe.ts';

export const CHOI: ProbeInput = { representation: 'choi', version: '1', dimension: 160 };
export const TAGS: ProbeInput = { representation: 'musicnn-tags', version: '1', dimension: 50 };

/** Inverse penalties that are tried. */
const STRENGTHS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/**
 * Standard deviations at which values are cut, so that audio unlike any in GTZAN can't shout. Chosen with the penalty:
 * tag activations are skewed, and what a strong one says is lost by too narrow a cut.
 */
const CLIPS = [2.5, 4, 8];

const FOLDS = 5;

/** Deals of the folds that losses are averaged over: one deal's luck is as large as the differences looked for. */
const DEALS = [1, 2, 3];

const CROSS_VALIDATION = `${FOLDS}-fold cross-validation (penalty and cut by the one-standard-error rule)`;

type Log = (line: string) => void;

/** A probe and how it came about. */
export interface Made {
  readonly probe: Probe;
  /** For the provenance: what was chosen and how. */
  readonly protocol: string;
  readonly split: string;
}

/** A probe as the protocol has it, fitted on train clips alone, and as it ships. */
export interface Pair {
  readonly protocol: Made;
  readonly shipped: Made;
}

export interface PublishedFeatures {
  readonly clips: readonly GtzanClip[];
  /** With the published batches united: what our `choi` hears, and what ships. */
  readonly choi: ClipFeatures;
  /**
   * As they were published. Their batches were normalised each by itself and are sorted by genre, so that these numbers
   * tell of the genre what the clip does not: for the table of published figures only.
   */
  readonly choiAsPublished: ClipFeatures;
  readonly tags: ClipFeatures;
}

export function readFeatures(shared: string): PublishedFeatures {
  const choiAsPublished = readPublishedChoi(shared);
  return {
    clips: readGtzanSplit(shared),
    choi: { ...choiAsPublished, vectors: uniteChoiBatches(choiAsPublished.vectors) },
    choiAsPublished,
    tags: readPublishedMusicnnTags(shared),
  };
}

function describe(id: string, inputs: readonly ProbeInput[], clip: number): ProbeDescription {
  return { id, version: '1', task: 'genre', labels: GTZAN_GENRES, inputs, clip };
}

/**
 * Folds of train clips. Neighbours in GTZAN's numbering are often of one artist: ten numbers in a row stay together,
 * so that a fold says something of artists not heard before.
 */
function dealsOf(examples: Examples & { clips: readonly string[] }): number[][] {
  const groups = examples.clips.map((clip) => clip.slice(0, -1));
  return DEALS.map((seed) => dealFolds(examples.y, FOLDS, seed, groups));
}

function least<T>(items: readonly T[], costOf: (item: T) => number): T {
  return items.reduce((a, b) => (costOf(b) < costOf(a) ? b : a));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** CHOI: penalty and cut are chosen by the loss on valid, where the temperature comes from too. */
export function makeChoi({ clips, choi }: PublishedFeatures, log: Log): Pair {
  const train = examplesOf(clips, ['train'], [choi]);
  const valid = examplesOf(clips, ['valid'], [choi]);
  const trials = CLIPS.flatMap((clip) => {
    const description = describe('choi-genre', [CHOI], clip);
    return fitProbes(description, train, STRENGTHS, COMPARED).map((probe, at) => {
      const logits = logitsOf(probe, valid.x);
      return { description, c: STRENGTHS[at]!, logits, loss: calibratedLoss(logits, valid.y) };
    });
  });
  for (const { c, description, loss } of trials)
    log(`  choi, C ${c}, cut at ${description.clip}: loss on valid ${loss.toFixed(4)}`);
  const { description, c, logits } = least(trials, ({ loss }) => loss);
  const temperature = fitTemperature(logits, valid.y);
  const protocol =
    `softmax regression, C ${c} and cut at ${description.clip} chosen by loss on valid, ` +
    'temperature fitted on valid';
  return {
    protocol: {
      probe: { ...fitProbe(description, train, c), temperature },
      protocol,
      split: 'fitted on train, 443 clips',
    },
    shipped: {
      probe: { ...fitProbe(description, joinExamples([train, valid]), c), temperature },
      protocol,
      split: 'fitted on train + valid, 640 clips',
    },
  };
}

/** MUSICNN's tags: no valid clips are published, so all is chosen by cross-validation inside train. */
export function makeMusicnn({ clips, tags }: PublishedFeatures, log: Log): Made {
  const train = examplesOf(clips, ['train'], [tags]);
  const { description, c, temperature } = crossValidated('musicnn-genre', [TAGS], train, log);
  return {
    probe: { ...fitProbe(description, train, c), temperature },
    protocol: `softmax regression, C ${c}, cut at ${description.clip} and temperature by ${CROSS_VALIDATION}`,
    split: 'fitted on train, 443 clips',
  };
}

function crossValidated(
  id: string,
  inputs: readonly ProbeInput[],
  train: Examples & { clips: readonly string[] },
  log: Log,
): { description: ProbeDescription; c: number; temperature: number } {
  const foldsOf = dealsOf(train);
  const trials = CLIPS.flatMap((clip) => {
    const description = describe(id, inputs, clip);
    const deals = foldsOf.map((foldOf) => crossValidate(description, train, foldOf, STRENGTHS));
    return STRENGTHS.map((c, at) => ({
      description,
      c,
      freedom: c,
      ...measureDeals(
        deals.map((deal) => deal[at]!.logits),
        train.y,
        foldsOf,
      ),
    }));
  });
  for (const { c, description, loss, error } of trials)
    log(
      `  ${id}, joint, C ${c}, cut at ${description.clip}: loss in folds ${loss.toFixed(4)} ± ${error.toFixed(4)}`,
    );
  return simplestWithinError(trials);
}

/** Means over deals: the calibrated loss, its standard error over folds, the temperature. */
function measureDeals(
  logits: readonly Matrix[],
  labels: readonly number[],
  foldsOf: readonly (readonly number[])[],
): { loss: number; error: number; temperature: number } {
  const temperatures = logits.map((each) => fitTemperature(each, labels));
  return {
    loss: mean(logits.map((each, deal) => negativeLogLikelihood(each, labels, temperatures[deal]))),
    error: mean(logits.map((each, deal) => lossError(each, labels, foldsOf[deal]!, temperatures[deal]!))),
    temperature: mean(temperatures),
  };
}

/** CHOI and MUSICNN's tags by the protocol: one softmax regression over both, fitted on train. */
export function makeJoint({ clips, choi, tags }: PublishedFeatures, log: Log): Made {
  const train = examplesOf(clips, ['train'], [choi, tags]);
  const { description, c, temperature } = crossValidated('standard-genre', [CHOI, TAGS], train, log);
  return {
    probe: { ...fitProbe(description, train, c), temperature },
    protocol: `softmax regression over both, C ${c}, cut at ${description.clip} and temperature by ${CROSS_VALIDATION}`,
    split: 'fitted on train, 443 clips',
  };
}

/**
 * The standard tier as shipped: the product of a softmax regression for each, for CHOI is published for the valid
 * clips too and MUSICNN is not.
 */
export function makeProduct({ clips, choi, tags }: PublishedFeatures, log: Log): Made {
  const both = examplesOf(clips, ['train'], [choi, tags]);
  const choiTrain = examplesOf(clips, ['train'], [choi]);
  const choiValid = examplesOf(clips, ['valid'], [choi]);
  const tagsTrain = examplesOf(clips, ['train'], [tags]);
  const foldsOf = dealsOf(both);
  const trials = CLIPS.flatMap((clip) => {
    const deals = foldsOf.map((foldOf) => [
      crossValidate(describe('choi', [CHOI], clip), choiTrain, foldOf, STRENGTHS, choiValid),
      crossValidate(describe('tags', [TAGS], clip), tagsTrain, foldOf, STRENGTHS),
    ]);
    return STRENGTHS.flatMap((cChoi, i) =>
      STRENGTHS.map((cTags, j) => {
        const logits = deals.map(([first, second]) => add(first![i]!.logits, second![j]!.logits));
        return { clip, cChoi, cTags, freedom: cChoi * cTags, ...measureDeals(logits, both.y, foldsOf) };
      }),
    );
  });
  const best = simplestWithinError(trials);
  for (const clip of CLIPS) {
    const { cChoi, cTags, loss } = least(
      trials.filter((trial) => trial.clip === clip),
      (trial) => trial.loss,
    );
    log(
      `  standard-genre, product, C ${cChoi} and ${cTags}, cut at ${clip}: calibrated loss in folds ${loss.toFixed(4)}`,
    );
  }
  const { clip, cChoi, cTags, temperature } = best;
  const experts = [
    fitProbe(describe('choi', [CHOI], clip), joinExamples([choiTrain, choiValid]), cChoi),
    fitProbe(describe('tags', [TAGS], clip), tagsTrain, cTags),
  ];
  return {
    probe: { ...productOfProbes(experts, describe('standard-genre', [CHOI, TAGS], clip)), temperature },
    protocol:
      `product of two softmax regressions, C ${cChoi} (choi) and ${cTags} (musicnn-tags), cut at ${clip} and ` +
      `temperature by ${CROSS_VALIDATION} inside train`,
    split: 'choi fitted on train + valid, 640 clips; musicnn-tags on train, 443 clips',
  };
}

function add(a: Matrix, b: Matrix): Matrix {
  return { ...a, data: a.data.map((value, at) => value + b.data[at]!) };
}
