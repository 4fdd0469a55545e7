import { softmax } from '../../shared/probe.ts';
import { SAMPLE_RATE } from '../representations/chroma/constant-q.ts';
import type { Representation } from '../representations/representation.ts';
import { openBuiltinKeyNet } from './builtin.ts';
import { MINIMUM_SECONDS } from './predictor.ts';

/** Its id, which is that of the predictor too: the two are one net's answer. */
export const BUILTIN_KEY = 'builtin-key';

/** Below that a probability is as good as none, and its logarithm would be no number to compute with. */
const LEAST = 1e-9;

/**
 * What the built-in key net says of a window: natural logarithms of its 24 calibrated probabilities, as `skey` and
 * `keynet` are of theirs, so that what a library teaches of keys can weigh them.
 * @returns nothing where the net is not there
 * @throws KeyModelError where it is damaged
 */
export async function loadBuiltinKeyRepresentation(modelsFolder: string): Promise<Representation[]> {
  const net = await openBuiltinKeyNet(modelsFolder);
  if (!net) return [];
  const { version, temperature } = net.manifest;
  return [
    {
      id: BUILTIN_KEY,
      version,
      sampleRate: SAMPLE_RATE,
      dimension: 24,
      minimumSeconds: MINIMUM_SECONDS,
      compute: async (window) =>
        Float32Array.from(softmax(await net.logits(window), temperature), (probability) =>
          Math.log(Math.max(LEAST, probability)),
        ),
    },
  ];
}
