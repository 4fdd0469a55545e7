import { keyNetRepresentations } from '../../key/installed-net.ts';
import type { RepresentationFactory } from '../index.ts';

/**
 * KeyNet (github.com/a1ex90/MusicalKeyCNN after Korzeniowski & Widmer 2018): `keynet`, ln of its 24 key probabilities,
 * and `keynet-embedding`, the means of the 160 maps of its last layer but one. Its front end, a constant-Q transform at
 * 44,100 Hz, hop 8,820, 105 bins from 65 Hz, 24 an octave, as ln(1 + |x|) of samples as they were decoded, is part of
 * the graph that `src/main/models/recipes/keynet.ts` builds.
 */
export const keynetRepresentations: RepresentationFactory = async (context) =>
  keyNetRepresentations(
    { id: 'keynet', file: 'keynet.onnx', sampleRate: 44_100, embedding: 160, minimumSeconds: 4 },
    context,
  );
