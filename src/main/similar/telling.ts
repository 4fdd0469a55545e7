import { BUILT_IN, installedTier, type Tier, tierRank } from '../../shared/tier.ts';

/** What tells music apart for ears, best first among those that cost alike; keys and loudness alone do not. */
export const TELLING = ['musicnn', 'clmr', 'choi', 'musicnn-tags', 'mfcc-12k', 'mfcc', 'chroma'];
const BUILT_IN_IDS = ['chroma', 'mfcc', 'mfcc-12k', 'spectral-shape'];

/** A representation is taken by default if it covers that share of what the widest one covers. */
export const COVERAGE = 0.8;

/** The tier that a stored representation is of. */
export const tierOf = (representation: string): Tier =>
  BUILT_IN_IDS.includes(representation) ? BUILT_IN : installedTier(representation);

/**
 * Order of preference among representations; −1 for what is never taken unasked: one layer only, or what says nothing
 * of how music sounds as a whole.
 * @param telling ids, best first among those of a tier
 */
export function preference(representation: string, telling: readonly string[]): number {
  if (representation.includes(':')) return -1;
  const place = telling.indexOf(representation);
  const rank = tierRank(tierOf(representation));
  if (rank === tierRank('musicgen-small')) return 0;
  return place < 0 ? -1 : rank * telling.length + place;
}
