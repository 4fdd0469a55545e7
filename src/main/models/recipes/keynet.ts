import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadWeightsError } from '../bad-weights.ts';
import { decimateByTwo } from '../onnx/decimate.ts';
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { PyTorchFile } from '../readers/pytorch.ts';
import type { BuildContext, Recipe } from '../recipe.ts';
import { cqtKernels, HOP, halvingTaps } from './keynet-cqt.ts';

/*
 * KeyNet of github.com/a1ex90/MusicalKeyCNN (MIT), after Korzeniowski & Widmer, "Genre-agnostic key classification
 * with convolutional neural networks", ISMIR 2018. One graph from samples to logits: the constant-Q transform of
 * predict_keys.py is in it (`keynet-cqt.ts`), then the net of model.py.
 */

/** Path of the weights in the authors' repository. */
export const KEYNET_FILE = 'checkpoints/keynet.pt';
/** The graph in the installed folder. */
export const KEYNET_ONNX = 'keynet.onnx';

/** Output channels and kernel of the nine convolutions; after the 2nd, 4th and 6th the maps are halved. */
const LAYERS = [
  [20, 5],
  [20, 3],
  [40, 3],
  [40, 3],
  [80, 3],
  [80, 3],
  [160, 3],
  [160, 3],
  [24, 1],
] as const;
const POOLED = new Set([2, 4, 6]);
const EPSILON = 1e-5;

/**
 * Where each of `KEY_LABELS` stands among the net's outputs, which go around the Camelot wheel: twelve minor keys from
 * A flat minor (1A) in fifths, then twelve major ones from B major (1B).
 */
const KEY_ORDER = [
  ...Array.from({ length: 12 }, (_, tonic) => 12 + (((tonic + 1) * 7) % 12)),
  ...Array.from({ length: 12 }, (_, tonic) => ((tonic + 4) * 7) % 12),
];

/** Builds `keynet.onnx`: `pcm` [samples] at 44,100 Hz → `logits` [24] in the order of `KEY_LABELS`, `embedding` [160]. */
export const keynet: Recipe = {
  id: 'keynet',
  async build(context: BuildContext): Promise<void> {
    const weights = await PyTorchFile.open(context.file(KEYNET_FILE));
    try {
      const graph = new GraphBuilder('keynet');
      const pcm = graph.input('pcm', 'float32', ['samples']);
      const spectrum = logMagnitudes(graph, pcm);
      context.progress(0.5);
      const { logits, embedding } = await net(graph, weights, spectrum);
      graph.output('logits', logits, 'float32', [24]);
      graph.output('embedding', embedding, 'float32', [160]);
      context.signal.throwIfAborted();
      await writeFile(join(context.output, KEYNET_ONNX), graph.encode());
    } finally {
      await weights.close();
    }
  },
};

/** ln(1 + |constant-Q transform|), without the last two frames, as predict_keys.py has it: [1, 1, 105, frames]. */
function logMagnitudes(graph: GraphBuilder, pcm: Value): Value {
  const signals = [graph.op('Reshape', [pcm, graph.ints(1, 1, -1)])];
  const taps = halvingTaps();
  const octaves = cqtKernels();
  for (let i = 1; i <= Math.max(...octaves.map(({ halvings }) => halvings)); i++) {
    signals.push(decimateByTwo(graph, `lowpass_${i}`, signals[i - 1]!, taps, taps.length >> 1, 'up'));
  }
  const samples = graph.op('Shape', [signals[0]!], { start: 2, end: 3 });
  // Frames of the full rate, 1 + ⌊samples / hop⌋, less two; a halved signal may have one more.
  const frames = graph.op('Sub', [graph.op('Div', [samples, graph.ints(HOP)]), graph.ints(1)]);
  const magnitudes = octaves.map(({ halvings, hop, size, bins, kernels }, octave) => {
    const filters = graph.constant(`kernels_${octave}`, kernels, [2 * bins, 1, size]);
    const response = graph.op('Conv', [signals[halvings]!, filters], {
      kernel_shape: [size],
      strides: [hop],
      pads: [size / 2, size / 2],
    });
    const squared = graph.op('Mul', [response, response]);
    const [real, imaginary] = graph.ops('Split', [squared], { axis: 1, num_outputs: 2 }, { outputs: 2 });
    const magnitude = graph.op('Sqrt', [graph.op('Add', [real!, imaginary!])]);
    return graph.op('Slice', [magnitude, graph.ints(0), frames, graph.ints(2)]);
  });
  const all = graph.op('Concat', magnitudes, { axis: 1 });
  return graph.op('Unsqueeze', [graph.op('Log', [graph.op('Add', [all, graph.float(1)])]), graph.ints(1)]);
}

async function net(
  graph: GraphBuilder,
  weights: PyTorchFile,
  spectrum: Value,
): Promise<{ logits: Value; embedding: Value }> {
  let x = spectrum;
  let embedding = x;
  let inputs = 1;
  for (const [i, [outputs, kernel]] of LAYERS.entries()) {
    const layer = i + 1;
    if (layer === LAYERS.length) embedding = x;
    x = await convolution(graph, weights, x, `conv${layer}`, [outputs, inputs, kernel, kernel]);
    if (POOLED.has(layer)) x = graph.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    inputs = outputs;
  }
  const mean = (value: Value) => graph.op('ReduceMean', [value, graph.ints(0, 2, 3)], { keepdims: 0 });
  return {
    logits: graph.op('Gather', [mean(x), graph.ints(...KEY_ORDER)]),
    embedding: mean(embedding),
  };
}

/** `BasicConv2d`: convolution without bias, batch norm (folded into it), ELU. */
async function convolution(
  graph: GraphBuilder,
  weights: PyTorchFile,
  x: Value,
  name: string,
  shape: readonly [number, number, number, number],
): Promise<Value> {
  const [outputs, , kernel] = shape;
  const weight = await weights.floats(`${name}.conv.weight`, shape);
  const [gamma, beta, mean, variance] = await Promise.all(
    ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      weights.floats(`${name}.bn.${part}`, [outputs]),
    ),
  );
  const scale = Float64Array.from(gamma!, (g, i) => g / Math.sqrt(variance![i]! + EPSILON));
  if (!scale.every(Number.isFinite)) throw new BadWeightsError(`The variances of ${name} are negative.`);
  const perOutput = weight.length / outputs;
  const folded = weight.map((w, i) => w * scale[Math.floor(i / perOutput)]!);
  const bias = beta!.map((b, i) => b - mean![i]! * scale[i]!);
  const half = kernel >> 1;
  const convolved = graph.op(
    'Conv',
    [x, graph.constant(`${name}.weight`, folded, shape), graph.constant(`${name}.bias`, bias, [outputs])],
    { kernel_shape: [kernel, kernel], pads: [half, half, half, half] },
  );
  return graph.op('Elu', [convolved], { alpha: { float: 1 } });
}
