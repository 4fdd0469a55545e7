import { createHash } from 'node:crypto';
import type { LearnReport, SuspiciousTag } from '../../shared/learn.ts';
import { type Probe, serialiseProbe, softmax } from '../../shared/probe.ts';
import { isLargeTier } from '../../shared/tier.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { fitTemperature } from '../lab/calibrate.ts';
import { crossValidate, dealFolds } from '../lab/cross-validate.ts';
import { type Matrix, row } from '../lab/matrix.ts';
import { argmax, expectedCalibrationError } from '../lab/metrics.ts';
import { fitProbe } from '../lab/train-probe.ts';
import { choose, describeProbe, joinSources, type Source } from './choose.ts';
import { groupedInterval, translate } from './compare.ts';
import { findCopies } from './copies.ts';
import { derivedSources, foldDerived } from './derived.ts';
import { type Draft, emptyDraft } from './draft.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { groupTracks } from './groups.ts';
import { type CleanLabels, cleanLabels } from './labels.ts';
import { gatherPseudoEvidence } from './pseudo.ts';
import { type LearnProgress, type LearnRequest, type LearnResult, learntId } from './request.ts';
import { findRival } from './rival.ts';
import { sampleByLabel } from './sample.ts';
import { readShippedProbes } from './shipped.ts';
import { findSuspicious } from './suspicious.ts';
import { gatherSources } from './vectors.ts';
import { wordsFor } from './words.ts';

const FOLDS = 5;
const SEED = 1;
/** Fewer tracks than that show nothing: the interval of any share is wider than any gain. */
const MIN_TRACKS = 40;
/** Fewer independent sources than that are an anecdote. */
const MIN_GROUPS = 10;
/** Examples that the representations are chosen on, and that the probe is fitted on, at most. */
const CHOICE_TRACKS = 2000;
const MAX_TRACKS = 10_000;

/** Key nets were taught to hear nothing but the key: trying them for genres costs time and leads nowhere. */
const KEY_EARS = /^(?:builtin-key|skey|keynet)(?:-|$)/;

type Tell = (progress: LearnProgress) => Promise<void>;

/**
 * Learns labels from a library: genres from the user's tags, or genres and keys from predictions. Reads it, changes
 * nothing: whoever asked puts the probe into use. The same library gives the same probe.
 */
export async function learnLabels(
  catalogue: Catalogue,
  request: LearnRequest,
  tell: Tell,
): Promise<LearnResult> {
  const { task } = request;
  await tell({ stage: 'reading', done: 0, total: 0 });
  const evidence =
    request.source === 'tags' ? gatherEvidence(catalogue, task) : gatherPseudoEvidence(catalogue, task);
  const gathered = gatherSources(
    catalogue,
    evidence.tracks.map(({ trackId }) => trackId),
    usable(request),
  );
  const heard = gathered.heard.map((at) => evidence.tracks[at]!);
  const named = (tracks: readonly Evidence[]) =>
    tracks.map(({ trackId, said }) => ({ trackId, genres: said }));
  const clean = cleanLabels(named(heard), request.minimum, request.mapping);
  // Before anything was listened to, what there would be to learn is of more use than nothing.
  const shown =
    heard.length > 0 ? clean : cleanLabels(named(evidence.tracks), request.minimum, request.mapping);
  const draft = emptyDraft(request, {
    tracks: {
      labelled: evidence.labelled,
      ours: evidence.ours,
      unheard: evidence.tracks.length - heard.length,
      reviewed: heard.filter(({ reviewed }) => reviewed).length,
      used: Math.min(clean.tracks.length, MAX_TRACKS),
    },
    labels: shown.labels.map((label) => ({ ...label, right: null, shippedRight: null })),
    leftOut: shown.leftOut,
  });
  if (request.labelsOnly) {
    const looked = { ...draft, end: 'looked' } as const;
    return { report: { ...looked, words: wordsFor(looked), suspicious: 0 }, probe: null, suspicious: [] };
  }
  const tooLittle = (refusal: string): LearnResult => ({
    report: { ...draft, words: wordsFor(draft, { refusal, sparse: gathered.sparse }), suspicious: 0 },
    probe: null,
    suspicious: [],
  });
  const missing = refusalOf(request, clean, evidence.tracks.length, heard.length);
  if (missing) return tooLittle(missing);

  const placeOf = new Map(heard.map(({ trackId }, at) => [trackId, at]));
  const sampled = sampleByLabel(
    clean.tracks.map(({ label }) => label),
    MAX_TRACKS,
    SEED,
  );
  const tracks = sampled.map((at) => clean.tracks[at]!);
  const places = tracks.map(({ trackId }) => placeOf.get(trackId)!);
  const plain = gathered.sources.map((source) => takeSource(source, places));
  const shipped = request.source === 'tags' ? await readShippedProbes(request.shippedProbes) : [];
  const sources = [...plain, ...derivedSources(shipped, plain, task)];
  const described = tracks.map(({ label }, at) => ({ ...heard[places[at]!]!, label }));
  const groups = groupTracks(described, clean.labels.length, findCopies(copySource(plain)));
  if (groups.count < MIN_GROUPS) {
    return tooLittle(
      `The ${tracks.length} tracks come from ${groups.count} artists or albums only; from ${MIN_GROUPS} on it can be told what is genre and what is the artist.`,
    );
  }
  const y = tracks.map(({ label }) => label);
  const foldOf = dealFolds(y, FOLDS, SEED, groups.groupOf);
  const base = {
    id: learntId(task, request.source),
    version: '0',
    task,
    labels: clean.labels.map(({ label }) => label),
  };
  const sample = sampleByLabel(y, CHOICE_TRACKS, SEED);
  const choice = await choose(
    base,
    sources.map((source) => takeSource(source, sample)),
    [
      ...request.sets,
      // A probe's scores with what it reads them from: its knowledge, corrected.
      ...sources.flatMap(({ probe }) =>
        probe ? [[probe.id, ...probe.inputs.map(({ representation }) => representation)]] : [],
      ),
    ],
    { y: sample.map((at) => y[at]!), foldOf: sample.map((at) => foldOf[at]!) },
    (done, total) => tell({ stage: 'comparing', done, total }),
  );
  const ids = choice.sources.map(({ input }) => input.representation);
  const chosen = ids.map((id) => sources.find(({ input }) => input.representation === id)!);
  const description = describeProbe(chosen, base);
  await tell({ stage: 'fitting', done: 0, total: 2 });
  const { c, logits } =
    sample.length === y.length
      ? choice
      : crossValidate(description, { x: joinSources(chosen), y }, foldOf, [choice.c, 3 * choice.c]).reduce(
          (best, trial) => (trial.loss < best.loss ? trial : best),
        );
  await tell({ stage: 'fitting', done: 1, total: 2 });
  const temperature = fitTemperature(logits, y);
  const fitted = foldDerived(fitProbe(description, { x: joinSources(chosen), y }, c), chosen);

  const rival = findRival(
    catalogue,
    task,
    tracks.map(({ trackId }) => trackId),
  );
  const rivalSays =
    rival &&
    translate(
      tracks.map(({ label }, at) => ({ label, fold: foldOf[at]!, said: rival.said[at]! })),
      rival.labels,
      base.labels,
    );
  const counts = base.labels.map((_, label) => y.filter((each) => each === label).length);
  const commonest = argmax(counts);
  const isRight = (say: (at: number) => number) =>
    tracks.map(({ right }, at): number => (right.includes(say(at)) ? 1 : 0));
  const ownRight = isRight((at) => argmax(row(logits, at)));
  const rivalRight = rivalSays && isRight((at) => rivalSays[at]!);
  const commonRight = isRight(() => commonest);
  const share = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const better = rivalRight && share(rivalRight) >= share(commonRight) ? rivalRight : commonRight;
  const interval = (values: readonly number[]) => groupedInterval(values, groups.groupOf);
  const difference = interval(ownRight.map((value, at) => value - better[at]!));
  const own = interval(ownRight);
  const ofLabel = (values: readonly number[], label: number) => {
    const those = values.filter((_, at) => y[at] === label);
    return those.length > 0 ? share(those) : null;
  };
  // Taught by predictions, it can't be shown to be better than them: it is enough that it has learnt them.
  const learnt = request.source === 'tags' ? difference.low > 0 : own.low > share(commonRight);
  const probe = nameProbe({ ...fitted, temperature, pooling: 'vectors' }, request, draft, own, tracks.length);
  const suspicious =
    request.source === 'tags'
      ? findSuspicious(tracks, described, base.labels, (at) => softmax(row(logits, at), temperature))
      : ([] as readonly SuspiciousTag[]);
  const report: Draft = {
    ...draft,
    end: !learnt ? 'not-better' : probe.version === request.active ? 'unchanged' : 'activated',
    labels: clean.labels.map((label, at) => ({
      ...label,
      count: counts[at]!,
      right: ofLabel(ownRight, at),
      shippedRight: rivalRight ? ofLabel(rivalRight, at) : null,
    })),
    loose: groups.levels.flatMap((together, at) =>
      together === 'artist' ? [] : [{ label: base.labels[at]!, together }],
    ),
    groups: groups.count,
    tried: choice.tried,
    representations: ids,
    own,
    calibrationError: expectedCalibrationError(logits, y, temperature),
    shipped: rival && rivalRight ? { predictor: rival.predictor, accuracy: interval(rivalRight) } : null,
    majority: share(commonRight),
    difference,
  };
  return {
    report: {
      ...report,
      words: wordsFor(report, { sparse: gathered.sparse }),
      suspicious: suspicious.length,
    },
    probe: learnt ? serialiseProbe(probe) : null,
    suspicious,
  };
}

/** The representations that may be chosen. Predictions teach large models only, unless others are named. */
function usable({ task, installed, only, source }: LearnRequest): LearnRequest['installed'] {
  if (only) return installed.filter(({ id }) => only.includes(id));
  const large = installed.filter(({ tier }) => isLargeTier(tier));
  if (source === 'predictions') return large;
  return task === 'genre' ? installed.filter(({ id }) => !KEY_EARS.test(id)) : installed;
}

function takeSource({ vectors, ...source }: Source, places: readonly number[]): Source {
  const { columns } = vectors;
  const data = new Float64Array(places.length * columns);
  places.forEach((from, to) => {
    data.set(row(vectors, from), to * columns);
  });
  return { ...source, vectors: { rows: places.length, columns, data } };
}

/** What copies are found by: timbre tells encodings of one recording apart least. */
function copySource(sources: readonly Source[]): Matrix {
  return (sources.find(({ input }) => input.representation.startsWith('mfcc')) ?? sources[0]!).vectors;
}

function refusalOf(
  { source, minimum, only }: LearnRequest,
  { labels, tracks }: CleanLabels,
  named: number,
  heard: number,
): string | null {
  const what = source === 'tags' ? 'a genre tag of your own' : 'a confident prediction and no tag';
  if (named === 0) return `No track has ${what}: there is nothing to learn from.`;
  if (heard === 0) {
    const needed =
      only?.join(', ') ?? (source === 'tags' ? 'anything' : 'a large model such as musicgen-small');
    return `None of the ${named} tracks with ${what} was listened to with ${needed} yet. Run: cratewise analyze`;
  }
  if (labels.length < 2) {
    const one = labels[0] ? `only ${labels[0].label} has` : 'no genre has';
    return `Of the ${heard} tracks with ${what}, ${one} ${minimum} or more; it takes two genres to tell them apart.`;
  }
  if (tracks.length < MIN_TRACKS)
    return `There are ${tracks.length} tracks to learn from; with fewer than ${MIN_TRACKS} nothing can be shown to be better.`;
  return null;
}

/** Names a probe by what it computes, so that the same one is known again, and says where it comes from. */
function nameProbe(
  probe: Probe,
  request: LearnRequest,
  { source }: Draft,
  own: LearnReport['own'],
  n: number,
): Probe {
  const digest = createHash('sha256').update(serialiseProbe(probe)).digest('hex').slice(0, 12);
  const from =
    source === 'tags' ? 'tags and reviews' : 'confident predictions of other predictors (pseudo-labels)';
  return {
    ...probe,
    version: digest,
    provenance: {
      data: `this library's own ${from}, ${n} tracks`,
      split: `${FOLDS} folds, artists and albums together`,
      protocol:
        'softmax regression; representations and C by cross-validated loss; temperature by held-out folds',
      command: `cratewise learn ${request.task}${source === 'tags' ? '' : ' --from-predictions'}`,
      date: new Date(request.now).toISOString().slice(0, 10),
      scores: own
        ? [
            {
              on: 'cross-validation',
              metric: source === 'tags' ? 'accuracy' : 'agreement',
              value: own.value,
              n,
            },
          ]
        : [],
    },
  };
}
