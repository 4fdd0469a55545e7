import type { AnalyserDescription, PredictorInfo, RepresentationInfo } from '../../shared/analysis.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { BUILT_IN, isLargeTier, STANDARD, type Tier } from '../../shared/tier.ts';

/** The work queue's name for listening to a track with what takes milliseconds. */
export const ANALYSE = 'analyse';

/** A large model has work of its own: what is quick is not held up by it. */
export const workKind = (tier: Tier): string => (isLargeTier(tier) ? `${ANALYSE}:${tier}` : ANALYSE);

/** What a run is to use. */
export interface TierChoice {
  /**
   * The costliest tier to use. `built-in`: only what needs nothing. `standard`: the small nets as well, which must be
   * installed. A large model's id: that model, and the small nets where they are. Default: the small nets where they
   * are.
   */
  readonly tier?: Tier;
  /** Ids of representations whose vectors are to be kept whatever predictors need. */
  readonly keep?: readonly string[];
  /** Predictor ids; default all of the tiers. */
  readonly predictors?: readonly string[];
}

/** One kind of analyser process and what it is asked for. */
export interface Pass {
  /** `standard` stands for everything quick. */
  readonly tier: Tier;
  readonly kind: string;
  readonly predictors: readonly PredictorInfo[];
  /** Their vectors are kept: those that the predictors read, and those that the user wants. */
  readonly representations: readonly RepresentationInfo[];
}

/**
 * What to ask analysers for: the predictors of the tiers chosen and no representation that none of them reads, save
 * those to be kept. First what is quick, then the large model.
 * @throws CratewiseError `tier-not-installed` with the command that installs it; `unknown-representation`
 */
export function planPasses(description: AnalyserDescription, choice: TierChoice): Pass[] {
  const { tier, keep = [] } = choice;
  const { predictors, representations } = description;
  requireTier(description, tier);
  const kept = keep.map((id) => {
    const found = representations.find((representation) => representation.id === id);
    if (found) return found;
    throw new CratewiseError(
      'unknown-representation',
      `There is no representation ${id} here. There are: ${representations.map((each) => each.id).join(', ')}.`,
    );
  });
  const quick = tier === BUILT_IN ? [BUILT_IN] : [BUILT_IN, STANDARD];
  const large = new Set([tier ?? '', ...kept.map((each) => each.tier)].filter(isLargeTier));
  const pass = (of: Tier, tiers: readonly Tier[], own: readonly RepresentationInfo[]): Pass => {
    const possible = predictors.filter(({ needs }) => tiers.includes(needs));
    const wanted = possible.filter((predictor) =>
      choice.predictors ? choice.predictors.includes(predictor.id) : !isOutdone(predictor, possible),
    );
    const read = new Set(wanted.flatMap((predictor) => predictor.representations));
    const ids = new Set([...own, ...kept.filter((each) => tiers.includes(each.tier))].map(({ id }) => id));
    return {
      tier: of,
      kind: workKind(of),
      predictors: wanted,
      representations: representations.filter(({ id }) => read.has(id) || ids.has(id)),
    };
  };
  return [
    pass(STANDARD, quick, []),
    ...[...large].map((id) => pass(id, [id], id === tier ? representations.filter((r) => r.id === id) : [])),
  ].filter((each) => each.predictors.length + each.representations.length > 0);
}

/** Whether another of the same tier reads the same and more: what a part of the ear says adds nothing to the whole. */
function isOutdone(predictor: PredictorInfo, all: readonly PredictorInfo[]): boolean {
  const { task, tier, representations } = predictor;
  return (
    representations.length > 0 &&
    all.some(
      (other) =>
        other.task === task &&
        other.tier === tier &&
        other.representations.length > representations.length &&
        representations.every((id) => other.representations.includes(id)),
    )
  );
}

function requireTier({ predictors, representations }: AnalyserDescription, tier: Tier | undefined): void {
  if (tier === undefined || tier === BUILT_IN) return;
  const there = tier === STANDARD ? predictors.some(({ needs }) => needs === STANDARD) : false;
  if (there || representations.some((representation) => representation.id === tier)) return;
  throw new CratewiseError(
    'tier-not-installed',
    `${tier === STANDARD ? 'The standard tier is' : `${tier} is`} not installed. Install it with: cratewise models install ${tier}`,
  );
}
