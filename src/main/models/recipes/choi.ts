import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadWeightsError } from '../bad-weights.ts';
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { Hdf5File } from '../readers/hdf5.ts';
import type { Recipe } from '../recipe.ts';
import { type ChannelStatistics, choiStatistics } from './choi-statistics.ts';
import type { Float32Source } from './float32-source.ts';

/** The file is 1.3 MB. */
const MAX_BYTES = 16 * 2 ** 20;

/** Height (mel bands) and width (frames) of the poolings: keunwoochoi/transfer_learning_music, models_transfer.py. */
const POOLINGS = [
  [2, 4],
  [3, 4],
  [2, 5],
  [2, 4],
  [4, 4],
] as const;

const CHANNELS = 32;
/** Keras 1.2's. */
const EPSILON = 1e-3;

/**
 * The convnet of Choi, Fazekas, Sandler & Cho (2017), up to the average activations of its five layers.
 * Input `mel` float32 [n, 1, 96, 1360]: decibels below the reference, −80..0. Output `activations` float32 [n, 160]:
 * layer 0 first, 32 each, in the order of the published `gtzan_genre_layer_{0..4}.npy`.
 */
export const choi: Recipe = {
  id: 'choi',
  async build(context) {
    const path = context.file('compact_cnn/weights_theano.hdf5');
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new BadWeightsError(`The weights file is too large: ${size} bytes.`);
    const model = buildChoi(new Hdf5File(await readFile(path)));
    context.signal.throwIfAborted();
    await writeFile(join(context.output, 'choi.onnx'), model);
    context.progress(1);
  },
};

/**
 * The ONNX model of a weights file.
 * @param statistics mean and variance that each layer's channels are normalised by
 * @throws BadWeightsError where an array is missing or has another shape
 */
export function buildChoi(weights: Float32Source, statistics = choiStatistics): Uint8Array {
  const graph = new GraphBuilder('choi');
  let value = graph.input('mel', 'float32', ['n', 1, 96, 1360]);
  const averages: Value[] = [];
  POOLINGS.forEach((pooling, layer) => {
    const { kernel, bias } = foldedLayer(weights, layer, statistics[layer]!);
    const inputs = layer === 0 ? 1 : CHANNELS;
    const convolved = graph.op(
      'Conv',
      [
        value,
        graph.constant(`kernel_${layer}`, kernel, [CHANNELS, inputs, 3, 3]),
        graph.constant(`bias_${layer}`, bias, [CHANNELS]),
      ],
      { pads: [1, 1, 1, 1], kernel_shape: [3, 3] },
    );
    const activated = graph.op('Elu', [convolved], { alpha: { float: 1 } });
    value = graph.op('MaxPool', [activated], { kernel_shape: pooling, strides: pooling });
    averages.push(graph.op('ReduceMean', [value, graph.ints(2, 3)], { keepdims: 0 }));
  });
  graph.output('activations', graph.op('Concat', averages, { axis: 1 }), 'float32', ['n', 5 * CHANNELS]);
  return graph.encode();
}

/** A convolution and the normalisation that follows it, as one convolution. */
function foldedLayer(
  weights: Float32Source,
  layer: number,
  { mean, variance }: ChannelStatistics,
): { kernel: Float32Array; bias: Float32Array } {
  const read = (name: string, ...shape: number[]) => weights.float32(`ConvBNEluDr/${name}`, shape);
  const inputs = layer === 0 ? 1 : CHANNELS;
  const kernel = read(`convolution2d_${layer + 1}_W`, CHANNELS, inputs, 3, 3);
  const bias = read(`convolution2d_${layer + 1}_b`, CHANNELS);
  const gamma = read(`batchnormalization_${layer + 1}_gamma`, CHANNELS);
  const beta = read(`batchnormalization_${layer + 1}_beta`, CHANNELS);
  const perChannel = inputs * 9;
  for (let c = 0; c < CHANNELS; c++) {
    const scale = gamma[c]! / Math.sqrt(variance[c]! + EPSILON);
    bias[c] = (bias[c]! - mean[c]!) * scale + beta[c]!;
    const own = kernel.subarray(c * perChannel, (c + 1) * perChannel);
    for (let i = 0; i < own.length; i++) own[i]! *= scale;
    // Theano convolves; ONNX correlates: each kernel of 3 × 3 is turned round.
    for (let i = 0; i < own.length; i += 9) own.subarray(i, i + 9).reverse();
  }
  return { kernel, bias };
}
