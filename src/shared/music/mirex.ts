import { type Key, modulo, relativeKey, sameKey } from './key.ts';

/**
 * MIREX weighted score of one key estimate, as `mir_eval.key.weighted_score` gives it (0.8.2, compared over all
 * 576 pairs): same key 1; same mode and a fifth *above* the reference .5; relative .3; parallel .2; else 0.
 * The estimate a fifth below scores nothing, unlike in MIREX's own wording.
 */
export function mirexScore(reference: Key, estimate: Key): number {
  if (sameKey(reference, estimate)) return 1;
  if (reference.mode === estimate.mode) {
    return modulo(estimate.tonic - reference.tonic, 12) === 7 ? 0.5 : 0;
  }
  if (sameKey(relativeKey(reference), estimate)) return 0.3;
  return reference.tonic === estimate.tonic ? 0.2 : 0;
}
