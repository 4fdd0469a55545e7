import type { Representation } from '../representation.ts';
import { SpectralShapeExtractor } from './spectral-shape.ts';

const sampleRate = 22_050;

let extractor: SpectralShapeExtractor | undefined;

/** How bright and how noisy: mean and deviation of centroid, bandwidth, roll-off (Hz) and zero-crossing rate. */
export const spectralShape: Representation = {
  id: 'spectral-shape',
  version: '1',
  sampleRate,
  dimension: 8,
  minimumSeconds: 1,
  compute(window) {
    // Reflection is what the published table (librosa before 0.10) was made with.
    extractor ??= new SpectralShapeExtractor(sampleRate, 'reflect');
    return extractor.compute(window.pcm(sampleRate));
  },
};
