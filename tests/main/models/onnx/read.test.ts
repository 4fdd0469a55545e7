import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { GraphBuilder } from '../../../../src/main/models/onnx/graph.ts';
import { encodeModel, type ModelProto, type TensorProto } from '../../../../src/main/models/onnx/proto.ts';
import { readModel } from '../../../../src/main/models/onnx/read.ts';

function sample(): Uint8Array {
  const graph = new GraphBuilder('sample');
  const x = graph.input('x', 'float32', ['n', 2]);
  const w = graph.constant('w', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  graph.output('y', graph.op('Gemm', [x, w], { alpha: { float: 0.5 }, transB: 0 }), 'float32', ['n', 3]);
  return graph.encode(13);
}

/** Field 7 of a model is its graph, field 1 of that a node: each node here is of no bytes. */
function manyNodes(count: number): Uint8Array {
  const nodes = Buffer.alloc(2 * count);
  for (let i = 0; i < count; i++) nodes[2 * i] = 0x0a;
  const length: number[] = [];
  for (let left = nodes.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Buffer.from([0x3a, ...length]), nodes]);
}

const withTensor = (change: Partial<TensorProto>): Uint8Array => {
  const model = readModel(sample());
  const [w] = model.graph.initializer;
  const changed: ModelProto = { ...model, graph: { ...model.graph, initializer: [{ ...w!, ...change }] } };
  return encodeModel(changed);
};

describe('readModel', () => {
  it('reads what was written', () => {
    const { graph, opsetImport } = readModel(sample());
    expect(opsetImport).toEqual([{ domain: '', version: 13 }]);
    expect(graph.node.map(({ opType }) => opType)).toEqual(['Gemm', 'Identity']);
    expect(graph.node[0]).toMatchObject({ input: ['x', 'w'], domain: '' });
    expect(graph.node[0]!.attribute.find(({ name }) => name === 'alpha')).toMatchObject({ type: 1, f: 0.5 });
    expect(graph.initializer[0]).toMatchObject({ name: 'w', dims: [2, 3], dataType: 1 });
    expect(graph.input[0]!.type.tensorType.shape.dim).toEqual([{ dimParam: 'n' }, { dimValue: 2 }]);
    expect(readModel(encodeModel(readModel(sample())))).toEqual({ ...readModel(sample()) });
  });

  it('refuses constants in other files, of other types, or with too few bytes', () => {
    const outside = { externalData: [{ key: 'location', value: '/etc/passwd' }], dataLocation: 1 };
    expect(() => readModel(withTensor(outside))).toThrow('in another file');
    expect(() => readModel(withTensor({ dataType: 8 }))).toThrow('a type that we don’t read');
    expect(() => readModel(withTensor({ dims: [2 ** 31, 2 ** 20] }))).toThrow('needs');
    expect(() => readModel(withTensor({ dims: [-1, -6] }))).toThrow('needs');
  });

  it('refuses a file that would take far more memory than it has bytes', () => {
    const hostile = manyNodes(4_000_000);
    const before = process.memoryUsage().heapUsed;
    expect(() => readModel(hostile)).toThrow(BadWeightsError);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 2 ** 20);
  });

  it('never does anything but read or refuse', () => {
    const bytes = sample();
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), fc.nat(bytes.length), (changes, cut) => {
        const changed = bytes.slice(0, cut);
        for (const [at, value] of changes) if (at < cut) changed[at] = value;
        try {
          readModel(changed);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(BadWeightsError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
