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
  return {
    type,
    parameter,
    linear: (x, names) => names.map((name) => graph.op('Gemm', [x, parameter(name)], { transB: 1 })),
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
  return {
    ...floating(graph, checkpoint, 'float32'),
    linear: (x, names) => {
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
    },
  };
}
