import { differenceMoments } from '../../dsp/moments.ts';
import type { Representation } from '../representation.ts';
import { MfccExtractor } from './mfcc.ts';

const coefficients = 20;

function mfccMoments(
  id: string,
  sampleRate: number,
  scaleOf: (samples: Float32Array) => number,
): Representation {
  let extractor: MfccExtractor | undefined;
  return {
    id,
    version: '1',
    sampleRate,
    dimension: 6 * coefficients,
    minimumSeconds: 1,
    compute(window) {
      extractor ??= new MfccExtractor(sampleRate, coefficients);
      const samples = window.pcm(sampleRate);
      const { frames, values } = extractor.compute(samples, scaleOf(samples));
      return differenceMoments(values, frames, coefficients);
    },
  };
}

/** The factor that brings the loudest sample to 1. */
function toFullScale(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak > 0 ? 1 / peak : 1;
}

/** MFCC as the protocol of Castellon et al. (2021) has it: 22,050 Hz, peak-normalised. */
export const mfcc = mfccMoments('mfcc', 22_050, toFullScale);

/**
 * MFCC as in the features that Choi et al. (2017) published: 12 kHz, as loud as it is. Same columns as
 * `gtzan_genre_mfcc.npy`, so that probes trained on these rows work on what we compute.
 */
export const mfcc12k = mfccMoments('mfcc-12k', 12_000, () => 1);
