import { BUILT_IN, installedTier, type Tier, tierRank } from '../../shared/tier.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** A representation that a map can be drawn of. */
export interface MapSource {
  readonly representation: string;
  readonly version: string;
  readonly tier: Tier;
  /** Tracks that have its vector. */
  readonly tracks: number;
}

/** What tells music apart for ears, best first among those that cost alike (see `similar/similar.ts`). */
const TELLING = ['musicnn', 'clmr', 'choi', 'musicnn-tags', 'mfcc-12k', 'mfcc', 'spectral-shape', 'chroma'];
const BUILT_IN_IDS = ['chroma', 'mfcc', 'mfcc-12k', 'spectral-shape'];

/** One is taken by default if it covers that share of what the widest one covers. */
const COVERAGE = 0.8;

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

const tierOf = (representation: string): Tier =>
  BUILT_IN_IDS.includes(representation) ? BUILT_IN : installedTier(representation);

/** Order of preference; −1 for what says nothing of how music sounds as a whole, or of one layer only. */
function rank(representation: string): number {
  if (representation.includes(':')) return -1;
  const telling = TELLING.indexOf(representation);
  const tier = tierRank(tierOf(representation));
  if (tier === tierRank('musicgen-small')) return 0;
  return telling < 0 ? -1 : tier * TELLING.length + telling;
}
