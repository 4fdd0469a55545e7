import {
  type AttributeProto,
  encodeModel,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './proto.ts';

/** ONNX's numbers of the element types that we use, and the bytes of one element. */
export const ELEMENT = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float16: { code: 10, bytes: 2 },
} as const;

export type ElementType = keyof typeof ELEMENT;

/** A value in a graph: what an operator, an input or an initializer is called. */
export type Value = string;

/** An attribute of an operator. A plain number is an integer attribute; `{ float }` makes a real one. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly graph: GraphProto };

/** Where an initializer's bytes are when they are not in the model: a file beside it. */
export interface ExternalBytes {
  /** File name relative to the model's folder; no `..`, not absolute: ONNX Runtime refuses these. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface OperatorOptions {
  /** Default the standard operators; `com.microsoft` for ONNX Runtime's own. */
  readonly domain?: string;
  /** Number of outputs, default 1. */
  readonly outputs?: number;
}

const MICROSOFT = 'com.microsoft';

/**
 * Builds one ONNX graph: operators are called like functions and answer the name of their output.
 * Constants that are equal are stored once.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #constants = new Map<string, Value>();
  #usesMicrosoft = false;
  #next = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** @param dims a number for a fixed dimension, a name for one that is known at run time only */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Makes a value an output under a name of its own. */
  output(name: string, value: Value, type: ElementType, dims: readonly (number | string)[]): void {
    this.#nodes.push({
      name: `output_${name}`,
      opType: 'Identity',
      domain: '',
      input: [value],
      output: [name],
      attribute: [],
    });
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /** One operator with one output. @param inputs an empty name leaves an optional input out */
  op(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: Omit<OperatorOptions, 'outputs'> = {},
  ): Value {
    return this.ops(opType, inputs, attributes, { ...options, outputs: 1 })[0]!;
  }

  /** One operator with several outputs. */
  ops(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { domain = '', outputs = 1 }: OperatorOptions = {},
  ): Value[] {
    if (domain === MICROSOFT) this.#usesMicrosoft = true;
    const name = `${opType}_${this.#next++}`;
    const output = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : `${name}_${i}`));
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push({ name, opType, domain, input: inputs, output, attribute });
    return output;
  }

  /** A constant whose bytes are kept in the model itself. @throws RangeError where `data` does not fill `dims` */
  constant(
    name: string,
    data: Float32Array | Int8Array | Int32Array | BigInt64Array,
    dims: readonly number[],
  ): Value {
    const type = typeOf(data);
    checkLength(name, type, dims, data.byteLength);
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ name, dataType: ELEMENT[type].code, dims, rawData });
    return name;
  }

  /** A constant whose bytes lie in a file beside the model. @throws RangeError where `at` does not fill `dims` */
  external(name: string, type: ElementType, dims: readonly number[], at: ExternalBytes): Value {
    checkLength(name, type, dims, at.length);
    this.#initializers.push({
      name,
      dataType: ELEMENT[type].code,
      dims,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: at.location },
        { key: 'offset', value: String(at.offset) },
        { key: 'length', value: String(at.length) },
      ],
    });
    return name;
  }

  /** A list of integers, as operators want for shapes and axes. */
  ints(...values: readonly number[]): Value {
    return this.#shared(`ints_${values.join('_')}`, BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** One integer without dimensions. */
  int(value: number): Value {
    return this.#shared(`int_${value}`, BigInt64Array.of(BigInt(value)), []);
  }

  /** One real number without dimensions. */
  float(value: number): Value {
    return this.#shared(`float_${value}`, Float32Array.of(value), []);
  }

  #shared(name: string, data: Float32Array | BigInt64Array, dims: readonly number[]): Value {
    const known = this.#constants.get(name);
    if (known) return known;
    this.#constants.set(name, name);
    return this.constant(name, data, dims);
  }

  /** The graph as a message, for a sub-graph attribute. */
  graph(): GraphProto {
    return {
      name: this.#name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  /**
   * The bytes of the model file.
   * @param opset version of the standard operators; 20 has Gelu, 21 is the newest that every provider we use knows
   */
  encode(opset = 20): Uint8Array {
    return encodeModel({
      irVersion: 9,
      producerName: 'cratewise',
      opsetImport: [
        { domain: '', version: opset },
        ...(this.#usesMicrosoft ? [{ domain: MICROSOFT, version: 1 }] : []),
      ],
      graph: this.graph(),
    });
  }
}

function valueInfo(name: string, type: ElementType, dims: readonly (number | string)[]): ValueInfoProto {
  const dim = dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return { name, type: { tensorType: { elemType: ELEMENT[type].code, shape: { dim } } } };
}

/** Numbers of `AttributeProto.AttributeType`. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7 } as const;

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) throw new TypeError(`Attribute ${name}: write { float: ${value} }.`);
    return { name, type: ATTRIBUTE.int, i: value };
  }
  if (typeof value === 'string') return { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(value) };
  if (isInts(value)) return { name, type: ATTRIBUTE.ints, ints: value };
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float };
  if ('floats' in value) return { name, type: ATTRIBUTE.floats, floats: value.floats };
  return { name, type: ATTRIBUTE.graph, g: value.graph };
}

const isInts = (value: Attribute): value is readonly number[] => Array.isArray(value);

function typeOf(data: Float32Array | Int8Array | Int32Array | BigInt64Array): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int8Array) return 'int8';
  if (data instanceof Int32Array) return 'int32';
  return 'int64';
}

function checkLength(name: string, type: ElementType, dims: readonly number[], bytes: number): void {
  const wanted = dims.reduce((product, d) => product * d, ELEMENT[type].bytes);
  if (wanted !== bytes) throw new RangeError(`${name}: ${bytes} bytes for a shape of ${wanted}.`);
}
