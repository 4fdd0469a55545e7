import type { GraphBuilder, Value } from '../onnx/graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { QuantisedMatrix } from './quantise.ts';

/** How a decoder graph keeps its weights and multiplies with them. */
export interface Arithmetic {
  /** Of everything between the layers. */
  readonly type: 'float32' | 'float16';
  /** A tensor of the checkpoint as a value of that type. */
  parameter(name: string): Value;
  /**
   * Linear layers without bias that share their input.
   * @param x [rows, inputs]
   * @param names of their weights [outputs, inputs] in the checkpoint
   * @returns for each [rows, outputs]
   */
  linear(x: Value, names: readonly string[]): Value[];
  /** Two linear layers with Gelu between them. @param x [rows, inputs] */
  feedForward(x: Value, first: string, second: string): Value;
}

/**
 * One floating-point type, from the checkpoint's own bytes. Gemm takes the matrices as they lie there, [outputs,
 * inputs]; it is as fast as with transposed copies. Where the checkpoint has another type, ONNX Runtime folds the
 * conversion when it opens the graph, so that no second copy is kept on disk.
 */
export function floating(
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  type: 'float32' | 'float16',
): Arithmetic {
  const parameter = (name: string) => checkpoint.value(graph, name, type);
  const linear = (x: Value, names: readonly string[]) =>
    names.map((name) => graph.op('Gemm', [x, parameter(name)], { transB: 1 }));
  return { type, parameter, linear, feedForward: plainFeedForward(graph, linear) };
}

const plainFeedForward =
  (graph: GraphBuilder, linear: Arithmetic['linear']): Arithmetic['feedForward'] =>
  (x, first, second) =>
    linear(graph.op('Gelu', linear(x, [first])), [second])[0]!;

/**
 * Float32 with every linear layer as a convolution of one element. On processors with wide vectors ONNX Runtime keeps
 * the weights and the data of convolutions in blocks, and so is a fifth faster than with matrix products; the same
 * sums in the same order. It copies the weights into that layout when it opens the graph.
 */
export function convolutions(graph: GraphBuilder, checkpoint: Checkpoint): Arithmetic {
  const last = [0, 2, 3, 1];
  const first = [0, 3, 1, 2];
  const apart = (x: Value, name: string): Value => {
    const image = graph.op('Reshape', [x, graph.ints(1, 1, -1, checkpoint.shape(name)[1]!)]);
    return graph.op('Transpose', [image], { perm: first });
  };
  const together = (image: Value, name: string): Value => {
    const rows = graph.op('Transpose', [image], { perm: last });
    return graph.op('Reshape', [rows, graph.ints(-1, checkpoint.shape(name)[0]!)]);
  };
  const multiply = (image: Value, name: string): Value => {
    const weights = checkpoint.value(graph, name, 'float32', [...checkpoint.shape(name), 1, 1]);
    return graph.op('Conv', [image, weights], { kernel_shape: [1, 1] });
  };
  return {
    ...floating(graph, checkpoint, 'float32'),
    linear: (x, names) => names.map((name) => together(multiply(apart(x, name), name), name)),
    feedForward: (x, one, two) =>
      // Gelu stays between them in the layout of blocks.
      together(multiply(graph.op('Gelu', [multiply(apart(x, one), one)]), two), two),
  };
}

/**
 * Float32 with matrices in 8 bits; the other side of the product is quantised as it comes, too.
 * @param quantised by the names of the layers that share a matrix, joined by spaces
 */
export function int8(
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  quantised: ReadonlyMap<string, QuantisedMatrix>,
): Arithmetic {
  const linear: Arithmetic['linear'] = (x, names) => {
    const key = names.join(' ');
    const { values, scales, inputs, outputs } = quantised.get(key)!;
    const operands = [
      x,
      graph.external(`${key}.values`, 'int8', [inputs, outputs], values),
      graph.external(`${key}.scales`, 'float32', [outputs], scales),
    ];
    const product = graph.op('DynamicQuantizeMatMul', operands, {}, { domain: 'com.microsoft' });
    if (names.length === 1) return [product];
    const widths = graph.ints(...names.map((name) => checkpoint.shape(name)[0]!));
    return graph.ops('Split', [product, widths], { axis: 1 }, { outputs: names.length });
  };
  return {
    ...floating(graph, checkpoint, 'float32'),
    linear,
    feedForward: plainFeedForward(graph, linear),
  };
}
