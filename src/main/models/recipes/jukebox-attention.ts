import type { GraphBuilder, Value } from '../onnx/graph.ts';

/*
 * Factored attention (Child et al. 2019, "Generating Long Sequences with Sparse Transformers") as in
 * jukebox/transformer/factored_attention.py. A sequence of `length` is seen as `blocks` rows of `length / blocks`.
 */

/** Which positions a layer attends to. */
export type Pattern = 'row' | 'column' | 'previous-row' | 'lyrics';

export interface AttentionShape {
  readonly length: number;
  readonly blocks: number;
  readonly heads: number;
  /** Width of queries, keys and values, all heads together. */
  readonly width: number;
  /** Positions from the start that the pattern `lyrics` attends to. */
  readonly lyrics: number;
}

/** The pattern of a layer, by `attn_order`: row, column, previous row in turn; in order 12 each 16th reads lyrics. */
export function patternOf(order: 2 | 12, layer: number): Pattern {
  if (order === 12 && layer % 16 === 15) {
    if (layer % 3 === 2) throw new RangeError('Dense layers lie beyond those that are run.');
    return 'lyrics';
  }
  return (['row', 'column', 'previous-row'] as const)[layer % 3]!;
}

/**
 * One attention, heads merged: [length, 3 · width] → [length, width].
 * @param qkv queries, keys and values beside one another
 */
export function factoredAttention(
  graph: GraphBuilder,
  qkv: Value,
  pattern: Pattern,
  shape: AttentionShape,
): Value {
  const [q, k, v] = graph.ops('Split', [qkv], { axis: 1, num_outputs: 3 }, { outputs: 3 }) as [
    Value,
    Value,
    Value,
  ];
  const { length, blocks, width } = shape;
  const row = length / blocks;
  switch (pattern) {
    case 'row':
      return attend(graph, q, k, v, [blocks, row, row], shape, 'rows', true);
    case 'column':
      return attend(graph, q, k, v, [row, blocks, blocks], shape, 'columns', true);
    case 'previous-row': {
      // The first row attends to zeros.
      const zeros = graph.op('Expand', [graph.float(0), graph.ints(row, width)]);
      const shifted = (x: Value) => {
        const kept = graph.op('Slice', [x, graph.ints(0), graph.ints(length - row), graph.ints(0)]);
        return graph.op('Concat', [zeros, kept], { axis: 0 });
      };
      return attend(graph, q, shifted(k), shifted(v), [blocks, row, row], shape, 'rows', false);
    }
    case 'lyrics': {
      const first = (x: Value) =>
        graph.op('Slice', [x, graph.ints(0), graph.ints(shape.lyrics), graph.ints(0)]);
      return attend(graph, q, first(k), first(v), [1, length, shape.lyrics], shape, 'rows', true);
    }
  }
}

/**
 * Scaled dot-product attention in groups.
 * @param sizes groups, queries of a group, keys of a group
 * @param layout whether a group is a row of consecutive positions or a column of one of each row
 */
function attend(
  graph: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  [groups, queries, keys]: readonly [number, number, number],
  { heads, width, length }: AttentionShape,
  layout: 'rows' | 'columns',
  causal: boolean,
): Value {
  const size = width / heads;
  const split = (x: Value, count: number, perm: { rows: number[]; columns: number[] }) => {
    const dims = layout === 'rows' ? [groups, count, heads, size] : [count, groups, heads, size];
    return graph.op('Transpose', [graph.op('Reshape', [x, graph.ints(...dims)])], { perm: perm[layout] });
  };
  const forward = { rows: [0, 2, 1, 3], columns: [1, 2, 0, 3] };
  const query = split(q, queries, forward);
  const key = split(k, keys, { rows: [0, 2, 3, 1], columns: [1, 2, 3, 0] });
  const value = split(v, keys, forward);
  let scores = graph.op('Mul', [graph.op('MatMul', [query, key]), graph.float(1 / Math.sqrt(size))]);
  if (causal) scores = graph.op('Add', [scores, causalMask(graph, queries, keys)]);
  const mixed = graph.op('MatMul', [graph.op('Softmax', [scores], { axis: -1 }), value]);
  const merged = graph.op('Transpose', [mixed], { perm: layout === 'rows' ? [0, 2, 1, 3] : [2, 0, 1, 3] });
  return graph.op('Reshape', [merged, graph.ints(length, width)]);
}

/** 0 where a key is not later than the query, −10⁹ elsewhere. Made of indices at load, to keep the file small. */
function causalMask(graph: GraphBuilder, queries: number, keys: number): Value {
  const range = (count: number) => graph.op('Range', [graph.int(0), graph.int(count), graph.int(1)]);
  const row = graph.op('Unsqueeze', [range(queries), graph.ints(1)]);
  const later = graph.op('Greater', [range(keys), row]);
  return graph.op('Where', [later, graph.float(-1e9), graph.float(0)]);
}
