import { differenceMoments } from '../../dsp/moments.ts';
import type { PreparedWindow } from '../../prepared-window.ts';
import type { Representation } from '../representation.ts';
import { constantQOf } from './analysis.ts';
import { CHROMA, chromaOf } from './chroma.ts';
import { SAMPLE_RATE } from './constant-q.ts';

/**
 * CHROMA of the probing protocol (Castellon et al. 2021): `librosa.feature.chroma_cqt` at 22,050 Hz and hop 512, as
 * mean and standard deviation over time of the 12 pitch classes, of their first and of their second difference.
 */
export const chroma: Representation = {
  id: 'chroma',
  version: '1',
  sampleRate: SAMPLE_RATE,
  dimension: 6 * CHROMA,
  // The longest filter spans 1.6 s.
  minimumSeconds: 2,
  compute(window: PreparedWindow): Float32Array {
    const cqt = constantQOf(window);
    return differenceMoments(Float64Array.from(chromaOf(cqt)), cqt.frames, CHROMA);
  },
};
