import type { Task } from '../../shared/prediction.ts';
import { OWN, tierRank } from '../../shared/tier.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** What the library would be predicted by without learning. */
export interface Rival {
  readonly predictor: string;
  readonly labels: readonly string[];
  /** Of each track asked for; null where it said nothing. */
  readonly said: readonly (readonly number[] | null)[];
}

/** It has to have heard that share of the tracks. */
const COVERAGE = 0.9;

/**
 * The most believed predictor that was not learnt from this library, and what it said of tracks.
 * @returns undefined where none has heard nearly all of them
 */
export function findRival(catalogue: Catalogue, task: Task, trackIds: readonly number[]): Rival | undefined {
  const { learning } = catalogue;
  const candidates = new Map(
    learning
      .predictors(task)
      .filter(({ predictor, tier }) => tier !== OWN && !/^(?:own|pseudo)-/.test(predictor))
      .sort((a, b) => tierRank(a.tier ?? undefined) - tierRank(b.tier ?? undefined) || b.tracks - a.tracks)
      .map(({ predictor }) => [predictor, true]),
  );
  const place = new Map(trackIds.map((trackId, at) => [trackId, at]));
  for (const predictor of candidates.keys()) {
    const said = new Array<readonly number[] | null>(trackIds.length).fill(null);
    let labels: readonly string[] = [];
    let count = 0;
    for (const row of learning.distributions(task, predictor)) {
      const at = place.get(row.trackId);
      if (at === undefined) continue;
      if (labels.length === 0) labels = row.labels;
      // Of an older version with other labels: as if nothing were said.
      if (row.labels.length !== labels.length) continue;
      said[at] = row.probabilities;
      count += 1;
    }
    if (count >= COVERAGE * trackIds.length) return { predictor, labels, said };
  }
  return undefined;
}
