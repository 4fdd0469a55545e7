import { type Matrix, takeRows } from './matrix.ts';
import { negativeLogLikelihood } from './metrics.ts';

/** A candidate whose loss was measured over folds. */
export interface FoldedCandidate {
  /** Mean loss over folds. */
  readonly loss: number;
  /** Standard error of that mean, see `lossError`. */
  readonly error: number;
  /** How freely it fits: the inverse penalty, or a product of several. */
  readonly freedom: number;
}

/**
 * Standard error of a cross-validated loss: the deviation of the folds' own losses by the root of their number.
 * @param foldOf fold of each row of `logits`; two folds or more
 */
export function lossError(
  logits: Matrix,
  labels: readonly number[],
  foldOf: readonly number[],
  temperature: number,
): number {
  const folds = [...new Set(foldOf)];
  if (folds.length < 2) throw new RangeError('A standard error needs two folds or more.');
  const losses = folds.map((fold) => {
    const rows = foldOf.flatMap((each, index) => (each === fold ? [index] : []));
    return negativeLogLikelihood(
      takeRows(logits, rows),
      rows.map((index) => labels[index]!),
      temperature,
    );
  });
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (losses.length - 1);
  return Math.sqrt(variance / losses.length);
}

/**
 * The one-standard-error rule (Breiman et al. 1984; Hastie, Tibshirani & Friedman, *The Elements of Statistical
 * Learning*, §7.10): of the candidates whose loss is within one standard error of the least, the one that fits least
 * freely; of several such, the one of the least loss. Folds of one data set share artists and ways of recording with
 * what was fitted, so their least loss belongs to a probe that fits more freely than strangers' music bears.
 */
export function simplestWithinError<T extends FoldedCandidate>(candidates: readonly T[]): T {
  const best = candidates.reduce((a, b) => (b.loss < a.loss ? b : a));
  const within = candidates.filter(({ loss }) => loss <= best.loss + best.error);
  return within.reduce((a, b) => {
    if (a.freedom !== b.freedom) return b.freedom < a.freedom ? b : a;
    return b.loss < a.loss ? b : a;
  });
}
