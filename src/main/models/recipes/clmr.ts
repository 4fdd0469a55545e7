import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadWeightsError } from '../bad-weights.ts';
import { ELEMENT } from '../onnx/graph.ts';
import {
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../onnx/proto.ts';
import { readModel } from '../onnx/read.ts';
import type { Recipe } from '../recipe.ts';

/** The file is some 10 MB. */
const MAX_BYTES = 32 * 2 ** 20;

const INPUT = 'audio';
const SAMPLES = 59_049;
const DIMENSION = 512;

/** What torch's exporter makes of convolutions, normalisations, poolings and a flattening. */
const OPERATORS: ReadonlySet<string> = new Set([
  'Add',
  'BatchNormalization',
  'Cast',
  'Concat',
  'Constant',
  'Conv',
  'Flatten',
  'Gather',
  'Gemm',
  'Identity',
  'MatMul',
  'MaxPool',
  'Mul',
  'Relu',
  'Reshape',
  'Shape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/** Output and input channels of SampleCNN's convolutions of 3 (clmr/models/sample_cnn.py), first to last. */
const CONVOLUTIONS = [
  [128, 1],
  [128, 128],
  [128, 128],
  [256, 128],
  ...Array.from({ length: 5 }, () => [256, 256] as const),
  [512, 256],
  [512, 512],
] as const;

/**
 * CLMR's SampleCNN (Spijkervet & Burgoyne 2021) as its authors exported it, without the last layer, which only makes
 * MagnaTagATune's tags of it. Input `audio` float32 [1, 1, 59049] at 22,050 Hz; output `representation` float32
 * [1, 512].
 */
export const clmr: Recipe = {
  id: 'clmr',
  async build(context) {
    const path = context.file('examples/clmr-onnxruntime-web/clmr_sample-cnn.onnx');
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw bad(`is too large: ${size} bytes`);
    const model = cutClmr(readModel(await readFile(path)));
    context.signal.throwIfAborted();
    await writeFile(join(context.output, 'clmr.onnx'), encodeModel(model));
    context.progress(1);
  },
};

/**
 * The model up to what its last layer gets.
 * @throws BadWeightsError where it is not SampleCNN as we know it
 */
export function cutClmr(model: ModelProto): ModelProto {
  const { graph, opsetImport } = model;
  checkOperators(model);
  checkConvolutions(graph);
  checkInput(graph);
  const { value, dropped } = lastLayer(graph);
  const node = graph.node.filter((one) => !dropped.has(one));
  const used = new Set(node.flatMap(({ input }) => input));
  const output: NodeProto = {
    name: 'representation',
    opType: 'Identity',
    domain: '',
    input: [value],
    output: ['representation'],
    attribute: [],
  };
  // The exporter may have called its own output that.
  if (node.some((one) => one.output.includes('representation'))) throw bad('has its output in an odd place');
  return {
    irVersion: 9,
    producerName: 'cratewise',
    opsetImport: opsetImport.map(({ version }) => ({ domain: '', version })),
    graph: {
      name: 'clmr',
      node: [...node, output],
      initializer: graph.initializer.filter(({ name }) => used.has(name)),
      input: [float32(INPUT, [1, 1, SAMPLES])],
      output: [float32('representation', [1, DIMENSION])],
    },
  };
}

function checkOperators({ graph, opsetImport }: ModelProto): void {
  const [opset, second] = opsetImport;
  if (!opset || second || (opset.domain !== '' && opset.domain !== 'ai.onnx')) {
    throw bad('uses operators other than the standard ones');
  }
  if (!(opset.version >= 7 && opset.version <= 21)) throw bad(`is of opset ${opset.version}`);
  for (const { opType, domain } of graph.node) {
    if (domain !== '' || !OPERATORS.has(opType))
      throw bad(`has an operator that is no part of it: ${opType}`);
  }
}

function checkInput(graph: GraphProto): void {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const [input, second] = graph.input.filter(({ name }) => !constants.has(name));
  if (!input || second || input.name !== INPUT) throw bad(`has another input than “${INPUT}”`);
  const type = input.type?.tensorType;
  const dims = type?.shape?.dim.map((d) => ('dimValue' in d ? d.dimValue : -1)) ?? [];
  if (type?.elemType !== ELEMENT.float32.code || dims.join() !== `1,1,${SAMPLES}`) {
    throw bad(`wants [${dims}] instead of [1,1,${SAMPLES}] numbers`);
  }
}

function checkConvolutions(graph: GraphProto): void {
  const shapes = new Map(graph.initializer.map(({ name, dims }) => [name, dims.join()]));
  const found = graph.node
    .filter(({ opType }) => opType === 'Conv')
    .map(({ input }) => shapes.get(input[1] ?? ''));
  if (found.join(';') !== CONVOLUTIONS.map(([out, into]) => `${out},${into},3`).join(';')) {
    throw bad('has other convolutions than SampleCNN');
  }
}

/** What the last layer gets, and the operators that make it up. */
function lastLayer(graph: GraphProto): { value: string; dropped: ReadonlySet<NodeProto> } {
  const makerOf = (value: string) => graph.node.find(({ output }) => output.includes(value));
  const [output, second] = graph.output;
  const last = output && !second ? makerOf(output.name) : undefined;
  if (!last) throw bad('has not one output');
  const product =
    last.opType === 'Add' ? last.input.map(makerOf).find((one) => one?.opType === 'MatMul') : last;
  if (!product || (product.opType !== 'Gemm' && product.opType !== 'MatMul')) {
    throw bad('does not end with a linear layer');
  }
  const [value = '', matrix] = product.input;
  const dims = graph.initializer.find(({ name }) => name === matrix)?.dims ?? [];
  const transposed = product.attribute.some(({ name, i }) => name === 'transB' && i === 1);
  if (dims.length !== 2 || dims[transposed ? 1 : 0] !== DIMENSION) {
    throw bad(`has a last layer that does not take ${DIMENSION} numbers`);
  }
  return { value, dropped: new Set([last, product]) };
}

function float32(name: string, dims: readonly number[]): ValueInfoProto {
  const dim = dims.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: ELEMENT.float32.code, shape: { dim } } } };
}

const bad = (what: string) => new BadWeightsError(`The CLMR model ${what}.`);
