/** Writes what `torch.save` writes, as far as the reader needs it. */
import { crc32 } from 'node:zlib';

const text = (value: string) => new TextEncoder().encode(value);
const u32 = (value: number) => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
const u16 = (value: number) => Uint8Array.of(value, value >>> 8);

export const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** Pickle instructions. */
export const op = {
  proto: [0x80, 2],
  stop: [0x2e],
  dict: [0x7d],
  list: [0x5d],
  mark: [0x28],
  tuple: [0x74],
  emptyTuple: [0x29],
  reduce: [0x52],
  setItem: [0x73],
  false: [0x89],
  persid: [0x51],
  build: [0x62],
  str: (value: string) => join([0x58], u32(text(value).length), text(value)),
  int: (value: number) => join([0x4a], u32(value)),
  global: (module: string, name: string) => join([0x63], text(`${module}\n${name}\n`)),
};

export interface SampleTensor {
  readonly key: string;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset?: number;
  readonly elements: number;
  readonly storage?: string;
}

const ints = (values: readonly number[]) => join(op.mark, ...values.map(op.int), op.tuple);

/** The instructions that leave a tensor on the stack. */
export function tensor({
  key,
  shape,
  strides,
  offset = 0,
  elements,
  storage = 'FloatStorage',
}: SampleTensor) {
  return join(
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    op.mark,
    op.str('storage'),
    op.global('torch', storage),
    op.str(key),
    op.str('cpu'),
    op.int(elements),
    op.tuple,
    op.persid,
    op.int(offset),
    ints(shape),
    ints(strides),
    op.false,
    op.global('collections', 'OrderedDict'),
    op.emptyTuple,
    op.reduce,
    op.tuple,
    op.reduce,
  );
}

/** A dictionary of named things, as a whole pickle. */
export const pickle = (items: Readonly<Record<string, Uint8Array>>) =>
  join(
    op.proto,
    op.dict,
    ...Object.entries(items).flatMap(([name, value]) => [op.str(name), value, op.setItem]),
    op.stop,
  );

export const contiguous = (shape: readonly number[]): number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((product, d) => product * d, 1));

/** A ZIP of stored entries. */
export function zip(
  files: Readonly<Record<string, Uint8Array>>,
  { method = 0, claim }: { method?: number; claim?: number } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(files)) {
    const size = u32(claim ?? data.length);
    const common = join(
      u16(method),
      u16(0),
      u16(0),
      u32(crc32(data)),
      size,
      size,
      u16(text(name).length),
      u16(0),
    );
    const local = join(u32(0x04034b50), u16(20), u16(0), common, text(name), data);
    directory.push(
      join(
        u32(0x02014b50),
        u16(20),
        u16(20),
        u16(0),
        common,
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        u32(at),
        text(name),
      ),
    );
    parts.push(local);
    at += local.length;
  }
  const central = join(...directory);
  const count = Object.keys(files).length;
  const end = join(
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(count),
    u16(count),
    u32(central.length),
    u32(at),
    u16(0),
  );
  return join(...parts, central, end);
}

/** A checkpoint of float32 tensors under their names, within the dictionaries of `at`. */
export function checkpoint(
  tensors: Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>,
  at: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const files: Record<string, Uint8Array> = {};
  const items: Record<string, Uint8Array> = {};
  for (const [i, [name, { shape, data }]] of Object.entries(tensors).entries()) {
    items[name] = tensor({ key: `${i}`, shape, strides: contiguous(shape), elements: data.length });
    files[`archive/data/${i}`] = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  let whole = pickle(items);
  for (const key of [...at].reverse()) whole = pickle({ [key]: whole.subarray(2, whole.length - 1) });
  return zip({ 'archive/data.pkl': whole, 'archive/byteorder': text('little'), ...files });
}

/** A checkpoint as torch before 1.6 wrote it: pickles, then each storage with its count before it. */
export function legacyCheckpoint(
  tensors: Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>,
  { count }: { count?: number } = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors);
  const items = entries.map(([name, { shape, data }], i) => [
    name,
    tensor({ key: `${i}`, shape, strides: contiguous(shape), elements: data.length }),
  ]);
  const magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const u64 = (value: number) => new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
  return join(
    ...[op.proto, [0x8a, magic.length], magic, op.stop],
    ...[op.proto, op.int(1001), op.stop],
    pickle({ little_endian: Uint8Array.of(0x88) }),
    pickle(Object.fromEntries(items) as Record<string, Uint8Array>),
    ...[op.proto, op.list, op.mark, ...entries.map((_, i) => op.str(`${i}`)), [0x65], op.stop],
    ...entries.flatMap(([, { data }]) => [
      u64(count ?? data.length),
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ]),
  );
}
