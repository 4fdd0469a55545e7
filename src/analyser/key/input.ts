import type { TunedConstantQ } from '../representations/chroma/analysis.ts';
import { BINS, HOP, SAMPLE_RATE } from '../representations/chroma/constant-q.ts';

/** Constant-Q frames that are averaged into one of the key net's. */
export const POOLED_FRAMES = 16;
/** Seconds of one pooled frame: about 0.37. */
export const FRAME_SECONDS = (POOLED_FRAMES * HOP) / SAMPLE_RATE;

/** What the key net reads: `data[bin * frames + frame]`, constant-Q magnitudes. */
export interface KeyInput {
  readonly frames: number;
  /** `BINS * frames` values. */
  readonly data: Float32Array;
}

/**
 * Averages magnitudes over `POOLED_FRAMES` frames, and moves them up or down by one third of a semitone where the
 * piece is tuned so, such that the middle bin of every three lies on the semitone. A last, incomplete group of
 * frames is left away unless it is the only one.
 */
export function keyInput(cqt: TunedConstantQ): KeyInput {
  const shift = Math.max(-1, Math.min(1, Math.round(cqt.semitoneTuning * 3 - cqt.tuning)));
  const frames = Math.max(1, Math.floor(cqt.frames / POOLED_FRAMES));
  const data = new Float32Array(BINS * frames);
  for (let frame = 0; frame < frames; frame++) {
    const first = frame * POOLED_FRAMES;
    const end = Math.min(first + POOLED_FRAMES, cqt.frames);
    for (let source = first; source < end; source++) {
      for (let bin = 0; bin < BINS; bin++) {
        // At the ends of the range there is no neighbour to read: the last bin stands in.
        const from = Math.max(0, Math.min(BINS - 1, bin + shift));
        const at = bin * frames + frame;
        data[at] = data[at]! + cqt.data[source * BINS + from]! / (end - first);
      }
    }
  }
  return { frames, data };
}
