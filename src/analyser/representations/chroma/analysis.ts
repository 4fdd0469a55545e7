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

/** The transform of the window that was asked for last: a megabyte for 30 s, so no window keeps its own. */
let latest: { readonly window: PreparedWindow; readonly cqt: TunedConstantQ } | undefined;

/** `tunedConstantQ` of a window, computed once for the chroma representation and the key predictor. */
export function constantQOf(window: PreparedWindow): TunedConstantQ {
  if (latest?.window !== window) latest = { window, cqt: tunedConstantQ(window.pcm(SAMPLE_RATE)) };
  return latest.cqt;
}
