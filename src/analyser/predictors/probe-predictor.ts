import { applyProbe, meanDistribution, type Probe, probeVersion } from '../../shared/probe.ts';
import { OWN } from '../../shared/tier.ts';
import type { PreparedWindow } from '../prepared-window.ts';
import type { Representation } from '../representations/representation.ts';
import type { Predictor } from './predictor.ts';

/** Deviations over less than that say little: features are measured over some 29 s in training. */
const MINIMUM_SECONDS = 5;

/** Ids of probes that learnt from other predictors' answers, not from the user's tags: they are not `own`. */
export const PSEUDO_PREFIX = 'pseudo-';

/**
 * A predictor that applies a probe.
 * @param representations those that the probe reads are among them, of the right version and dimension
 * @param own the probe is the user's own
 */
export function probePredictor(
  probe: Probe,
  representations: readonly Representation[],
  own: boolean,
): Predictor {
  const needed = probe.inputs.map((input) => representations.find(({ id }) => id === input.representation)!);
  return {
    id: probe.id,
    version: probeVersion(probe),
    task: probe.task,
    ...(own && !probe.id.startsWith(PSEUDO_PREFIX) ? { tier: OWN } : {}),
    labels: probe.labels,
    representations: needed.map(({ id }) => id),
    sampleRates: [],
    minimumSeconds: Math.max(MINIMUM_SECONDS, ...needed.map(({ minimumSeconds }) => minimumSeconds)),
    async predict(windows) {
      if (probe.pooling === 'vectors') {
        const vectors = new Map<string, Float32Array>();
        for (const representation of needed) {
          vectors.set(representation.id, await meanVector(representation, windows));
        }
        return applyProbe(probe, vectors);
      }
      const distributions: number[][] = [];
      for (const window of windows) {
        const vectors = new Map<string, Float32Array>();
        for (const representation of needed) {
          vectors.set(representation.id, await window.vector(representation));
        }
        distributions.push(applyProbe(probe, vectors));
      }
      return meanDistribution(distributions);
    },
  };
}

/** The track's vector: the mean over its windows, as it is stored (see `Embedding`). */
async function meanVector(
  representation: Representation,
  windows: readonly PreparedWindow[],
): Promise<Float32Array> {
  const sum = new Float64Array(representation.dimension);
  for (const window of windows) {
    const vector = await window.vector(representation);
    for (let at = 0; at < sum.length; at++) sum[at]! += vector[at]!;
  }
  return Float32Array.from(sum, (value) => value / windows.length);
}
