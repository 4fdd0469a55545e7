import protobuf from 'protobufjs';

/*
 * The messages of the ONNX format that we write, with the field numbers of its specification (onnx/onnx.proto,
 * IR version 10; see https://onnx.ai/onnx/repo-docs/IR.html). What we never write is left out.
 */

const repeated = (id: number, type: string) => ({ rule: 'repeated', type, id });
const single = (id: number, type: string) => ({ type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    OperatorSetIdProto: { fields: { domain: single(1, 'string'), version: single(2, 'int64') } },
    StringStringEntryProto: { fields: { key: single(1, 'string'), value: single(2, 'string') } },
    ModelProto: {
      fields: {
        irVersion: single(1, 'int64'),
        producerName: single(2, 'string'),
        producerVersion: single(3, 'string'),
        graph: single(7, 'GraphProto'),
        opsetImport: repeated(8, 'OperatorSetIdProto'),
        metadataProps: repeated(14, 'StringStringEntryProto'),
      },
    },
    GraphProto: {
      fields: {
        node: repeated(1, 'NodeProto'),
        name: single(2, 'string'),
        initializer: repeated(5, 'TensorProto'),
        input: repeated(11, 'ValueInfoProto'),
        output: repeated(12, 'ValueInfoProto'),
      },
    },
    NodeProto: {
      fields: {
        input: repeated(1, 'string'),
        output: repeated(2, 'string'),
        name: single(3, 'string'),
        opType: single(4, 'string'),
        attribute: repeated(5, 'AttributeProto'),
        domain: single(7, 'string'),
      },
    },
    AttributeProto: {
      fields: {
        name: single(1, 'string'),
        f: single(2, 'float'),
        i: single(3, 'int64'),
        s: single(4, 'bytes'),
        t: single(5, 'TensorProto'),
        g: single(6, 'GraphProto'),
        floats: repeated(7, 'float'),
        ints: repeated(8, 'int64'),
        strings: repeated(9, 'bytes'),
        type: single(20, 'int32'),
      },
    },
    TensorProto: {
      fields: {
        dims: repeated(1, 'int64'),
        dataType: single(2, 'int32'),
        name: single(8, 'string'),
        rawData: single(9, 'bytes'),
        externalData: repeated(13, 'StringStringEntryProto'),
        dataLocation: single(14, 'int32'),
      },
    },
    ValueInfoProto: { fields: { name: single(1, 'string'), type: single(2, 'TypeProto') } },
    TypeProto: { fields: { tensorType: single(1, 'TensorTypeProto') } },
    TensorTypeProto: { fields: { elemType: single(1, 'int32'), shape: single(2, 'TensorShapeProto') } },
    TensorShapeProto: { fields: { dim: repeated(1, 'DimensionProto') } },
    DimensionProto: { fields: { dimValue: single(1, 'int64'), dimParam: single(2, 'string') } },
  },
});

/** The type of a whole model, for reading: see `read.ts`. */
export const modelType = root.lookupType('ModelProto');

/** `key` → `value`, as ONNX keeps its dictionaries. */
export interface EntryProto {
  readonly key: string;
  readonly value: string;
}

/** A constant: `rawData` in the model itself, or `externalData` (location, offset, length) in a file beside it. */
export interface TensorProto {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly EntryProto[];
  readonly dataLocation?: number;
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
}

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly ({ dimValue: number } | { dimParam: string })[] };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  readonly opsetImport: readonly { domain: string; version: number }[];
  readonly graph: GraphProto;
  readonly metadataProps?: readonly EntryProto[];
}

/** The bytes of a model file. @throws TypeError where a field has a value that its type can't hold */
export function encodeModel(model: ModelProto): Uint8Array {
  const problem = modelType.verify(model);
  if (problem) throw new TypeError(`Not an ONNX model: ${problem}.`);
  return modelType.encode(modelType.fromObject(model)).finish();
}
