import type { Task } from '../../shared/prediction.ts';
import { type Probe, type ProbeInput, probeLogits } from '../../shared/probe.ts';
import { joinColumns, type Matrix, row } from '../lab/matrix.ts';
import { CLIP, type Source } from './choose.ts';

/*
 * What a shipped probe makes of a vector (its scores, before the softmax) is a representation, too: ten numbers in
 * which the knowledge of thousands of labelled clips is. Learnt on top of them, a handful of tracks of a label
 * suffice. Scores are linear in the vector, and so is what is learnt of them: both become one layer again.
 */

/** A source for the scores of each probe that is linear in representations that are there. */
export function derivedSources(probes: readonly Probe[], sources: readonly Source[], task: Task): Source[] {
  return probes.flatMap((probe) => {
    const members = probe.inputs.map((input) => sources.find((source) => matches(source, input)));
    if (probe.task !== task || probe.layers.length !== 1 || !members.every((each) => each !== undefined))
      return [];
    const joined = joinColumns(members.map(({ vectors }) => vectors));
    return [
      {
        input: { representation: probe.id, version: probe.version, dimension: probe.labels.length },
        vectors: scoresOf(probe, joined),
        probe,
      },
    ];
  });
}

function matches({ input, probe }: Source, wanted: ProbeInput): boolean {
  return (
    !probe &&
    input.representation === wanted.representation &&
    input.version === wanted.version &&
    input.dimension === wanted.dimension
  );
}

function scoresOf(probe: Probe, vectors: Matrix): Matrix {
  const columns = probe.labels.length;
  const data = new Float64Array(vectors.rows * columns);
  for (let at = 0; at < vectors.rows; at++) data.set(probeLogits(probe, row(vectors, at)), at * columns);
  return { rows: vectors.rows, columns, data };
}

/** Where the numbers of a representation stand in the joined vector, and how they are standardised. */
interface Segment {
  readonly input: ProbeInput;
  readonly at: number;
}

/**
 * A probe that was fitted on representations and on scores of probes, as one that reads representations alone. The
 * same but for vectors so unlike any other that the scores' own standardisation would have cut them.
 *
 * @param fitted one linear layer over the joined vectors of `sources`
 */
export function foldDerived(fitted: Probe, sources: readonly Source[]): Probe {
  if (!sources.some(({ probe }) => probe)) return fitted;
  const segments = segmentsOf(sources);
  const width = segments.reduce((sum, { input }) => sum + input.dimension, 0);
  const { mean, scale } = momentsFor(fitted, sources, segments, width);
  const outputs = fitted.labels.length;
  const layer = fitted.layers[0]!;
  const weights = new Float64Array(outputs * width);
  const bias = Float64Array.from(layer.bias);
  let from = 0;
  for (const { input, probe } of sources) {
    for (let output = 0; output < outputs; output++) {
      for (let column = 0; column < input.dimension; column++) {
        const weight = layer.weights[output * layer.inputs + from + column]!;
        if (!probe) {
          const segment = segments.find((each) => each.input.representation === input.representation)!;
          weights[output * width + segment.at + column]! += weight;
          continue;
        }
        const slope = weight / fitted.standardisation!.scale[from + column]!;
        bias[output]! -= slope * fitted.standardisation!.mean[from + column]!;
        bias[output]! +=
          slope * addScore(probe, column, slope, output, weights, width, segments, mean, scale);
      }
    }
    from += input.dimension;
  }
  return {
    ...fitted,
    inputs: segments.map(({ input }) => input),
    standardisation: { mean: Float32Array.from(mean), scale: Float32Array.from(scale), clip: CLIP },
    layers: [
      {
        inputs: width,
        outputs,
        weights: Float32Array.from(weights),
        bias: Float32Array.from(bias),
        activation: 'linear',
      },
    ],
  };
}

/** Adds `slope` times a score of a probe to the weights of an output. Returns the score's constant part. */
function addScore(
  probe: Probe,
  label: number,
  slope: number,
  output: number,
  weights: Float64Array,
  width: number,
  segments: readonly Segment[],
  mean: Float64Array,
  scale: Float64Array,
): number {
  const layer = probe.layers[0]!;
  let constant = layer.bias[label]!;
  let from = 0;
  for (const { representation, dimension } of probe.inputs) {
    const { at } = segments.find((each) => each.input.representation === representation)!;
    for (let column = 0; column < dimension; column++) {
      const theirs = from + column;
      const weight =
        layer.weights[label * layer.inputs + theirs]! / (probe.standardisation?.scale[theirs] ?? 1);
      // Their (x − m) / s in terms of our z = (x − mean) / scale.
      weights[output * width + at + column]! += slope * weight * scale[at + column]!;
      constant += weight * (mean[at + column]! - (probe.standardisation?.mean[theirs] ?? 0));
    }
    from += dimension;
  }
  return constant;
}

/** Every representation that is read, directly or by a probe, once. */
function segmentsOf(sources: readonly Source[]): Segment[] {
  const inputs = new Map<string, ProbeInput>();
  for (const { input, probe } of sources) {
    for (const each of probe ? probe.inputs : [input]) inputs.set(each.representation, each);
  }
  let at = 0;
  return [...inputs.values()].map((input) => {
    const segment = { input, at };
    at += input.dimension;
    return segment;
  });
}

/** As fitted, for what is read directly; as the probe has it, for what only a probe reads. */
function momentsFor(fitted: Probe, sources: readonly Source[], segments: readonly Segment[], width: number) {
  const mean = new Float64Array(width);
  const scale = new Float64Array(width).fill(1);
  const put = (
    representation: string,
    from: number,
    moments: Probe['standardisation'],
    dimension: number,
  ) => {
    const { at } = segments.find((each) => each.input.representation === representation)!;
    for (let column = 0; column < dimension; column++) {
      mean[at + column] = moments?.mean[from + column] ?? 0;
      scale[at + column] = moments?.scale[from + column] ?? 1;
    }
  };
  for (const { probe } of sources) {
    let from = 0;
    for (const { representation, dimension } of probe?.inputs ?? []) {
      put(representation, from, probe!.standardisation, dimension);
      from += dimension;
    }
  }
  let from = 0;
  for (const { input, probe } of sources) {
    if (!probe) put(input.representation, from, fitted.standardisation, input.dimension);
    from += input.dimension;
  }
  return { mean, scale };
}
