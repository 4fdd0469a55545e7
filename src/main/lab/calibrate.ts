import type { Matrix } from './matrix.ts';
import { negativeLogLikelihood } from './metrics.ts';

/** Temperatures that are searched; real ones lie between .3 and 5. */
const LOWEST = 0.02;
const HIGHEST = 50;

/**
 * The temperature that makes held-out logits most likely (Guo et al. 2017, *On calibration of modern neural
 * networks*). The likelihood has one optimum in 1/T, so a golden-section search over log T finds it.
 * @param logits of examples that the model was not fitted on
 */
export function fitTemperature(logits: Matrix, labels: readonly number[]): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  const loss = (logT: number): number => negativeLogLikelihood(logits, labels, Math.exp(logT));
  let low = Math.log(LOWEST);
  let high = Math.log(HIGHEST);
  let left = high - ratio * (high - low);
  let right = low + ratio * (high - low);
  let lossLeft = loss(left);
  let lossRight = loss(right);
  while (high - low > 1e-7) {
    if (lossLeft <= lossRight) {
      high = right;
      right = left;
      lossRight = lossLeft;
      left = high - ratio * (high - low);
      lossLeft = loss(left);
    } else {
      low = left;
      left = right;
      lossLeft = lossRight;
      right = low + ratio * (high - low);
      lossRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/**
 * Loss at the temperature that fits best: what candidates are compared by, since each would be calibrated. By the loss
 * as it comes, a strong penalty looks worse than it is, for it makes a probe too modest.
 * @returns mean negative log-likelihood in nats
 */
export function calibratedLoss(logits: Matrix, labels: readonly number[]): number {
  return negativeLogLikelihood(logits, labels, fitTemperature(logits, labels));
}
