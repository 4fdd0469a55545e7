import { ELEMENT, type ExternalBytes, GraphBuilder, type Value } from '../onnx/graph.ts';
import type { Arithmetic } from './arithmetic.ts';
import { chunkedAttention, fusedAttention, type Layout } from './attention.ts';
import type { DecoderConfig } from './config.ts';
import { embeddingName, FINAL_NORM, layerName } from './tensors.ts';

/** torch's default, which MusicGen has. */
const LAYER_NORM_EPSILON = 1e-5;

export interface DecoderOptions {
  /** Layers in the graph. */
  readonly depth: number;
  readonly arithmetic: (graph: GraphBuilder) => Arithmetic;
  readonly attention: 'chunked' | 'fused';
  /** Table of positions, float32 [positions, hidden]. */
  readonly positions: ExternalBytes;
  /** Frames of the longest window; the table has as many positions and one for each codebook more. */
  readonly maximumFrames: number;
  /**
   * What comes out: `states`, the means over time [batch, depth + 1, hidden] (see `src/shared/musicgen-model.ts`), or
   * `sequences`, the hidden states themselves [batch, depth + 1, frames + codebooks, hidden]. Default `states`.
   */
  readonly output?: 'states' | 'sequences';
}

/**
 * MusicGen's decoder (Copet et al. 2023) without a text, up to a layer: `codes` int64 [batch, codebooks, frames] → see
 * `output`. The start token and the delay of the codebooks are part of the graph.
 */
export function decoderGraph(config: DecoderConfig, options: DecoderOptions): Uint8Array {
  const { hidden } = config;
  const graph = new GraphBuilder('musicgen-decoder');
  const arithmetic = options.arithmetic(graph);
  const codes = graph.input('codes', 'int64', ['batch', config.codebooks, 'frames']);
  const batch = graph.op('Shape', [codes], { start: 0, end: 1 });
  const frames = graph.op('Shape', [codes], { start: 2, end: 3 });
  const length = graph.op('Add', [frames, graph.ints(config.codebooks)]);
  const layout: Layout = { graph, type: arithmetic.type, heads: config.heads, hidden, batch, length };
  const sequences = graph.op('Concat', [batch, length, graph.ints(hidden)], { axis: 0 });

  const embedded = embed(graph, arithmetic, config, options, codes, length);
  let x = graph.op('Reshape', [embedded, graph.ints(-1, hidden)]);
  const attend = options.attention === 'fused' ? fusedAttention(layout) : chunkedAttention(layout);
  const whole = options.output === 'sequences';
  const mean = meanOf(graph, batch, length);
  const collect = (rows: Value): Value =>
    whole
      ? graph.op('Unsqueeze', [asFloat32(graph, graph.op('Reshape', [rows, sequences])), graph.ints(1)])
      : mean(rows, hidden);
  const states = [collect(x)];
  for (let layer = 0; layer < options.depth; layer++) {
    const attended = addAttention(graph, arithmetic, attend, layer, x);
    const [fc1, fc2] = ['fc1.weight', 'fc2.weight'].map((part) => layerName(layer, part));
    const normed = normalise(graph, arithmetic, layerName(layer, 'final_layer_norm'), attended);
    const last = layer + 1 === options.depth;
    if (last && !whole && layer + 1 < config.layers) {
      // Nothing but the mean is wanted of this layer, and the mean of products is the product of the mean.
      const inner = mean(graph.op('Gelu', arithmetic.linear(normed, [fc1!])), config.feedForward);
      const rows = graph.op('Reshape', [inner, graph.ints(-1, config.feedForward)]);
      const typed = castTo(graph, rows, arithmetic.type);
      const outer = asFloat32(graph, arithmetic.linear(typed, [fc2!])[0]!);
      const sum = graph.op('Add', [graph.op('Unsqueeze', [outer, graph.ints(1)]), mean(attended, hidden)]);
      states.push(sum);
    } else {
      x = graph.op('Add', [attended, arithmetic.feedForward(normed, fc1!, fc2!)]);
      // As transformers records them: the last one normalised.
      states.push(collect(layer + 1 === config.layers ? normalise(graph, arithmetic, FINAL_NORM, x) : x));
    }
  }
  const all = graph.op('Concat', states, { axis: 1 });
  const dims = whole ? ['positions', hidden] : [hidden];
  graph.output(options.output ?? 'states', all, 'float32', ['batch', states.length, ...dims]);
  return graph.encode();
}

/**
 * The mean over the positions of each sequence but the first, the start token, which has heard nothing: a product with
 * a row of equal weights and a zero. @returns of [batch · length, width], float32 [batch, 1, width]
 */
function meanOf(graph: GraphBuilder, batch: Value, length: Value): (rows: Value, width: number) => Value {
  const heard = graph.op('Sub', [length, graph.ints(1)]);
  const weight = graph.op('Reciprocal', [asFloat32(graph, heard)]);
  const pads = graph.ints(1, 0);
  const weights = graph.op('Pad', [graph.op('Expand', [weight, heard]), pads, graph.float(0)]);
  const row = graph.op('Unsqueeze', [weights, graph.ints(0)]);
  return (rows, width) => {
    const shape = graph.op('Concat', [batch, length, graph.ints(width)], { axis: 0 });
    return graph.op('MatMul', [row, asFloat32(graph, graph.op('Reshape', [rows, shape]))]);
  };
}

/**
 * Sum of the codebooks' embeddings and the position. Codebook k comes k + 1 positions late, behind the start token and
 * k empty places, which are the same token; so are those at the end.
 * @returns [batch, length, hidden]
 */
function embed(
  graph: GraphBuilder,
  arithmetic: Arithmetic,
  { codebooks, padToken, hidden }: DecoderConfig,
  { positions, maximumFrames }: DecoderOptions,
  codes: Value,
  length: Value,
): Value {
  const one = graph.ints(...Array.from({ length: codebooks }, () => 1));
  const books =
    codebooks === 1 ? [codes] : graph.ops('Split', [codes, one], { axis: 1 }, { outputs: codebooks });
  const embedded = books.map((book, k) => {
    const pads = graph.ints(0, k + 1, 0, codebooks - 1 - k);
    const tokens = graph.op('Pad', [graph.op('Squeeze', [book, graph.ints(1)]), pads, graph.int(padToken)]);
    return graph.op('Gather', [arithmetic.parameter(embeddingName(k)), tokens]);
  });
  const sum = embedded.reduce((total, value) => graph.op('Add', [total, value]));
  const table = graph.external('positions', 'float32', [maximumFrames + codebooks, hidden], positions);
  const used = graph.op('Slice', [table, graph.ints(0), length, graph.ints(0)]);
  const typed =
    arithmetic.type === 'float32' ? used : graph.op('Cast', [used], { to: ELEMENT[arithmetic.type].code });
  return graph.op('Add', [sum, typed]);
}

/** The first half of a pre-norm layer: attention added to its input. @param x [rows, hidden] */
function addAttention(
  graph: GraphBuilder,
  arithmetic: Arithmetic,
  attend: (q: Value, k: Value, v: Value) => Value,
  layer: number,
  x: Value,
): Value {
  const named = (part: string) => layerName(layer, part);
  const normed = normalise(graph, arithmetic, named('self_attn_layer_norm'), x);
  const [q, k, v] = arithmetic.linear(
    normed,
    ['q', 'k', 'v'].map((part) => named(`self_attn.${part}_proj.weight`)),
  );
  const [out] = arithmetic.linear(attend(q!, k!, v!), [named('self_attn.out_proj.weight')]);
  return graph.op('Add', [x, out!]);
}

function normalise(graph: GraphBuilder, arithmetic: Arithmetic, name: string, x: Value): Value {
  const inputs = [x, arithmetic.parameter(`${name}.weight`), arithmetic.parameter(`${name}.bias`)];
  return graph.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: LAYER_NORM_EPSILON } });
}

const castTo = (graph: GraphBuilder, x: Value, type: Arithmetic['type']): Value =>
  graph.op('Cast', [x], { to: ELEMENT[type].code });

const asFloat32 = (graph: GraphBuilder, x: Value): Value => castTo(graph, x, 'float32');
