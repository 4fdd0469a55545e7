import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadWeightsError } from '../bad-weights.ts';
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { TfCheckpoint } from '../readers/tf-checkpoint.ts';
import type { Recipe } from '../recipe.ts';
import type { Float32Source } from './float32-source.ts';

/** The files are 9.5 MB and 5 KB. */
const MAX_BYTES = 64 * 2 ** 20;

const BANDS = 96;
const FRAMES = 187;
/** The two timbral filters: frames, bands, filters; outputs 1 to `BANDS` − bands + 1 of them are pooled. */
const TIMBRAL = [
  { layer: 0, height: 7, width: 38, filters: 204 },
  { layer: 1, height: 7, width: 67, filters: 204 },
] as const;
/** The three temporal filters: frames, one band. */
const TEMPORAL = [
  { layer: 2, height: 128, filters: 51 },
  { layer: 3, height: 64, filters: 51 },
  { layer: 4, height: 32, filters: 51 },
] as const;
const FRONT = 2 * 204 + 3 * 51;
const MIDDLE = 64;
const POOLED = 2 * (FRONT + 3 * MIDDLE);
const PENULTIMATE = 200;
const TAGS = 50;
/** That of `tf.layers.batch_normalization`. */
const EPSILON = 1e-3;

/**
 * MSD_musicnn of jordipons/musicnn (Pons & Serra 2019; musicnn/models.py, `build_musicnn`) in two parts, so that
 * patches that overlap share the costliest layer:
 *
 * * `timbral.onnx`: `mel` float32 [n, 1, frames, 96] → `timbral` float32 [n, 408, frames − 6], without padding;
 * * `musicnn.onnx`: `mel` float32 [n, 1, 187, 96] and `timbral` float32 [n, 408, 187] → `penultimate` float32 [n, 200],
 *   `tags` float32 [n, 50].
 *
 * The normalisation of the input is in neither: the checkpoint's `batch_normalization`, in `input.json`
 * (`{ scale, offset }`), comes before the zeros beyond the ends of a patch.
 */
export const musicnn: Recipe = {
  id: 'musicnn',
  async build(context) {
    const read = async (path: string) => {
      const file = context.file(path);
      const { size } = await stat(file);
      if (size > MAX_BYTES) throw new BadWeightsError(`The checkpoint is too large: ${size} bytes.`);
      return readFile(file);
    };
    const weights = new TfCheckpoint(
      await read('musicnn/MSD_musicnn/.index'),
      await read('musicnn/MSD_musicnn/.data-00000-of-00001'),
    );
    const [scale, offset] = normalisation(weights, '', 1);
    const write = (name: string, data: string | Uint8Array) => writeFile(join(context.output, name), data);
    await write('input.json', JSON.stringify({ scale: scale[0], offset: offset[0] }));
    await write('timbral.onnx', buildTimbral(weights));
    context.progress(0.5);
    context.signal.throwIfAborted();
    await write('musicnn.onnx', buildMusicnn(weights));
    context.progress(1);
  },
};

/** The timbral filters. @throws BadWeightsError where a variable is missing or has another shape */
export function buildTimbral(weights: Float32Source): Uint8Array {
  const graph = new GraphBuilder('musicnn-timbral');
  const mel = graph.input('mel', 'float32', ['n', 1, 'frames', BANDS]);
  const parts = TIMBRAL.map((block) => pooledConvolution(graph, mel, weights, block, [0, 0, 0, 0]));
  graph.output('timbral', graph.op('Concat', parts, { axis: 1 }), 'float32', ['n', 408, 'frames_out']);
  return graph.encode();
}

/** Everything behind them. @throws BadWeightsError where a variable is missing or has another shape */
export function buildMusicnn(weights: Float32Source): Uint8Array {
  const graph = new GraphBuilder('musicnn');
  const mel = graph.input('mel', 'float32', ['n', 1, FRAMES, BANDS]);
  const timbral = graph.input('timbral', 'float32', ['n', 408, FRAMES]);
  const temporal = TEMPORAL.map((block) => {
    // TensorFlow's `same` has the odd zero at the end.
    const before = block.height / 2 - 1;
    return pooledConvolution(graph, mel, weights, { ...block, width: 1 }, [before, 0, before + 1, 0]);
  });
  const front = graph.op('Concat', [timbral, ...temporal], { axis: 1 });
  const first = middleLayer(graph, front, weights, 5, FRONT);
  const second = graph.op('Add', [middleLayer(graph, first, weights, 6, MIDDLE), first]);
  const third = graph.op('Add', [middleLayer(graph, second, weights, 7, MIDDLE), second]);
  const features = graph.op('Concat', [front, first, second, third], { axis: 1 });
  const most = graph.op('ReduceMax', [features, graph.ints(2)], { keepdims: 1 });
  const mean = graph.op('ReduceMean', [features, graph.ints(2)], { keepdims: 1 });
  // Greatest and mean value of each feature stand side by side.
  const pooled = graph.op('Flatten', [graph.op('Concat', [most, mean], { axis: 2 })], { axis: 1 });
  const normalised = affine(graph, pooled, 'pooled', normalisation(weights, '_9', POOLED), [POOLED]);
  const hidden = graph.op('Relu', [dense(graph, normalised, weights, 'dense', POOLED, PENULTIMATE)]);
  const penultimate = affine(graph, hidden, 'hidden', normalisation(weights, '_10', PENULTIMATE), [
    PENULTIMATE,
  ]);
  const tags = graph.op('Sigmoid', [dense(graph, penultimate, weights, 'dense_1', PENULTIMATE, TAGS)]);
  graph.output('penultimate', penultimate, 'float32', ['n', PENULTIMATE]);
  graph.output('tags', tags, 'float32', ['n', TAGS]);
  return graph.encode();
}

interface Block {
  readonly layer: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
}

/**
 * Convolution, ReLU, normalisation, then the greatest value over the bands: [n, filters, frames]. Scaling by s and ReLU
 * keep the order of values where s ≥ 0 and turn it round elsewhere. So the greatest is taken right behind the
 * convolution, of the negated values where s < 0, and the rest is done to one value a frame.
 */
function pooledConvolution(
  graph: GraphBuilder,
  mel: Value,
  weights: Float32Source,
  { layer, height, width, filters }: Block,
  pads: readonly number[],
): Value {
  const suffix = layer === 0 ? '' : `_${layer}`;
  const kernel = transposed(
    weights.float32(`conv2d${suffix}/kernel`, [height, width, 1, filters]),
    height * width,
    filters,
  );
  const bias = weights.float32(`conv2d${suffix}/bias`, [filters]);
  const [scale, offset] = normalisation(weights, `_${layer + 1}`, filters);
  const signs = scale.map((s) => (s < 0 ? -1 : 1));
  const size = height * width;
  const signedKernel = kernel.map((w, i) => w * signs[Math.floor(i / size)]!);
  const convolved = graph.op(
    'Conv',
    [
      mel,
      graph.constant(`kernel_${layer}`, signedKernel, [filters, 1, height, width]),
      graph.constant(
        `bias_${layer}`,
        bias.map((b, i) => b * signs[i]!),
        [filters],
      ),
    ],
    { pads, kernel_shape: [height, width] },
  );
  const pooled = graph.op('MaxPool', [convolved], { kernel_shape: [1, BANDS - width + 1] });
  const values = graph.op('Squeeze', [pooled, graph.ints(3)]);
  const unsigned = graph.op('Mul', [values, graph.constant(`signs_${layer}`, signs, [filters, 1])]);
  return affine(graph, graph.op('Relu', [unsigned]), `front_${layer}`, [scale, offset], [filters, 1]);
}

/** Convolution over time with zeros beyond the ends, ReLU, normalisation. */
function middleLayer(
  graph: GraphBuilder,
  input: Value,
  weights: Float32Source,
  layer: number,
  inputs: number,
): Value {
  const stored = weights.float32(`conv2d_${layer}/kernel`, [7, inputs, 1, MIDDLE]);
  const kernel = new Float32Array(stored.length);
  for (let t = 0; t < 7; t++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < MIDDLE; o++) {
        kernel[(o * inputs + i) * 7 + t] = stored[(t * inputs + i) * MIDDLE + o]!;
      }
    }
  }
  const bias = weights.float32(`conv2d_${layer}/bias`, [MIDDLE]);
  const convolved = graph.op(
    'Conv',
    [
      input,
      graph.constant(`kernel_${layer}`, kernel, [MIDDLE, inputs, 7]),
      graph.constant(`bias_${layer}`, bias, [MIDDLE]),
    ],
    { pads: [3, 3], kernel_shape: [7] },
  );
  const normal = normalisation(weights, `_${layer + 1}`, MIDDLE);
  return affine(graph, graph.op('Relu', [convolved]), `middle_${layer}`, normal, [MIDDLE, 1]);
}

function dense(
  graph: GraphBuilder,
  input: Value,
  weights: Float32Source,
  name: string,
  inputs: number,
  outputs: number,
): Value {
  const kernel = graph.constant(`${name}_kernel`, weights.float32(`${name}/kernel`, [inputs, outputs]), [
    inputs,
    outputs,
  ]);
  const bias = graph.constant(`${name}_bias`, weights.float32(`${name}/bias`, [outputs]), [outputs]);
  return graph.op('Gemm', [input, kernel, bias]);
}

/** A batch normalisation with the statistics of the training as x·scale + offset. */
function normalisation(
  weights: Float32Source,
  suffix: string,
  size: number,
): readonly [scale: Float32Array, offset: Float32Array] {
  const read = (name: string) => weights.float32(`batch_normalization${suffix}/${name}`, [size]);
  const [gamma, beta, mean, variance] = [
    read('gamma'),
    read('beta'),
    read('moving_mean'),
    read('moving_variance'),
  ];
  const scale = gamma.map((g, i) => {
    const deviation = Math.sqrt(variance[i]! + EPSILON);
    if (!(deviation > 0)) {
      throw new BadWeightsError(`The checkpoint has a negative variance in batch_normalization${suffix}.`);
    }
    return g / deviation;
  });
  return [scale, beta.map((b, i) => b - mean[i]! * scale[i]!)];
}

function affine(
  graph: GraphBuilder,
  input: Value,
  name: string,
  [scale, offset]: readonly [Float32Array, Float32Array],
  dims: readonly number[],
): Value {
  const scaled = graph.op('Mul', [input, graph.constant(`${name}_scale`, scale, dims)]);
  return graph.op('Add', [scaled, graph.constant(`${name}_offset`, offset, dims)]);
}

/** [rows, columns] → [columns, rows]. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  return out;
}
