import type { ElementType, ExternalBytes } from '../onnx/graph.ts';
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import type { PyTorchFile } from '../readers/pytorch.ts';
import { factoredAttention, patternOf } from './jukebox-attention.ts';
import { type PriorConfig, SAMPLE_RATE } from './jukebox-config.ts';

/** Copies a tensor's bytes beside the model and says where they are. */
export type CopyTensor = (
  name: string,
  shape: readonly number[],
) => Promise<{ type: ElementType; at: ExternalBytes }>;

/** jukemir conditions on a piece of 62 s; the first code is its beginning. */
const TOTAL_SECONDS = 62;
const EPSILON = 1e-5;
/** Share of the width that attention has: `m_attn`. */
const ATTENTION_SHARE = 4;

/**
 * The top prior up to a layer (jukebox/prior/autoregressive.py, conditioners.py): `codes` [codes], 1 to `context` of
 * them, → `embedding` [width], the mean over the codes of the last layer's output. Artist and genre are unknown and
 * there are no lyrics. Later positions see earlier ones only, so fewer codes give what they would give in a longer
 * piece.
 * @param perCode samples of a code
 */
export async function jukeboxPrior(
  weights: PyTorchFile,
  prefix: string,
  config: PriorConfig,
  perCode: number,
  codeBins: number,
  copy: CopyTensor,
  onLayer: (layer: number) => void,
): Promise<Uint8Array> {
  const { width, context, lyrics } = config;
  const before = lyrics?.tokens ?? 0;
  const length = before + context;
  const graph = new GraphBuilder('jukebox-prior');
  const codes = graph.input('codes', 'int64', ['codes']);
  const count = graph.op('Shape', [codes]);

  const load = async (name: string, shape: readonly number[]): Promise<Value> => {
    const { type, at } = await copy(`${prefix}${name}`, shape);
    const value = graph.external(name, type, shape, at);
    return type === 'float32' ? value : graph.op('Cast', [value], { to: 1 });
  };

  const missing = graph.op('Concat', [graph.ints(0), graph.op('Sub', [graph.ints(context), count])], {
    axis: 0,
  });
  let tokens = graph.op('Pad', [codes, missing, graph.int(0)]);
  if (lyrics) {
    // One vocabulary: lyrics first, and none is written with zeros.
    const none = graph.op('Expand', [graph.int(0), graph.ints(lyrics.tokens)]);
    tokens = graph.op('Concat', [none, graph.op('Add', [tokens, graph.int(lyrics.vocabulary)])], { axis: 0 });
  }
  const table = await load('prior.x_emb.weight', [(lyrics?.vocabulary ?? 0) + codeBins, width]);
  const embedded = graph.op('Gather', [table, tokens], { axis: 0 });
  // Each position sees what stood before it; the first one sees artist and genre.
  const shifted = graph.op('Slice', [embedded, graph.ints(0), graph.ints(length - 1), graph.ints(0)]);
  const start = graph.constant('start', await startEmbedding(weights, prefix, config), [1, width]);
  const times = await timeEmbedding(graph, config, perCode, load);
  const positions = await load('prior.pos_emb.pos_emb', [length, width]);
  let x = graph.op('Add', [graph.op('Concat', [start, shifted], { axis: 0 }), positions]);
  x = graph.op('Add', [x, times]);
  for (let layer = 0; layer < config.layers; layer++) {
    x = await block(graph, config, length, layer, x, load);
    onLayer(layer);
  }
  if (config.timesAfter) x = graph.op('Add', [x, times]);
  const heard = graph.op('Slice', [
    x,
    graph.ints(before),
    graph.op('Add', [count, graph.ints(before)]),
    graph.ints(0),
  ]);
  graph.output('embedding', graph.op('ReduceMean', [heard, graph.ints(0)], { keepdims: 0 }), 'float32', [
    width,
  ]);
  return graph.encode();
}

/** `ResAttnBlock`: x + a + mlp(x + a), with the norm before each part. */
async function block(
  graph: GraphBuilder,
  { width, order, heads, blocks, lyrics }: PriorConfig,
  length: number,
  layer: number,
  x: Value,
  load: (name: string, shape: readonly number[]) => Promise<Value>,
): Promise<Value> {
  const name = `prior.transformer._attn_mods.${layer}`;
  const state = width / ATTENTION_SHARE;
  const norm = async (input: Value, part: string) =>
    graph.op(
      'LayerNormalization',
      [input, await load(`${name}.${part}.weight`, [width]), await load(`${name}.${part}.bias`, [width])],
      { axis: -1, epsilon: { float: EPSILON } },
    );
  const linear = async (input: Value, part: string, from: number, to: number) =>
    graph.op('Gemm', [
      input,
      await load(`${name}.${part}.w`, [from, to]),
      await load(`${name}.${part}.b`, [to]),
    ]);

  const qkv = await linear(await norm(x, 'ln_0'), 'attn.c_attn', width, 3 * state);
  const seen = factoredAttention(graph, qkv, patternOf(order, layer), {
    length,
    blocks,
    heads,
    width: state,
    // Whole blocks, and always one more than the lyrics fill.
    lyrics: (Math.floor((lyrics?.tokens ?? 0) / blocks) + 1) * blocks,
  });
  const attended = graph.op('Add', [x, await linear(seen, 'attn.c_proj', state, width)]);
  const wide = await linear(await norm(attended, 'ln_1'), 'mlp.c_fc', width, width);
  // `quick_gelu`
  const gate = graph.op('Sigmoid', [graph.op('Mul', [wide, graph.float(1.702)])]);
  const narrow = await linear(graph.op('Mul', [wide, gate]), 'mlp.c_proj', width, width);
  return graph.op('Add', [attended, narrow]);
}

/** Artist and genre, both unknown: row 0 of each table. */
async function startEmbedding(weights: PyTorchFile, prefix: string, { labels, width }: PriorConfig) {
  const artists = await weights.floats(`${prefix}y_emb.artist_emb.emb.weight`, [labels.artists, width]);
  const genres = await weights.floats(`${prefix}y_emb.bow_genre_emb.emb.weight`, [labels.genres, width]);
  return Float32Array.from({ length: width }, (_, i) => artists[i]! + genres[i]!);
}

/** `LabelConditioner`: how long the piece is, where in it a code is, and where in proportion. Lyrics have none. */
async function timeEmbedding(
  graph: GraphBuilder,
  { labels, durations, context, lyrics, width }: PriorConfig,
  perCode: number,
  load: (name: string, shape: readonly number[]) => Promise<Value>,
): Promise<Value> {
  const total = Math.floor((TOTAL_SECONDS * SAMPLE_RATE) / perCode) * perCode;
  const [shortest, longest] = durations.map((seconds) => seconds * SAMPLE_RATE) as [number, number];
  const span = context * perCode;
  const bins = (end: number, low: number, high: number) =>
    Array.from({ length: context }, (_, i) => {
      const at = Math.fround(Math.fround(end) * Math.fround(i / context));
      return timeBin(at, low, high, labels.times);
    });
  const lookUp = async (name: string, rows: readonly number[]) => {
    const table = await load(`y_emb.${name}.emb.weight`, [labels.times, width]);
    const indices = graph.constant(`${name}.bins`, BigInt64Array.from(rows, BigInt), [rows.length]);
    return graph.op('Gather', [table, indices], { axis: 0 });
  };
  const length = await lookUp('total_length_emb', [timeBin(total, shortest, longest, labels.times)]);
  const absolute = await lookUp('absolute_pos_emb', bins(span, 0, longest));
  const share = Math.min(1, Math.fround(Math.fround(span) / Math.fround(total)));
  const relative = await lookUp('relative_pos_emb', bins(share, 0, 1));
  const sum = graph.op('Add', [graph.op('Add', [absolute, length]), relative]);
  if (!lyrics) return sum;
  const none = graph.op('Expand', [graph.float(0), graph.ints(lyrics.tokens, width)]);
  return graph.op('Concat', [none, sum], { axis: 0 });
}

/** `RangeEmbedding`'s class of a position, in the float32 steps in which torch computes it. */
function timeBin(at: number, low: number, high: number, bins: number): number {
  const normalised = Math.fround(Math.fround(Math.fround(at) - Math.fround(low)) / Math.fround(high - low));
  return Math.floor(Math.fround(bins * normalised));
}
