import { BadWeightsError } from '../bad-weights.ts';
import { countFields } from './count-fields.ts';
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  modelType,
  type NodeProto,
  type TensorProto,
} from './proto.ts';

/** Far above what the nets that we read have: they are small. */
const MAX_FIELDS = 50_000;

/** Bytes of one element, by ONNX's number of the element type, for the types that we accept in a model we read. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = { 1: 4, 6: 4, 7: 8, 9: 1 };

/**
 * Reads an ONNX model of somebody else's. Fields that we don't know are left out. Constants hold as many bytes as their
 * shape needs; none lies in another file.
 * @throws BadWeightsError where it is no ONNX model, is larger than any that we know, or does not fit together
 */
export function readModel(bytes: Uint8Array): ModelProto {
  let decoded: LooseModel;
  try {
    if (countFields(modelType, bytes, MAX_FIELDS) > MAX_FIELDS) throw new RangeError('Too many fields.');
    decoded = modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true }) as LooseModel;
  } catch (cause) {
    throw bad('is damaged, or no ONNX model', { cause });
  }
  const { graph } = decoded;
  if (!graph) throw bad('holds no graph');
  return {
    irVersion: decoded.irVersion ?? 0,
    producerName: decoded.producerName ?? '',
    opsetImport: decoded.opsetImport.map(({ domain = '', version = 0 }) => ({ domain, version })),
    graph: readGraph(graph),
  };
}

function readGraph(graph: Loose<GraphProto>): GraphProto {
  return {
    name: graph.name ?? '',
    node: (graph.node ?? []).map(readNode),
    initializer: (graph.initializer ?? []).map(readTensor),
    input: graph.input ?? [],
    output: graph.output ?? [],
  };
}

function readNode(node: Loose<NodeProto>): NodeProto {
  return {
    name: node.name ?? '',
    opType: node.opType ?? '',
    domain: node.domain === 'ai.onnx' ? '' : (node.domain ?? ''),
    input: node.input ?? [],
    output: node.output ?? [],
    attribute: (node.attribute ?? []).map(readAttribute),
  };
}

function readAttribute(attribute: Loose<AttributeProto>): AttributeProto {
  const { name = '', type = 0, t, g, ...values } = attribute;
  if (g) throw bad(`has a graph within its graph (${name})`);
  return { ...values, name, type, ...(t ? { t: readTensor(t) } : {}) };
}

function readTensor(tensor: Loose<TensorProto>): TensorProto {
  const { name = '', dataType = 0, dims = [], rawData = new Uint8Array() } = tensor;
  if ((tensor.externalData?.length ?? 0) > 0 || tensor.dataLocation) {
    throw bad(`keeps ${name} in another file`);
  }
  const elementBytes = ELEMENT_BYTES[dataType];
  if (!elementBytes) throw bad(`has ${name} in a type that we don’t read (${dataType})`);
  const wanted = dims.reduce((product, d) => product * d, elementBytes);
  if (dims.some((d) => !(d >= 0)) || wanted !== rawData.length) {
    throw bad(`has ${rawData.length} bytes for ${name}, whose shape [${dims}] needs ${wanted}`);
  }
  return { name, dataType, dims, rawData };
}

type Loose<T> = { readonly [K in keyof T]?: T[K] };
interface LooseModel {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly opsetImport: readonly { domain?: string; version?: number }[];
  readonly graph?: Loose<GraphProto>;
}

const bad = (what: string, options?: ErrorOptions) => new BadWeightsError(`The model file ${what}.`, options);
