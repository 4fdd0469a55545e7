import { CratewiseError } from './errors.ts';
import type { Task } from './prediction.ts';

/** A file that is no probe, or a probe that doesn't fit what it is used with. */
export class ProbeError extends CratewiseError {
  override readonly name = 'ProbeError';

  constructor(message: string, options?: ErrorOptions) {
    super('bad-probe', message, options);
  }
}

/** One representation that a probe was trained on; in a probe of several their vectors are joined in order. */
export interface ProbeInput {
  readonly representation: string;
  readonly version: string;
  readonly dimension: number;
}

/** One dense layer: `outputs` rows of `inputs` weights each, then the activation. */
export interface ProbeLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major: the weights of output `o` are `[o * inputs, (o + 1) * inputs)`. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly activation: 'relu' | 'linear';
}

/** `(x − mean) / scale`, then cut to ±`clip` so that a vector unlike any in training can't shout. */
export interface Standardisation {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
  readonly clip: number | null;
}

/** A figure that was measured, and on what. */
export interface ProbeScore {
  readonly on: string;
  readonly metric: string;
  readonly value: number;
  readonly n: number;
}

/** Where a probe comes from. */
export interface ProbeProvenance {
  readonly data: string;
  readonly split: string;
  readonly protocol: string;
  /** Command that makes it again. */
  readonly command: string;
  /** ISO date, without a time. */
  readonly date: string;
  readonly scores: readonly ProbeScore[];
}

export interface Probe {
  readonly id: string;
  readonly version: string;
  readonly task: Task;
  readonly labels: readonly string[];
  readonly inputs: readonly ProbeInput[];
  readonly standardisation: Standardisation | null;
  readonly layers: readonly ProbeLayer[];
  /** Divides the logits before the softmax: calibration. */
  readonly temperature: number;
  /**
   * What several windows of a track become one by: `distributions`, the mean of each window's distribution (where
   * absent); `vectors`, the distribution of the windows' mean vector, for probes trained on stored embeddings.
   */
  readonly pooling?: 'distributions' | 'vectors';
  readonly provenance: ProbeProvenance;
}

/** A probe whose labels are there or not, each for itself: moods, instruments, tags. */
export interface TagProbe extends Omit<Probe, 'task'> {
  readonly task: 'tags';
  readonly output: 'sigmoid';
}

/** Whatever a probe file may hold. */
export type AnyProbe = Probe | TagProbe;

/** What is at hand to feed a probe with. */
export interface AvailableRepresentation {
  readonly id: string;
  readonly version: string;
  readonly dimension: number;
}

/**
 * Makes sure that a probe gets what it was trained on.
 * @throws ProbeError where a representation is missing, of another version or of another dimension
 */
export function requireRepresentations(probe: AnyProbe, available: readonly AvailableRepresentation[]): void {
  for (const input of probe.inputs) {
    const found = available.find((candidate) => candidate.id === input.representation);
    const needs = `Probe ${probe.id} needs representation ${input.representation}`;
    if (!found) throw new ProbeError(`${needs}, which is not installed.`);
    if (found.version !== input.version) {
      throw new ProbeError(
        `${needs} version ${input.version}, not version ${found.version}: train it again.`,
      );
    }
    if (found.dimension !== input.dimension) {
      throw new ProbeError(`${needs} of dimension ${input.dimension}, not ${found.dimension}.`);
    }
  }
}

/** `3 of mfcc-12k@1, spectral-shape@1`: what was predicted from another version of either is due again. */
export function probeVersion(probe: Pick<Probe, 'version' | 'inputs'>): string {
  const inputs = probe.inputs.map(({ representation, version }) => `${representation}@${version}`);
  return `${probe.version} of ${inputs.join(', ')}`;
}

/**
 * What a probe makes of one window.
 * @param vectors representation id → that window's vector
 * @returns calibrated probabilities of `probe.labels`; they sum to 1
 * @throws ProbeError where a vector is missing, has the wrong length or holds a number that is not finite
 */
export function applyProbe(probe: Probe, vectors: ReadonlyMap<string, ArrayLike<number>>): number[] {
  return softmax(probeLogits(probe, joinVectors(probe, vectors)), probe.temperature);
}

/**
 * What a multi-label probe makes of one window.
 * @param vectors representation id → that window's vector
 * @returns the probability of each of `probe.labels`, for itself
 * @throws ProbeError as `applyProbe`
 */
export function applyTagProbe(probe: TagProbe, vectors: ReadonlyMap<string, ArrayLike<number>>): number[] {
  const logits = probeLogits(probe, joinVectors(probe, vectors));
  return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit / probe.temperature)));
}

/**
 * Mean of several windows' distributions: the track's.
 * @param distributions at least one, all of one length
 */
export function meanDistribution(distributions: readonly (readonly number[])[]): number[] {
  const first = distributions[0];
  if (!first) throw new RangeError('There is no distribution to average.');
  return first.map(
    (_, index) => distributions.reduce((sum, each) => sum + each[index]!, 0) / distributions.length,
  );
}

function joinVectors(probe: AnyProbe, vectors: ReadonlyMap<string, ArrayLike<number>>): Float32Array {
  const joined = new Float32Array(probe.layers[0]!.inputs);
  let at = 0;
  for (const { representation, dimension } of probe.inputs) {
    const vector = vectors.get(representation);
    if (!vector) throw new ProbeError(`Probe ${probe.id} got no vector of ${representation}.`);
    if (vector.length !== dimension) {
      throw new ProbeError(
        `Probe ${probe.id} got ${vector.length} numbers of ${representation} instead of ${dimension}.`,
      );
    }
    joined.set(vector, at);
    at += dimension;
  }
  return joined;
}

/**
 * Scores before calibration.
 * @param features the joined vectors, as long as the inputs' dimensions together
 * @throws ProbeError where a number is not finite, going in or coming out
 */
export function probeLogits(probe: AnyProbe, features: ArrayLike<number>): Float64Array {
  const { standardisation } = probe;
  let values = Float64Array.from(features);
  if (!values.every(Number.isFinite)) throw new ProbeError('A vector holds a number that is not finite.');
  if (standardisation) {
    const clip = standardisation.clip ?? Number.POSITIVE_INFINITY;
    values = values.map((value, index) => {
      const standard = (value - standardisation.mean[index]!) / standardisation.scale[index]!;
      return Math.min(clip, Math.max(-clip, standard));
    });
  }
  for (const layer of probe.layers) values = applyLayer(layer, values);
  // Each number in the file may be finite and still too large to be multiplied by another.
  if (!values.every(Number.isFinite)) throw new ProbeError(`Probe ${probe.id} computes no finite numbers.`);
  return values;
}

function applyLayer(layer: ProbeLayer, input: Float64Array): Float64Array<ArrayBuffer> {
  const output = new Float64Array(layer.outputs);
  for (let row = 0; row < layer.outputs; row++) {
    let sum = layer.bias[row]!;
    const start = row * layer.inputs;
    for (let column = 0; column < layer.inputs; column++) {
      sum += layer.weights[start + column]! * input[column]!;
    }
    output[row] = layer.activation === 'relu' ? Math.max(0, sum) : sum;
  }
  return output;
}

/** `exp(x / temperature)` made to sum to 1. */
export function softmax(logits: ArrayLike<number>, temperature = 1): number[] {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const top = Math.max(...scaled);
  const exponentials = scaled.map((value) => Math.exp(value - top));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

// The file format has a module of its own for its size; callers know this one.
export { parseAnyProbe, parseProbe, serialiseProbe } from './probe-file.ts';
