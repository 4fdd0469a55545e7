import { GraphBuilder } from '../../../../src/main/models/onnx/graph.ts';
import { encodeModel } from '../../../../src/main/models/onnx/proto.ts';
import { randomWeights } from './random-weights.ts';

const channels = [1, 128, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512];

/** SampleCNN as torch exports it, with the weights of tests/reference/clmr.py and a last layer of noise. */
export function randomClmr(): Uint8Array {
  const graph = new GraphBuilder('torch-jit-export');
  let value = graph.input('audio', 'float32', [1, 1, 59_049]);
  for (let i = 0; i + 1 < channels.length; i++) {
    const [into, out] = [channels[i]!, channels[i + 1]!];
    const kernel = randomWeights(out * into * 3, Math.sqrt(2 / into));
    const inputs = [
      value,
      graph.constant(`weight_${i}`, kernel, [out, into, 3]),
      graph.constant(`bias_${i}`, randomWeights(out, 0.1), [out]),
    ];
    const edges = i === 0 ? { strides: [3] } : { pads: [1, 1] };
    value = graph.op('Relu', [graph.op('Conv', inputs, { kernel_shape: [3], ...edges })]);
    if (i > 0 && i < 10) value = graph.op('MaxPool', [value], { kernel_shape: [3], strides: [3] });
  }
  const flat = graph.op('Reshape', [value, graph.ints(1, 512)]);
  const last = graph.constant('fc.weight', randomWeights(50 * 512, 0.1), [50, 512]);
  const tags = graph.op('Gemm', [flat, last, graph.constant('fc.bias', randomWeights(50, 0.1), [50])], {
    transB: 1,
  });
  // Where torch names its output, the operator itself makes it.
  const { node, initializer, input } = graph.graph();
  const gemm = node.at(-1)!;
  const type = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }, { dimValue: 50 }] } } };
  return encodeModel({
    irVersion: 6,
    producerName: 'pytorch',
    opsetImport: [{ domain: '', version: 9 }],
    graph: {
      name: 'torch-jit-export',
      node: [
        ...node.slice(0, -1),
        { ...gemm, output: gemm.output.map((name) => (name === tags ? 'representation' : name)) },
      ],
      initializer,
      input,
      output: [{ name: 'representation', type }],
    },
  });
}
