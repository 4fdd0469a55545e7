import { genreKey } from '../../shared/music/genre.ts';
import { argmax } from '../lab/metrics.ts';
import { randomFrom } from '../lab/random.ts';

/** A mean with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 4000;

/**
 * Mean and 95 % interval by the cluster bootstrap: whole groups are drawn again (Field & Welsh 2007), since the tracks
 * of an album are right or wrong together and count for less than as many single ones.
 */
export function groupedInterval(values: readonly number[], groupOf: readonly string[], seed = 1): Interval {
  const sums = new Map<string, { sum: number; count: number }>();
  values.forEach((value, at) => {
    const group = sums.get(groupOf[at]!) ?? { sum: 0, count: 0 };
    group.sum += value;
    group.count += 1;
    sums.set(groupOf[at]!, group);
  });
  const groups = [...sums.values()];
  if (groups.length === 0) throw new RangeError('There is nothing to average.');
  const random = randomFrom(seed);
  const means = new Float64Array(RESAMPLES);
  for (let at = 0; at < RESAMPLES; at++) {
    let sum = 0;
    let count = 0;
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[Math.floor(random() * groups.length)]!;
      sum += group.sum;
      count += group.count;
    }
    means[at] = sum / count;
  }
  means.sort();
  return {
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: means[Math.floor(RESAMPLES * 0.025)]!,
    high: means[Math.ceil(RESAMPLES * 0.975) - 1]!,
  };
}

/** A labelled track for the translation of another predictor's labels. */
export interface Translated {
  readonly label: number;
  readonly fold: number;
  /** What the other predictor says of it; null where it said nothing. */
  readonly said: readonly number[] | null;
}

/**
 * What a predictor with labels of its own would say in the user's: each of its labels counts as the user's label of
 * the same name or, where there is none, as the one that most tracks have of which it says so. The latter is learnt
 * from the other folds, as generous a reading as is fair.
 *
 * @returns for each track the place of the user's label; −1 where nothing was said or its label means none of them
 */
export function translate(
  tracks: readonly Translated[],
  theirs: readonly string[],
  ours: readonly string[],
): number[] {
  const byName = theirs.map((name) => ours.findIndex((label) => genreKey(label) === genreKey(name)));
  const folds = new Set(tracks.map(({ fold }) => fold));
  const meaning = new Map<number, readonly number[]>();
  for (const fold of folds) {
    const counts = theirs.map(() => new Array<number>(ours.length).fill(0));
    for (const track of tracks) {
      if (track.fold !== fold && track.said) counts[argmax(track.said)]![track.label]! += 1;
    }
    meaning.set(
      fold,
      byName.map((same, their) => {
        if (same >= 0) return same;
        const count = counts[their]!;
        const best = argmax(count);
        return count[best]! > 0 ? best : -1;
      }),
    );
  }
  return tracks.map(({ said, fold }) => {
    if (!said) return -1;
    const sums = new Array<number>(ours.length).fill(0);
    said.forEach((probability, their) => {
      const our = meaning.get(fold)![their]!;
      if (our >= 0) sums[our]! += probability;
    });
    return sums.some((sum) => sum > 0) ? argmax(sums) : -1;
  });
}
