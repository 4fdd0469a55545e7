import type { PreparedWindow } from '../../prepared-window.ts';
import { type ConstantQ, constantQ, SAMPLE_RATE } from './constant-q.ts';
import { estimateTuning, spectralPeaks } from './tuning.ts';

/** A window's constant-Q transform, laid out on its own tuning. */
export interface TunedConstantQ extends ConstantQ {
  /** Bins (thirds of a semitone, −0.5..0.5) that the transform was shifted by to meet the tuning. */
  readonly tuning: number;
  /** Semitones (−0.5..0.5) that the piece as a whole seems to lie above A4 = 440 Hz. */
  readonly semitoneTuning: number;
}

/**
 * The constant-Q transform of peak-normalised samples, as the probing protocol's chroma has it.
 * @param pcm mono samples at `SAMPLE_RATE`
 */
export function tunedConstantQ(pcm: Float32Array): TunedConstantQ {
  const peaks = spectralPeaks(pcm, SAMPLE_RATE);
  const tuning = estimateTuning(peaks, 36);
  return { ...constantQ(pcm, tuning), tuning, semitoneTuning: estimateTuning(peaks, 12) };
}

/** `tunedConstantQ` of a window, computed once for the chroma representation and the key predictor. */
export function constantQOf(window: PreparedWindow): TunedConstantQ {
  return window.memo('constant-q', () => tunedConstantQ(window.pcm(SAMPLE_RATE)));
}
