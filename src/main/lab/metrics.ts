import { softmax } from '../../shared/probe.ts';
import { type Matrix, row } from './matrix.ts';

/** Index of the largest number; the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return best;
}

/** Share of rows whose largest score is that of their label. */
export function accuracy(scores: Matrix, labels: readonly number[]): number {
  requireRows(scores, labels);
  return labels.filter((label, index) => argmax(row(scores, index)) === label).length / labels.length;
}

/** Mean of `−log p(label)` in nats, `p` being the softmax of logits divided by `temperature`. */
export function negativeLogLikelihood(logits: Matrix, labels: readonly number[], temperature = 1): number {
  requireRows(logits, labels);
  let sum = 0;
  labels.forEach((label, index) => {
    const scores = row(logits, index);
    const top = scores[argmax(scores)]!;
    const total = scores.reduce((each, score) => each + Math.exp((score - top) / temperature), 0);
    sum += Math.log(total) - (scores[label]! - top) / temperature;
  });
  return sum / labels.length;
}

/** `counts[reference][estimate]`. */
export function confusionMatrix(scores: Matrix, labels: readonly number[]): number[][] {
  requireRows(scores, labels);
  const counts = Array.from({ length: scores.columns }, () => new Array<number>(scores.columns).fill(0));
  labels.forEach((label, index) => {
    counts[label]![argmax(row(scores, index))]! += 1;
  });
  return counts;
}

/**
 * Expected calibration error (Guo et al. 2017): over equally wide bins of confidence, the mean distance between
 * confidence and accuracy, weighted by the bins' sizes.
 */
export function expectedCalibrationError(
  logits: Matrix,
  labels: readonly number[],
  temperature = 1,
  bins = 15,
): number {
  requireRows(logits, labels);
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, right: 0 }));
  labels.forEach((label, index) => {
    const probabilities = softmax(row(logits, index), temperature);
    const best = argmax(probabilities);
    const confidence = probabilities[best]!;
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.confidence += confidence;
    bin.right += best === label ? 1 : 0;
  });
  return sums.reduce((error, bin) => error + Math.abs(bin.confidence - bin.right), 0) / labels.length;
}

/** Wilson score interval of a share at 95 %. */
export function wilsonInterval(right: number, n: number): readonly [number, number] {
  const z = 1.959964;
  const share = right / n;
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return [centre - half, centre + half];
}

function requireRows(scores: Matrix, labels: readonly number[]): void {
  if (scores.rows !== labels.length || labels.length === 0) {
    throw new RangeError(`${labels.length} labels for ${scores.rows} rows.`);
  }
}
