import type { Probe, Standardisation } from '../../shared/probe.ts';
import type { ProbeDescription } from './train-probe.ts';
import { TrainingError } from './training-error.ts';

/**
 * Several linear probes, each over representations of its own, as one: the product of their distributions, which is
 * the sum of their logits (Hinton 1999, *Products of experts*). Unlike one probe fitted on the joined vectors, each
 * may be fitted on other examples: representations are not always known of the same tracks.
 *
 * @param description inputs are those of the probes, in their order
 * @throws TrainingError where a probe is not linear, not standardised, or names other labels
 */
export function productOfProbes(probes: readonly Probe[], description: ProbeDescription): Probe {
  const labels = description.labels.length;
  for (const probe of probes) {
    if (probe.layers.length !== 1 || !probe.standardisation) {
      throw new TrainingError(`Probe ${probe.id} is not a standardised linear one.`);
    }
    if (probe.labels.join('\0') !== description.labels.join('\0')) {
      throw new TrainingError(`Probe ${probe.id} has labels of its own.`);
    }
    if (probe.standardisation.clip !== description.clip) {
      throw new TrainingError(`Probe ${probe.id} cuts values elsewhere.`);
    }
  }
  const width = probes.reduce((sum, probe) => sum + probe.layers[0]!.inputs, 0);
  const mean = new Float32Array(width);
  const scale = new Float32Array(width);
  const weights = new Float32Array(labels * width);
  const bias = new Float64Array(labels);
  let at = 0;
  for (const probe of probes) {
    const layer = probe.layers[0]!;
    const standardisation: Standardisation = probe.standardisation!;
    mean.set(standardisation.mean, at);
    scale.set(standardisation.scale, at);
    for (let k = 0; k < labels; k++) {
      weights.set(layer.weights.subarray(k * layer.inputs, (k + 1) * layer.inputs), k * width + at);
      bias[k]! += layer.bias[k]!;
    }
    at += layer.inputs;
  }
  return {
    id: description.id,
    version: description.version,
    task: description.task,
    labels: description.labels,
    inputs: description.inputs,
    standardisation: { mean, scale, clip: description.clip },
    layers: [
      { inputs: width, outputs: labels, weights, bias: Float32Array.from(bias), activation: 'linear' },
    ],
    temperature: 1,
    provenance: probes[0]!.provenance,
  };
}
