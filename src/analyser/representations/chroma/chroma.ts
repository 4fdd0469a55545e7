import { BINS, BINS_PER_OCTAVE, type ConstantQ } from './constant-q.ts';

/** Pitch classes, C first. */
export const CHROMA = 12;
const BINS_PER_SEMITONE = BINS_PER_OCTAVE / CHROMA;

/**
 * Chroma of each frame, C first: the three bins around each pitch class summed over all octaves, then divided by
 * the frame's largest value (`librosa.feature.chroma_cqt` with its defaults). Silent frames stay zero.
 *
 * @returns `frames × 12`, frame after frame, 0..1
 */
export function chromaOf(cqt: ConstantQ): Float32Array {
  const chroma = new Float32Array(cqt.frames * CHROMA);
  const sums = new Float64Array(CHROMA);
  for (let frame = 0; frame < cqt.frames; frame++) {
    sums.fill(0);
    for (let bin = 0; bin < BINS; bin++) {
      // The lowest bin is a C; the bin below each semitone and the one above it belong to it.
      const pitchClass = Math.floor((bin + 1) / BINS_PER_SEMITONE) % CHROMA;
      sums[pitchClass] = sums[pitchClass]! + cqt.data[frame * BINS + bin]!;
    }
    let largest = 0;
    for (const sum of sums) if (sum > largest) largest = sum;
    // librosa leaves vectors alone whose norm is below the smallest normal float.
    if (largest < 1.2e-38) continue;
    for (let i = 0; i < CHROMA; i++) chroma[frame * CHROMA + i] = sums[i]! / largest;
  }
  return chroma;
}
