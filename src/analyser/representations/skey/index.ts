import { keyNetRepresentations } from '../../key/installed-net.ts';
import type { RepresentationFactory } from '../index.ts';

/**
 * S-KEY (Kong et al., ICASSP 2025; github.com/deezer/skey): `skey`, ln of its 24 key probabilities, and
 * `skey-embedding`, 3 features of each of the 12 pitch classes from C, feature after feature. Its front end, a
 * variable-Q transform at 22,050 Hz, hop 512, 84 bins from 27.5 Hz, in decibels, is part of the graph that
 * `src/main/models/recipes/skey.ts` builds.
 */
export const skeyRepresentations: RepresentationFactory = async (context) =>
  keyNetRepresentations(
    { id: 'skey', file: 'skey.onnx', sampleRate: 22_050, embedding: 36, minimumSeconds: 4 },
    context,
  );
