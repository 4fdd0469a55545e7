/**
 * How much a prediction or a representation needs: `built-in` nothing, `standard` the small nets, a large model's id
 * (`musicgen-small`) that model; `own` was learnt from the user's own tags.
 */
export type Tier = string;

export const BUILT_IN = 'built-in';
export const STANDARD = 'standard';
export const OWN = 'own';
/** What is heard beside the others for comparison: believed after the built-in tier, unless the user says otherwise. */
export const SECOND_OPINION = 'second-opinion';

/** Ids of models that take seconds, not milliseconds, for a half-minute of music. */
const LARGE = /^(?:musicgen|jukebox)-[a-z0-9-]+$/;

/** Whether a tier is a large model's: computed only when asked for, by one process with all cores. */
export function isLargeTier(tier: Tier): boolean {
  return LARGE.test(tier);
}

/**
 * The tier of a representation that comes with an installed model. A model that gives several names them
 * `model:detail` (`musicgen-small:7`, layer 7).
 */
export function installedTier(representationId: string): Tier {
  const [model = representationId] = representationId.split(':');
  return isLargeTier(model) ? model : STANDARD;
}

/** The tier of what needs things of several tiers: the costliest. */
export function costliestTier(tiers: readonly Tier[]): Tier {
  return tiers.reduce((most, tier) => (cost(tier) > cost(most) ? tier : most), BUILT_IN);
}

function cost(tier: Tier): number {
  if (tier === BUILT_IN) return 0;
  return tier === STANDARD ? 1 : 2;
}

/** The order of belief, most believed first: own, a large model's, standard, built-in, second opinions and unknown. */
export function tierRank(tier: Tier | undefined): number {
  if (tier === OWN) return 0;
  if (tier === undefined || tier === SECOND_OPINION) return 4;
  return 3 - cost(tier);
}
