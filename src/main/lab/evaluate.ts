import { keyFromIndex } from '../../shared/music/key.ts';
import { mirexScore } from '../../shared/music/mirex.ts';
import type { Task } from '../../shared/prediction.ts';
import { softmax } from '../../shared/probe.ts';
import { bootstrapInterval, type Estimate } from './bootstrap.ts';
import { type Matrix, row } from './matrix.ts';
import { argmax, confusionMatrix, expectedCalibrationError, negativeLogLikelihood } from './metrics.ts';

/** Predictions whose confidence lies in one tenth. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Means over the bin; 0 where it is empty. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** How good answers are, measured on examples with known labels. */
export interface Evaluation {
  readonly n: number;
  readonly accuracy: Estimate;
  /** For keys only. */
  readonly mirex: Estimate | null;
  /** Mean negative log-likelihood in nats. */
  readonly loss: number;
  readonly calibrationError: number;
  readonly bins: readonly CalibrationBin[];
  /** `confusion[label][answer]`. */
  readonly confusion: readonly (readonly number[])[];
}

const BINS = 10;

/**
 * Everything that the report says of one probe on one set.
 * @param logits one row an example, over the probe's labels
 * @param temperature the probe's
 */
export function evaluate(task: Task, logits: Matrix, y: readonly number[], temperature: number): Evaluation {
  const answers = y.map((_, at) => argmax(row(logits, at)));
  return {
    n: y.length,
    accuracy: bootstrapInterval(y.map((label, at) => (answers[at] === label ? 1 : 0))),
    mirex:
      task === 'key'
        ? bootstrapInterval(y.map((label, at) => mirexScore(keyFromIndex(label), keyFromIndex(answers[at]!))))
        : null,
    loss: negativeLogLikelihood(logits, y, temperature),
    calibrationError: expectedCalibrationError(logits, y, temperature),
    bins: calibrationBins(logits, y, temperature),
    confusion: confusionMatrix(logits, y),
  };
}

function calibrationBins(logits: Matrix, y: readonly number[], temperature: number): CalibrationBin[] {
  const sums = Array.from({ length: BINS }, () => ({ n: 0, confidence: 0, right: 0 }));
  y.forEach((label, at) => {
    const probabilities = softmax(row(logits, at), temperature);
    const best = argmax(probabilities);
    const bin = sums[Math.min(BINS - 1, Math.floor(probabilities[best]! * BINS))]!;
    bin.n += 1;
    bin.confidence += probabilities[best]!;
    bin.right += best === label ? 1 : 0;
  });
  return sums.map(({ n, confidence, right }, at) => ({
    low: at / BINS,
    high: (at + 1) / BINS,
    n,
    confidence: n === 0 ? 0 : confidence / n,
    accuracy: n === 0 ? 0 : right / n,
  }));
}
