import { type ExternalBytes, GraphBuilder, type Value } from '../onnx/graph.ts';
import type { CodecWeights } from './codec-weights.ts';
import type { CodecConfig } from './config.ts';
import type { QuantisedLstmLayer, QuantisedMatrix } from './quantise.ts';
import { type Convolution, codecLayers, convolutions } from './tensors.ts';

/*
 * EnCodec's encoder (Défossez et al. 2022; SEANet after Tagliasacchi et al. 2020) and its residual vector quantiser as
 * two graphs: the convolutions, which can be computed piece by piece, and all that needs the window as a whole.
 */

/** Padding of a convolution: what transformers' EncodecConv1d pads at least, non-causal. */
export function padding({ kernel, stride, dilation }: Convolution): { left: number; right: number } {
  const total = (kernel - 1) * dilation + 1 - stride;
  const right = Math.floor(total / 2);
  return { left: total - right, right };
}

/** How many frames beside a frame the convolutions in front of the LSTM hear. */
export function haloFrames(codec: CodecConfig): number {
  let samples = 1;
  let left = 0;
  let right = 0;
  for (const conv of chainOf(codec)) {
    const pad = padding(conv);
    left += pad.left * samples;
    right += pad.right * samples;
    samples *= conv.stride;
  }
  return Math.ceil(Math.max(left, right) / codec.hop);
}

/**
 * Frames of the shortest window whose layers are all longer than what is mirrored at their ends; below that,
 * EncodecConv1d pads with zeros first, which the graphs leave out.
 */
export function minimumFrames(codec: CodecConfig): number {
  for (let frames = 1; ; frames++) {
    // The shortest window of so many frames.
    let length = (frames - 1) * codec.hop + 1;
    const enough = [...chainOf(codec), codecLayers(codec).last].every((conv) => {
      const { left, right } = padding(conv);
      const next = Math.ceil(length / conv.stride);
      const longest = Math.max(left, right + next * conv.stride - length);
      const fits = length > longest;
      length = next;
      return fits;
    });
    if (enough) return frames;
  }
}

/** The convolutions that follow one another; shortcuts, which run beside them, hear one element only. */
function chainOf(codec: CodecConfig): Convolution[] {
  const layers = codecLayers(codec);
  const beside = layers.stages.flatMap(({ blocks }) => blocks.map(({ shortcut }) => shortcut));
  return convolutions(layers).filter((conv) => conv !== layers.last && !beside.includes(conv));
}

/** `audio` [batch, 1, samples] → `features` [batch, channels, frames]. */
export function featuresGraph(codec: CodecConfig, weights: CodecWeights): Uint8Array {
  const graph = new GraphBuilder('encodec-features');
  const audio = graph.input('audio', 'float32', ['batch', 1, 'samples']);
  const activate = (x: Value) => elu(graph, x);
  const apply = (x: Value, conv: Convolution) => convolve(graph, x, conv, weights);
  const features = encoderConvolutions(graph, codec, audio, activate, apply);
  graph.output('features', features, 'float32', ['batch', codec.channels, 'frames']);
  return graph.encode();
}

/**
 * The same, [batch, 1, 1, samples] → [batch, channels, 1, frames], for pieces of whole frames from within a window, in
 * the form that is fastest with ONNX Runtime on x64 processors: convolutions of images one element high, which it
 * computes in blocks, and an Elu of operators that have vector code. Outside of a piece there is silence instead of a
 * mirror, which saves a copy of every tensor and is heard in the halo only.
 */
export function innerFeaturesGraph(codec: CodecConfig, weights: CodecWeights): Uint8Array {
  const graph = new GraphBuilder('encodec-features-inner');
  const zero = graph.float(0);
  const one = graph.float(1);
  // e^x - 1 is never below x up to 0, and 0 beyond.
  const activate = (x: Value): Value =>
    graph.op('Max', [x, graph.op('Sub', [graph.op('Exp', [graph.op('Min', [x, zero])]), one])]);
  const apply = (x: Value, conv: Convolution): Value => {
    const { name, inputs, outputs, kernel, stride, dilation } = conv;
    const at = weights.convolutions.get(name)!;
    const { left, right } = padding(conv);
    const weight = graph.external(`${name}.weight`, 'float32', [outputs, inputs, 1, kernel], at.weight);
    const bias = graph.external(`${name}.bias`, 'float32', [outputs], at.bias);
    return graph.op('Conv', [x, weight, bias], {
      kernel_shape: [1, kernel],
      strides: [1, stride],
      dilations: [1, dilation],
      pads: [0, left, 0, right],
    });
  };
  const audio = graph.input('audio', 'float32', ['batch', 1, 1, 'samples']);
  const features = encoderConvolutions(graph, codec, audio, activate, apply);
  graph.output('features', features, 'float32', ['batch', codec.channels, 1, 'frames']);
  return graph.encode();
}

/** The convolutions up to the LSTM, with the blocks' shortcuts. */
function encoderConvolutions(
  graph: GraphBuilder,
  codec: CodecConfig,
  audio: Value,
  activate: (x: Value) => Value,
  apply: (x: Value, conv: Convolution) => Value,
): Value {
  const layers = codecLayers(codec);
  let x = apply(audio, layers.first);
  for (const { blocks, down } of layers.stages) {
    for (const { first, second, shortcut } of blocks) {
      const outer = apply(activate(apply(activate(x), first)), second);
      x = graph.op('Add', [shortcut ? apply(x, shortcut) : x, outer]);
    }
    x = apply(activate(x), down);
  }
  return x;
}

/**
 * `features` [batch, channels, frames] → `codes` [batch, codebooks, frames].
 * @param quantised matrices of the LSTM in 8 bits, to be used instead: a quarter of the time, about 1 % other codes
 */
export function codesGraph(
  codec: CodecConfig,
  weights: CodecWeights,
  quantised?: readonly QuantisedLstmLayer[],
): Uint8Array {
  const graph = new GraphBuilder('encodec-codes');
  const features = graph.input('features', 'float32', ['batch', codec.channels, 'frames']);
  const sequence = graph.op('Transpose', [features], { perm: [2, 0, 1] });
  let y = sequence;
  weights.lstm.forEach((layer, i) => {
    const all = lstm(graph, y, i, codec.channels, layer, quantised?.[i]);
    y = graph.op('Squeeze', [all, graph.ints(1)]);
  });
  const x = graph.op('Transpose', [graph.op('Add', [y, sequence])], { perm: [1, 2, 0] });
  const latents = convolve(graph, elu(graph, x), codecLayers(codec).last, weights);
  const codes = quantise(graph, latents, codec, weights.codebooks);
  graph.output('codes', codes, 'int64', ['batch', weights.codebooks.length, 'frames']);
  return graph.encode();
}

/** A layer of the LSTM: [frames, batch, channels] → [frames, 1, batch, channels]. */
function lstm(
  graph: GraphBuilder,
  x: Value,
  index: number,
  channels: number,
  weights: CodecWeights['lstm'][number],
  quantised: QuantisedLstmLayer | undefined,
): Value {
  const name = `lstm.${index}`;
  const gates = 4 * channels;
  const bias = graph.external(`${name}.B`, 'float32', [1, 2 * gates], weights.bias);
  const attributes = { hidden_size: channels, direction: 'forward' };
  if (!quantised) {
    const wide = [1, gates, channels];
    const input = graph.external(`${name}.W`, 'float32', wide, weights.input);
    const recurrent = graph.external(`${name}.R`, 'float32', wide, weights.recurrent);
    return graph.ops('LSTM', [x, input, recurrent, bias], attributes, { outputs: 3 })[0]!;
  }
  const matrix = (part: string, { values, scales }: QuantisedMatrix) => [
    graph.external(`${name}.${part}`, 'int8', [1, channels, gates], values),
    graph.external(`${name}.${part}.scale`, 'float32', [1, gates], scales),
    graph.constant(`${name}.${part}.zero`, new Int8Array(gates), [1, gates]),
  ];
  const [input, ...inputScale] = matrix('W', quantised.input);
  const [recurrent, ...recurrentScale] = matrix('R', quantised.recurrent);
  // Left out are lengths, the first states and peepholes.
  const inputs = [x, input!, recurrent!, bias, '', '', '', '', ...inputScale, ...recurrentScale];
  const options = { domain: 'com.microsoft', outputs: 3 };
  return graph.ops('DynamicQuantizeLSTM', inputs, attributes, options)[0]!;
}

const elu = (graph: GraphBuilder, x: Value): Value => graph.op('Elu', [x]);

/**
 * A convolution as EncodecConv1d has it: mirrored at both ends, and with a stride so far beyond the right end that the
 * length becomes a multiple of it.
 */
function convolve(
  graph: GraphBuilder,
  input: Value,
  conv: Convolution,
  { convolutions }: CodecWeights,
): Value {
  const { name, inputs, outputs, kernel, stride, dilation } = conv;
  const at = convolutions.get(name)!;
  const { left, right } = padding(conv);
  let x = input;
  if (stride > 1) {
    const length = graph.op('Shape', [x], { start: 2, end: 3 });
    const over = graph.op('Mod', [length, graph.ints(stride)]);
    const missing = graph.op('Mod', [graph.op('Sub', [graph.ints(stride), over]), graph.ints(stride)]);
    const end = graph.op('Add', [missing, graph.ints(right)]);
    const pads = graph.op('Concat', [graph.ints(0, 0, left, 0, 0), end], { axis: 0 });
    x = graph.op('Pad', [x, pads], { mode: 'reflect' });
  } else if (left + right > 0) {
    x = graph.op('Pad', [x, graph.ints(0, 0, left, 0, 0, right)], { mode: 'reflect' });
  }
  const weight = graph.external(`${name}.weight`, 'float32', [outputs, inputs, kernel], at.weight);
  const bias = graph.external(`${name}.bias`, 'float32', [outputs], at.bias);
  return graph.op('Conv', [x, weight, bias], {
    kernel_shape: [kernel],
    strides: [stride],
    dilations: [dilation],
  });
}

/**
 * Residual vector quantisation: for each codebook the nearest codeword e of the rest x, that is the largest
 * x·e - ‖e‖²/2, taken off the rest.
 * @param latents [batch, latent, frames]
 */
function quantise(
  graph: GraphBuilder,
  latents: Value,
  { latent, codebookSize }: CodecConfig,
  codebooks: readonly { readonly words: ExternalBytes; readonly halfNorms: ExternalBytes }[],
): Value {
  const batch = graph.op('Shape', [latents], { start: 0, end: 1 });
  const layout = graph.op('Concat', [batch, graph.ints(1, -1)], { axis: 0 });
  const rows = graph.op('Transpose', [latents], { perm: [0, 2, 1] });
  let rest = graph.op('Reshape', [rows, graph.ints(-1, latent)]);
  const codes = codebooks.map(({ words, halfNorms }, i) => {
    const book = graph.external(`codebook.${i}`, 'float32', [codebookSize, latent], words);
    const norms = graph.external(`codebook.${i}.norms`, 'float32', [codebookSize], halfNorms);
    const closeness = graph.op('Gemm', [rest, book, norms], { transB: 1 });
    const code = graph.op('ArgMax', [closeness], { axis: -1, keepdims: 0 });
    if (i < codebooks.length - 1) rest = graph.op('Sub', [rest, graph.op('Gather', [book, code])]);
    return graph.op('Reshape', [code, layout]);
  });
  return graph.op('Concat', codes, { axis: 1 });
}
