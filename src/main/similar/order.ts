import { CratewiseError } from '../../shared/errors.ts';
import type { CompatibilityRule } from '../../shared/music/compatible.ts';
import type { MixTrack } from '../../shared/music/mixing.ts';
import { orderSet } from '../../shared/music/set-order.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { cosine, momentsOf, standardised } from './vectors.ts';

/** Every pair of tracks is looked at. */
export const MAX_ORDERED = 3000;

export interface OrderRequest {
  readonly tracks: readonly (MixTrack & { readonly trackId: number | null })[];
  readonly rule: CompatibilityRule;
  /** Whose vectors say what sounds alike; null: keys and tempi alone. */
  readonly representation: { readonly id: string; readonly version: string } | null;
}

/** @throws CratewiseError `too-many` */
export function checkOrderable(tracks: number): void {
  if (tracks > MAX_ORDERED)
    throw new CratewiseError(
      'too-many',
      `At most ${MAX_ORDERED.toLocaleString('en')} tracks can be brought into an order for mixing.`,
    );
}

/** Places of tracks in an order in which each mixes after the one before it, beginning with the first. */
export function orderTracks(catalogue: Catalogue, { tracks, rule, representation }: OrderRequest): number[] {
  checkOrderable(tracks.length);
  if (representation === null) return orderSet(tracks, { rule });
  const { id, version } = representation;
  const raw = tracks.map(({ trackId }) => {
    const stored = trackId === null ? undefined : catalogue.predictions.embedding(trackId, id);
    return stored?.version === version ? stored.vector : null;
  });
  const vectors = raw.flatMap((vector) => (vector ? [{ vector }] : []));
  const dimension = vectors[0]?.vector.length ?? 0;
  const moments = momentsOf(vectors, dimension);
  const standard = raw.map((vector) =>
    vector?.length === dimension ? standardised(vector, moments, new Float64Array(dimension)) : null,
  );
  return orderSet(tracks, {
    rule,
    alike: (a, b) => {
      const [one, other] = [standard[a], standard[b]];
      return one && other ? cosine(one, other) : null;
    },
  });
}
