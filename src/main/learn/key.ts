import { createHash } from 'node:crypto';
import type { LearnReport } from '../../shared/learn.ts';
import { KEY_LABELS, keyFromIndex, keyIndex, keyOf } from '../../shared/music/key.ts';
import { mirexScore } from '../../shared/music/mirex.ts';
import { type Probe, serialiseProbe, softmax } from '../../shared/probe.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { fitTemperature } from '../lab/calibrate.ts';
import { dealFolds } from '../lab/cross-validate.ts';
import { joinColumns, type Matrix, row, takeRows } from '../lab/matrix.ts';
import { argmax, expectedCalibrationError, negativeLogLikelihood } from '../lab/metrics.ts';
import { groupedInterval } from './compare.ts';
import { type Draft, emptyDraft } from './draft.ts';
import { gatherEvidence } from './evidence.ts';
import { groupTracks } from './groups.ts';
import { fitKeyModel, keyLayer, keyLogits } from './key-model.ts';
import { type LearnProgress, type LearnRequest, type LearnResult, learntId } from './request.ts';
import { findRival } from './rival.ts';
import { sampleByLabel } from './sample.ts';
import { findSuspicious } from './suspicious.ts';
import { gatherSources } from './vectors.ts';
import { wordsFor } from './words.ts';

/** Representations that are key nets' scores: natural logarithms of the probabilities of 24 keys. */
const KEY_NETS = ['builtin-key', 'skey', 'keynet'];

const FOLDS = 5;
const SEED = 1;
const MIN_TRACKS = 60;
const MIN_GROUPS = 10;
const MAX_TRACKS = 5000;
const STRENGTHS = [1, 0.3, 0.1, 0.03, 0.01, 0.003];

/**
 * Learns keys from a library's key tags: not a net of its own, which would take thousands of tracks, but how to weigh
 * and correct the key nets that are installed (see `key-model.ts`). Judged by the MIREX score, track by track.
 */
export async function learnKey(
  catalogue: Catalogue,
  request: LearnRequest,
  tell: (progress: LearnProgress) => Promise<void>,
): Promise<LearnResult> {
  await tell({ stage: 'reading', done: 0, total: 0 });
  const evidence = gatherEvidence(catalogue, 'key');
  const nets = request.installed.filter(
    ({ id, dimension }) => KEY_NETS.includes(id) && dimension === 24 && (request.only?.includes(id) ?? true),
  );
  const gathered = gatherSources(
    catalogue,
    evidence.tracks.map(({ trackId }) => trackId),
    nets,
  );
  const heard = gathered.heard.map((at) => evidence.tracks[at]!);
  const sampled = sampleByLabel(
    heard.map(({ said }) => Number(said[0])),
    MAX_TRACKS,
    SEED,
  );
  const tracks = sampled.map((at) => heard[at]!);
  const y = tracks.map(({ said }) => Number(said[0]));
  const draft = emptyDraft(
    { ...request, task: 'key', source: 'tags' },
    {
      tracks: {
        labelled: evidence.labelled,
        ours: evidence.ours,
        unheard: evidence.tracks.length - heard.length,
        reviewed: tracks.filter(({ reviewed }) => reviewed).length,
        used: tracks.length,
      },
      labels: labelsOf(heard.length > 0 ? y : evidence.tracks.map(({ said }) => Number(said[0]))),
      leftOut: [],
    },
  );
  const end = (end: 'refused' | 'looked', refusal?: string): LearnResult => {
    const ended = { ...draft, end };
    return {
      report: { ...ended, words: wordsFor(ended, refusal === undefined ? {} : { refusal }), suspicious: 0 },
      probe: null,
      suspicious: [],
    };
  };
  if (request.labelsOnly) return end('looked');
  const refusal = refusalOf(nets.length, evidence.tracks.length, tracks.length);
  if (refusal) return end('refused', refusal);
  const groups = groupTracks(
    tracks.map((track) => ({ ...track, label: 0 })),
    1,
  );
  if (groups.count < MIN_GROUPS) {
    return end(
      'refused',
      `The ${tracks.length} tracks with a key tag come from ${groups.count} artists or albums only.`,
    );
  }

  const x = joinColumns(gathered.sources.map(({ vectors }) => takeRows(vectors, sampled)));
  const foldOf = dealFolds(y, FOLDS, SEED, groups.groupOf);
  const trials: { strength: number; logits: Matrix; loss: number }[] = [];
  for (const strength of STRENGTHS) {
    const logits = foldedLogits(x, y, foldOf, strength);
    trials.push({ strength, logits, loss: negativeLogLikelihood(logits, y) });
    await tell({ stage: 'comparing', done: trials.length, total: STRENGTHS.length });
  }
  const { strength, logits } = trials.reduce((best, trial) => (trial.loss < best.loss ? trial : best));
  const temperature = fitTemperature(logits, y);
  const model = fitKeyModel(x, y, strength);

  const score = (at: number, key: number | null) =>
    key === null ? 0 : mirexScore(keyFromIndex(y[at]!), keyFromIndex(key));
  const rival = findRival(
    catalogue,
    'key',
    tracks.map(({ trackId }) => trackId),
  );
  const places = rival?.labels.map((label) => keyOf(label)).map((key) => (key ? keyIndex(key) : null));
  const ownScores = y.map((_, at) => score(at, argmax(row(logits, at))));
  const rivalScores =
    rival && y.map((_, at) => (rival.said[at] ? score(at, places![argmax(rival.said[at])]!) : 0));
  const commonest = argmax(KEY_LABELS.map((_, key) => y.filter((each) => each === key).length));
  const commonScores = y.map((_, at) => score(at, commonest));
  const interval = (values: readonly number[]) => groupedInterval(values, groups.groupOf);
  const own = interval(ownScores);
  const difference = interval(ownScores.map((value, at) => value - (rivalScores ?? commonScores)[at]!));
  const probe = makeProbe(request, gathered.sources, keyLayer(model), temperature, own.value, y.length);
  const learnt = difference.low > 0;
  const suspicious = findSuspicious(
    y.map((label, at) => ({ trackId: tracks[at]!.trackId, label, right: [label] })),
    tracks,
    KEY_LABELS,
    (at) => softmax(row(logits, at), temperature),
  );
  const report: Draft = {
    ...draft,
    end: !learnt ? 'not-better' : probe.version === request.active ? 'unchanged' : 'activated',
    labels: labelsOf(y),
    groups: groups.count,
    representations: gathered.sources.map(({ input }) => input.representation),
    own,
    calibrationError: expectedCalibrationError(logits, y, temperature),
    shipped: rival && rivalScores ? { predictor: rival.predictor, accuracy: interval(rivalScores) } : null,
    majority: interval(commonScores).value,
    difference,
  };
  return {
    report: { ...report, words: wordsFor(report), suspicious: suspicious.length },
    probe: learnt ? serialiseProbe(probe) : null,
    suspicious,
  };
}

function refusalOf(nets: number, named: number, heard: number): string | null {
  if (named === 0) return 'No track has a key tag of your own: there is nothing to learn from.';
  if (nets === 0) {
    return 'Learning keys weighs and corrects what key nets say, and none is here. Install them with: cratewise models install standard';
  }
  if (heard === 0)
    return 'No track with a key tag was listened to with the key nets yet. Run: cratewise analyze';
  if (heard < MIN_TRACKS)
    return `There are ${heard} tracks with a key tag to learn from; with fewer than ${MIN_TRACKS} nothing can be shown to be better.`;
  return null;
}

function labelsOf(y: readonly number[]): LearnReport['labels'] {
  return KEY_LABELS.map((label, key) => ({
    label,
    count: y.filter((each) => each === key).length,
    spellings: [],
    right: null,
    shippedRight: null,
  })).filter(({ count }) => count > 0);
}

function foldedLogits(x: Matrix, y: readonly number[], foldOf: readonly number[], strength: number): Matrix {
  const data = new Float64Array(x.rows * 24);
  for (const fold of new Set(foldOf)) {
    const held = foldOf.flatMap((each, at) => (each === fold ? [at] : []));
    const rest = foldOf.flatMap((each, at) => (each === fold ? [] : [at]));
    const model = fitKeyModel(
      takeRows(x, rest),
      rest.map((at) => y[at]!),
      strength,
    );
    const scores = keyLogits(model, takeRows(x, held));
    held.forEach((at, place) => {
      data.set(row(scores, place), at * 24);
    });
  }
  return { rows: x.rows, columns: 24, data };
}

function makeProbe(
  request: LearnRequest,
  sources: Awaited<ReturnType<typeof gatherSources>>['sources'],
  layer: Probe['layers'][number],
  temperature: number,
  value: number,
  n: number,
): Probe {
  const probe: Probe = {
    id: learntId('key', 'tags'),
    version: '0',
    task: 'key',
    labels: KEY_LABELS,
    inputs: sources.map(({ input }) => input),
    standardisation: null,
    layers: [layer],
    temperature,
    pooling: 'vectors',
    provenance: {
      data: `this library's own key tags and reviews, ${n} tracks`,
      split: `${FOLDS} folds, artists and albums together`,
      protocol:
        'weights of key nets by interval and mode, tied over the 12 tonics; strength by cross-validated loss',
      command: 'cratewise learn key',
      date: '1970-01-01',
      scores: [],
    },
  };
  const version = createHash('sha256').update(serialiseProbe(probe)).digest('hex').slice(0, 12);
  const date = new Date(request.now).toISOString().slice(0, 10);
  const scores = [{ on: 'cross-validation', metric: 'MIREX score', value, n }];
  return { ...probe, version, provenance: { ...probe.provenance, date, scores } };
}
