import { CratewiseError } from '../../../shared/errors.ts';
import type { MusicgenModel } from '../../../shared/musicgen-model.ts';
import { allFinite } from '../../onnx/similarity.ts';

/**
 * Parts of a window that are short enough for the net, all of about one length: MusicGen was trained on half a
 * minute and never heard more at a time.
 * @param samples mono at the net's rate
 * @throws CratewiseError `too-short` below `minimumFrames`; `bad-samples` where a sample is no number
 */
export function splitWindow(samples: Float32Array, { audio }: Pick<MusicgenModel, 'audio'>): Float32Array[] {
  const { hop, maximumFrames, minimumFrames, sampleRate } = audio;
  if (Math.ceil(samples.length / hop) < minimumFrames) {
    const seconds = (samples.length / sampleRate).toFixed(3);
    throw new CratewiseError('too-short', `${seconds} s of sound are too little for MusicGen.`);
  }
  if (!allFinite(samples)) throw new CratewiseError('bad-samples', 'The samples are not all numbers.');
  const count = Math.ceil(samples.length / (maximumFrames * hop));
  // Whole frames: parts begin where frames do.
  const frames = Math.ceil(samples.length / hop / count);
  return Array.from({ length: count }, (_, i) =>
    samples.subarray(i * frames * hop, Math.min(samples.length, (i + 1) * frames * hop)),
  );
}

/** The mean of several parts' states, weighted by their lengths. */
export function meanStates(
  parts: readonly (readonly Float32Array[])[],
  lengths: readonly number[],
): readonly Float32Array[] {
  if (parts.length === 1) return parts[0]!;
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return parts[0]!.map((first, state) => {
    const mean = new Float64Array(first.length);
    for (const [p, part] of parts.entries()) {
      const vector = part[state]!;
      const weight = lengths[p]! / total;
      for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + vector[i]! * weight;
    }
    return Float32Array.from(mean);
  });
}
