import type { RepresentationInfo } from '../../shared/analysis.ts';
import { isLargeTier } from '../../shared/tier.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Source } from './choose.ts';

/** A representation counts where it was computed of that share of the tracks that some were computed of. */
const COVERAGE = 0.95;

export interface GatheredSources {
  readonly sources: readonly Source[];
  /** Places of the tracks that have all of them. */
  readonly heard: readonly number[];
  /** Representations that are installed but were computed of too few. */
  readonly sparse: readonly { readonly id: string; readonly tracks: number }[];
}

/**
 * The vectors of tracks: of every installed representation that was computed of (nearly) all of them, for the tracks
 * that have them all.
 */
export function gatherSources(
  catalogue: Catalogue,
  trackIds: readonly number[],
  installed: readonly RepresentationInfo[],
): GatheredSources {
  const { predictions } = catalogue;
  const stored = new Set(
    catalogue.learning.vectorCounts().map((each) => `${each.representation}@${each.version}`),
  );
  const found = installed
    .filter(({ id, version }) => stored.has(`${id}@${version}`))
    .map((info) => {
      const vectors = trackIds.map((trackId) => {
        const embedding = predictions.embedding(trackId, info.id);
        const fits =
          embedding?.version === info.version &&
          embedding.vector.length === info.dimension &&
          embedding.vector.every(Number.isFinite);
        return fits ? embedding.vector : null;
      });
      return { info, vectors, tracks: vectors.filter((vector) => vector !== null).length };
    });
  const most = Math.max(0, ...found.map(({ tracks }) => tracks));
  const enough = found.filter(({ tracks }) => tracks > 0 && tracks >= COVERAGE * most);
  const heard = trackIds.map((_, at) => at).filter((at) => enough.every(({ vectors }) => vectors[at]));
  return {
    heard: enough.length > 0 ? heard : [],
    sources: enough.map(({ info: { id, version, dimension }, vectors }) => {
      const data = new Float64Array(heard.length * dimension);
      heard.forEach((at, place) => {
        data.set(vectors[at]!, place * dimension);
      });
      return {
        input: { representation: id, version, dimension },
        vectors: { rows: heard.length, columns: dimension, data },
      };
    }),
    sparse: found
      .filter(({ info, tracks }) => tracks < COVERAGE * most && isLargeTier(info.tier))
      .map(({ info, tracks }) => ({ id: info.id, tracks })),
  };
}
