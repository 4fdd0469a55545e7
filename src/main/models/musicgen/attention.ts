import { ELEMENT, type GraphBuilder, type Value } from '../onnx/graph.ts';

/** Parts that the queries are cut into. More save more of the scores, in ever smaller products. */
export const QUERY_CHUNKS = 8;

/** Sizes of the sequences, as values of the graph. */
export interface Layout {
  readonly graph: GraphBuilder;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  readonly hidden: number;
  /** Number of sequences and their length, each a list of one integer. */
  readonly batch: Value;
  readonly length: Value;
}

/** Causal self-attention. q, k, v and the result are [batch · length, hidden]; q is scaled by it. */
export type Attention = (q: Value, k: Value, v: Value) => Value;

interface Chunk {
  readonly begin: Value;
  readonly end: Value;
  /** 0 where a query may look, minus almost infinity where it would look ahead: [end - begin, end]. */
  readonly mask: Value;
}

/**
 * Attention of standard operators, the queries in chunks: chunk i looks at the keys up to its own end only, which
 * leaves out 44 % of the scores. Chunks differ by one query at most, so that any length from `QUERY_CHUNKS` on will do.
 */
export function chunkedAttention({ graph, type, heads, hidden, batch, length }: Layout): Attention {
  const code = ELEMENT[type].code;
  const width = hidden / heads;
  const apart = graph.op('Concat', [batch, length, graph.ints(heads, width)], { axis: 0 });
  const together = graph.ints(-1, hidden);
  const scale = graph.op('Cast', [graph.float(1 / Math.sqrt(width))], { to: code });
  const chunks = makeChunks(graph, code, length);
  const byHead = (x: Value, perm: number[]) =>
    graph.op('Transpose', [graph.op('Reshape', [x, apart])], { perm });
  const slice = (x: Value, begin: Value, end: Value, axis: number) =>
    graph.op('Slice', [x, begin, end, graph.ints(axis)]);
  return (q, k, v) => {
    const queries = byHead(graph.op('Mul', [q, scale]), [0, 2, 1, 3]);
    const keys = byHead(k, [0, 2, 3, 1]);
    const values = byHead(v, [0, 2, 1, 3]);
    const parts = chunks.map(({ begin, end, mask }, i) => {
      const last = i === chunks.length - 1;
      const near = last ? keys : slice(keys, graph.ints(0), end, 3);
      const scores = graph.op('MatMul', [slice(queries, begin, end, 2), near]);
      const weights = graph.op('Softmax', [graph.op('Add', [scores, mask])], { axis: -1 });
      return graph.op('MatMul', [weights, last ? values : slice(values, graph.ints(0), end, 2)]);
    });
    const all = graph.op('Transpose', [graph.op('Concat', parts, { axis: 2 })], { perm: [0, 2, 1, 3] });
    return graph.op('Reshape', [all, together]);
  };
}

/** Bounds ⌊i · length / chunks⌋ and masks, once for all layers. */
function makeChunks(graph: GraphBuilder, code: number, length: Value): Chunk[] {
  const lowest = graph.op('Cast', [graph.float(code === ELEMENT.float16.code ? -65_504 : -3.4e38)], {
    to: code,
  });
  const zero = graph.op('Cast', [graph.float(0)], { to: code });
  const scalar = (value: Value) => graph.op('Squeeze', [value, graph.ints(0)]);
  const bounds = Array.from({ length: QUERY_CHUNKS + 1 }, (_, i) =>
    graph.op('Div', [graph.op('Mul', [length, graph.ints(i)]), graph.ints(QUERY_CHUNKS)]),
  );
  return bounds.slice(1).map((end, i) => {
    const begin = bounds[i]!;
    const keys = graph.op('Range', [graph.int(0), scalar(end), graph.int(1)]);
    const queries = graph.op('Range', [scalar(begin), scalar(end), graph.int(1)]);
    const ahead = graph.op('Greater', [keys, graph.op('Unsqueeze', [queries, graph.ints(1)])]);
    return { begin, end, mask: graph.op('Where', [ahead, lowest, zero]) };
  });
}

/** Attention as ONNX Runtime's CUDA provider fuses it. Other providers lack it or get it wrong. */
export function fusedAttention({ graph, heads, hidden, batch, length }: Layout): Attention {
  const apart = graph.op('Concat', [batch, length, graph.ints(hidden)], { axis: 0 });
  const sequences = (x: Value) => graph.op('Reshape', [x, apart]);
  return (q, k, v) => {
    const inputs = [sequences(q), sequences(k), sequences(v)];
    const attributes = { num_heads: heads, unidirectional: 1 };
    const all = graph.op('MultiHeadAttention', inputs, attributes, { domain: 'com.microsoft' });
    return graph.op('Reshape', [all, graph.ints(-1, hidden)]);
  };
}
