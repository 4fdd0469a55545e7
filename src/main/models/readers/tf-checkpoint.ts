import protobuf from 'protobufjs';
import { BadWeightsError } from '../bad-weights.ts';
import { maskedCrc32c } from './crc32c.ts';
import { readSortedTable } from './sorted-table.ts';

const single = (id: number, type: string) => ({ type, id });

/** tensorflow/core/protobuf/tensor_bundle.proto and framework/tensor_shape.proto, as far as we read them. */
const root = protobuf.Root.fromJSON({
  nested: {
    Header: { fields: { numShards: single(1, 'int32'), endianness: single(2, 'int32') } },
    Entry: {
      fields: {
        dtype: single(1, 'int32'),
        shape: single(2, 'Shape'),
        shardId: single(3, 'int32'),
        offset: single(4, 'int64'),
        size: single(5, 'int64'),
        crc32c: single(6, 'fixed32'),
        slices: { rule: 'repeated', type: 'bytes', id: 7 },
      },
    },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 2 } } },
    Dimension: { fields: { size: single(1, 'int64') } },
  },
});
const headerType = root.lookupType('Header');
const entryType = root.lookupType('Entry');

interface Entry {
  readonly dtype: number;
  readonly shape: { readonly dim: readonly { readonly size: number }[] } | null;
  readonly shardId: number;
  readonly offset: number;
  readonly size: number;
  readonly crc32c: number;
  readonly slices: readonly unknown[];
}

/** DT_FLOAT of tensorflow/core/framework/types.proto. */
const FLOAT32 = 1;

/**
 * The variables of a TensorFlow checkpoint of format 2 (`.index` and one `.data` file). Each variable's checksum is
 * checked when it is read.
 */
export class TfCheckpoint {
  readonly #entries: ReadonlyMap<string, Uint8Array>;
  readonly #data: Uint8Array;

  /**
   * @param index the whole `.index` file
   * @param data the whole `.data-00000-of-00001` file
   * @throws BadWeightsError where the index is damaged or of a kind that we don't read
   */
  constructor(index: Uint8Array, data: Uint8Array) {
    this.#entries = readSortedTable(index);
    this.#data = data;
    const header = this.#entries.get('');
    if (!header) throw bad('has no header');
    const { numShards, endianness } = decode<{ numShards: number; endianness: number }>(headerType, header);
    if (numShards !== 1) throw bad(`is spread over ${numShards} files instead of one`);
    if (endianness !== 0) throw bad('is big-endian');
  }

  /** Names of the variables. */
  get names(): string[] {
    return [...this.#entries.keys()].filter((name) => name !== '');
  }

  /**
   * The numbers of a variable, row by row.
   * @param shape that it must have
   * @throws BadWeightsError where it is missing, damaged, has another shape or type, does not lie in the data, or holds
   *   a value that is not finite
   */
  float32(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
    const bytes = name === '' ? undefined : this.#entries.get(name);
    if (!bytes) throw bad(`has no ${name}`);
    const entry = decode<Entry>(entryType, bytes);
    if (entry.dtype !== FLOAT32) throw bad(`has ${name} in another type than float32 (${entry.dtype})`);
    const dims = entry.shape?.dim.map(({ size }) => size) ?? [];
    if (dims.length !== shape.length || dims.some((d, i) => d !== shape[i])) {
      throw bad(`has ${name} in the shape [${dims}] instead of [${shape}]`);
    }
    if (entry.slices.length > 0 || entry.shardId !== 0) throw bad(`has ${name} in parts`);
    const length = shape.reduce((product, d) => product * d, 4);
    const { offset, size } = entry;
    if (size !== length) throw bad(`has another number of bytes for ${name} than its shape needs`);
    if (offset < 0 || offset + size > this.#data.length) throw bad(`ends before ${name} does`);
    const raw = this.#data.subarray(offset, offset + size);
    if (maskedCrc32c(raw) !== entry.crc32c) throw bad(`is damaged: the checksum of ${name} is wrong`);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const values = new Float32Array(length / 4);
    for (let i = 0; i < values.length; i++) {
      const value = view.getFloat32(4 * i, true);
      if (!Number.isFinite(value)) throw bad(`has a value in ${name} that is not a finite number`);
      values[i] = value;
    }
    return values;
  }
}

function decode<T>(type: protobuf.Type, bytes: Uint8Array): T {
  try {
    return type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true }) as T;
  } catch (cause) {
    throw bad('has an entry that can’t be read', { cause });
  }
}

const bad = (what: string, options?: ErrorOptions) => new BadWeightsError(`The checkpoint ${what}.`, options);
