import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadWeightsError } from '../bad-weights.ts';
import { decimateByTwo } from '../onnx/decimate.ts';
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { PyTorchFile } from '../readers/pytorch.ts';
import type { BuildContext, Recipe } from '../recipe.ts';

/*
 * S-KEY (Kong, Meseguer-Brocal, Lostanlen, Lagrange & Hennequin, "S-KEY: Self-supervised Learning of Major and Minor
 * Keys from Audio", ICASSP 2025), github.com/deezer/skey, MIT. One graph from samples to logits: the variable-Q
 * transform is in it, with the filters that the checkpoint holds (skey/hcqt.py over nnAudio 0.3's features/vqt.py),
 * then ChromaNet (skey/chromanet.py, skey/convnext.py). Numbers below are those of skey/key_detection.py.
 */

/** Path of the weights in the authors' repository. */
export const SKEY_FILE = 'skey/models/skey.pt';
/** The graph in the installed folder. */
export const SKEY_ONNX = 'skey.onnx';

const HOP = 512;
const OCTAVES = 9;
const PER_OCTAVE = 12;
/** Bins of the transform, of which the net reads the lowest `NET_BINS`; the loudest of all sets the floor. */
const BINS = 99;
const NET_BINS = 84;
const LOWPASS_TAPS = 256;
const KERNEL = 128;
const CHANNELS = [1, 2, 3, 40, 40, 30, 10, 3];
const KERNELS = [7, 7, 7, 7, 7, 5, 5];
const EPSILON = 1e-5;

/** The net's outputs start with A major and with B minor, ours with C. */
const KEY_ORDER = [
  ...Array.from({ length: 12 }, (_, tonic) => (tonic + 12 - 9) % 12),
  ...Array.from({ length: 12 }, (_, tonic) => 12 + ((tonic + 12 - 11) % 12)),
];
/** Its pitch classes start with A. */
const PITCH_ORDER = Array.from({ length: 12 }, (_, pitch) => (pitch + 12 - 9) % 12);

/** Builds `skey.onnx`: `pcm` [samples] at 22,050 Hz → `logits` [24] in the order of `KEY_LABELS`, `embedding` [36]. */
export const skey: Recipe = {
  id: 'skey',
  async build(context: BuildContext): Promise<void> {
    const weights = await PyTorchFile.open(context.file(SKEY_FILE), ['stone']);
    try {
      const graph = new GraphBuilder('skey');
      const pcm = graph.input('pcm', 'float32', ['samples']);
      const spectrum = await decibels(graph, weights, pcm);
      context.progress(0.5);
      const { logits, embedding } = await chromaNet(graph, weights, spectrum);
      graph.output('logits', logits, 'float32', [24]);
      graph.output('embedding', embedding, 'float32', [36]);
      context.signal.throwIfAborted();
      await writeFile(join(context.output, SKEY_ONNX), graph.encode());
    } finally {
      await weights.close();
    }
  },
};

/** Variable-Q magnitudes of the peak-normalised samples in decibels, −80..0 made 0..1: [1, 1, NET_BINS, frames]. */
async function decibels(graph: GraphBuilder, weights: PyTorchFile, pcm: Value): Promise<Value> {
  const lowpass = await weights.floats('hcqt.lowpass_filter', [1, 1, LOWPASS_TAPS]);
  const lengths = await weights.floats('hcqt.lenghts', [BINS]);
  const peak = graph.op('ReduceMax', [graph.op('Abs', [pcm])], { keepdims: 1 });
  // Silence stays silence.
  const loudness = graph.op('Max', [peak, graph.float(1e-30)]);
  let signal = graph.op('Reshape', [graph.op('Div', [pcm, loudness]), graph.ints(1, 1, -1)]);
  const octaves: Value[] = [];
  for (let octave = 0; octave < OCTAVES; octave++) {
    if (octave > 0) {
      signal = decimateByTwo(graph, `lowpass_${octave}`, signal, lowpass, LOWPASS_TAPS / 2 - 1, 'down');
    }
    const shape = [PER_OCTAVE, 1, KERNEL];
    const real = await weights.floats(`hcqt.cqt_kernels_real_${octave}`, shape);
    const imaginary = await weights.floats(`hcqt.cqt_kernels_imag_${octave}`, shape);
    const kernels = new Float32Array(2 * real.length);
    kernels.set(real);
    kernels.set(imaginary, real.length);
    const padded = graph.op('Pad', [signal, graph.ints(0, 0, KERNEL / 2, 0, 0, KERNEL / 2)], {
      mode: 'reflect',
    });
    const filters = graph.constant(`kernels_${octave}`, kernels, [2 * PER_OCTAVE, 1, KERNEL]);
    const response = graph.op('Conv', [padded, filters], {
      strides: [HOP >> octave],
      kernel_shape: [KERNEL],
    });
    octaves.unshift(power(graph, response));
  }
  const all = graph.op('Concat', octaves, { axis: 1 });
  const bins = graph.op('Slice', [all, graph.ints(-BINS), graph.ints(2 ** 31), graph.ints(1)]);
  const scaled = graph.op('Mul', [bins, graph.constant('lengths', lengths, [1, BINS, 1])]);
  const magnitudes = graph.op('Max', [graph.op('Sqrt', [scaled]), graph.float(1e-10)]);
  const bels = graph.op('Mul', [graph.op('Log', [magnitudes]), graph.float(10 / Math.LN10)]);
  const floor = graph.op('Sub', [graph.op('ReduceMax', [bels], { keepdims: 1 }), graph.float(80)]);
  const lowest = graph.op('Slice', [bels, graph.ints(0), graph.ints(NET_BINS), graph.ints(1)]);
  const limited = graph.op('Div', [graph.op('Max', [lowest, floor]), graph.float(80)]);
  return graph.op('Unsqueeze', [graph.op('Add', [limited, graph.float(1)]), graph.ints(1)]);
}

/** |z|² from real parts in the first half of the channels and imaginary ones in the second. */
function power(graph: GraphBuilder, response: Value): Value {
  const squared = graph.op('Mul', [response, response]);
  const [real, imaginary] = graph.ops('Split', [squared], { axis: 1, num_outputs: 2 }, { outputs: 2 });
  return graph.op('Add', [real!, imaginary!]);
}

async function chromaNet(
  graph: GraphBuilder,
  weights: PyTorchFile,
  spectrum: Value,
): Promise<{ logits: Value; embedding: Value }> {
  let x = spectrum;
  for (const [block, kernel] of KERNELS.entries()) {
    x = await halveTime(graph, weights, x, block);
    x = await convNext(graph, weights, x, block, kernel);
  }
  // Octaves are laid over one another, then the mean over them and over time.
  const octaves = graph.op('Reshape', [x, graph.ints(1, 3, NET_BINS / PER_OCTAVE, PER_OCTAVE, -1)]);
  const chroma = graph.op('ReduceMean', [octaves, graph.ints(0, 2, 4)], { keepdims: 0 });

  const weight = await weights.floats('chromanet.classifier.weight', [2, 3, 1, 1]);
  const bias = await weights.floats('chromanet.classifier.bias', [2]);
  const mean = await weights.floats('chromanet.batch_norm.running_mean', [2]);
  const variance = await weights.floats('chromanet.batch_norm.running_var', [2]);
  const scale = variance.map((v) => 1 / Math.sqrt(v + EPSILON));
  if (!scale.every(Number.isFinite))
    throw new BadWeightsError('The variances of S-KEY’s scores are negative.');
  const folded = weight.map((w, i) => w * scale[Math.floor(i / 3)]!);
  const shift = bias.map((b, i) => (b - mean[i]!) * scale[i]!);
  const product = graph.op('MatMul', [graph.constant('classifier', folded, [2, 3]), chroma]);
  const scores = graph.op('Add', [product, graph.constant('classifier_bias', shift, [2, 1])]);
  const pitches = graph.op('Gather', [chroma, graph.ints(...PITCH_ORDER)], { axis: 1 });
  return {
    logits: graph.op('Gather', [graph.op('Reshape', [scores, graph.ints(24)]), graph.ints(...KEY_ORDER)]),
    embedding: graph.op('Reshape', [pitches, graph.ints(36)]),
  };
}

/** `TimeDownsamplingBlock`: layer norm, a convolution over pairs of frames, GELU. */
async function halveTime(graph: GraphBuilder, weights: PyTorchFile, x: Value, block: number): Promise<Value> {
  const name = `chromanet.time_downsampling_blocks.${block}.conv`;
  const outputs = CHANNELS[block + 1]!;
  const shape = [outputs, CHANNELS[block]!, 1, 2];
  const weight = graph.constant(`${name}.weight`, await weights.floats(`${name}.weight`, shape), shape);
  const bias = graph.constant(`${name}.bias`, await weights.floats(`${name}.bias`, [outputs]), [outputs]);
  const attributes = { kernel_shape: [1, 2], strides: [1, 2] };
  return graph.op('Gelu', [graph.op('Conv', [layerNorm(graph, x), weight, bias], attributes)]);
}

/** `ConvNeXtBlock`; the layer scale γ is folded into the last linear layer. */
async function convNext(
  graph: GraphBuilder,
  weights: PyTorchFile,
  x: Value,
  block: number,
  kernel: number,
): Promise<Value> {
  const name = `chromanet.convnext_blocks.${block}`;
  const width = CHANNELS[block + 1]!;
  const constant = async (part: string, shape: number[], dims = shape, scale?: Float32Array) => {
    const numbers = await weights.floats(`${name}.${part}`, shape);
    const scaled = scale
      ? numbers.map((n, i) => n * scale[Math.floor((i * width) / numbers.length)]!)
      : numbers;
    return graph.constant(`${name}.${part}`, scaled, dims);
  };
  const gamma = await weights.floats(`${name}.gamma`, [width]);
  const half = kernel >> 1;
  const padded = graph.op('Pad', [x, graph.ints(0, 0, half, half, 0, 0, half, half)], { mode: 'edge' });
  const depthwise = graph.op(
    'Conv',
    [
      padded,
      await constant('dwconv.weight', [width, 1, kernel, kernel]),
      await constant('dwconv.bias', [width]),
    ],
    { kernel_shape: [kernel, kernel], group: width },
  );
  const wide = graph.op(
    'Conv',
    [
      layerNorm(graph, depthwise),
      await constant('pwconv1.weight', [4 * width, width], [4 * width, width, 1, 1]),
      await constant('pwconv1.bias', [4 * width]),
    ],
    { kernel_shape: [1, 1] },
  );
  const narrow = graph.op(
    'Conv',
    [
      graph.op('Gelu', [wide]),
      await constant('pwconv2.weight', [width, 4 * width], [width, 4 * width, 1, 1], gamma),
      await constant('pwconv2.bias', [width], [width], gamma),
    ],
    { kernel_shape: [1, 1] },
  );
  return graph.op('Add', [x, narrow]);
}

/** Layer norm over channels, bins and frames together, without weights. */
function layerNorm(graph: GraphBuilder, x: Value): Value {
  const axes = graph.ints(1, 2, 3);
  const centred = graph.op('Sub', [x, graph.op('ReduceMean', [x, axes])]);
  const variance = graph.op('ReduceMean', [graph.op('Mul', [centred, centred]), axes]);
  const deviation = graph.op('Sqrt', [graph.op('Add', [variance, graph.float(EPSILON)])]);
  return graph.op('Div', [centred, deviation]);
}
