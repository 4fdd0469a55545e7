import type { Tier } from '../../shared/tier.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { COVERAGE, preference, TELLING, tierOf } from '../similar/telling.ts';

/** A representation that a map can be drawn of. */
export interface MapSource {
  readonly representation: string;
  readonly version: string;
  readonly tier: Tier;
  /** Tracks that have its vector. */
  readonly tracks: number;
}

/** A map may also be drawn of the built-in shape of the spectrum, which no likeness is taken from. */
const DRAWN = TELLING.toSpliced(TELLING.indexOf('chroma'), 0, 'spectral-shape');

/** The representations that tracks of the library have, the most telling first; of each the version that most have. */
export function mapSources(catalogue: Pick<Catalogue, 'learning'>): readonly MapSource[] {
  const newest = new Map<string, MapSource>();
  for (const { representation, version, tracks } of catalogue.learning.vectorCounts()) {
    if (rank(representation) < 0 || tracks <= (newest.get(representation)?.tracks ?? 0)) continue;
    newest.set(representation, { representation, version, tracks, tier: tierOf(representation) });
  }
  return [...newest.values()].sort(
    (a, b) =>
      rank(a.representation) - rank(b.representation) || a.representation.localeCompare(b.representation),
  );
}

/** The most telling one that most of what was listened to has; undefined where nothing was. */
export function defaultSource(sources: readonly MapSource[]): MapSource | undefined {
  const most = Math.max(0, ...sources.map(({ tracks }) => tracks));
  return sources.find(({ tracks }) => tracks >= COVERAGE * most);
}

const rank = (representation: string): number => preference(representation, DRAWN);
