import { type FileHandle, open } from 'node:fs/promises';
import { BadWeightsError } from '../bad-weights.ts';
import { readAt } from '../read-at.ts';
import { legacyStorages } from './pytorch-legacy.ts';
import { isTensor, type Pickled, type PickledTensor, readPickle } from './pytorch-pickle.ts';
import { type StoredEntry, storedEntries } from './pytorch-zip.ts';

/** Bytes of one element, and how it is read, by torch's name of the storage. */
const READ: Readonly<Record<string, { bytes: number; at(view: DataView, offset: number): number }>> = {
  Float: { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) },
  Half: { bytes: 2, at: (view, offset) => view.getFloat16(offset, true) },
  Double: { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) },
  // The upper half of a float32.
  BFloat16: { bytes: 2, at: (view, offset) => bfloat16(view.getUint16(offset, true)) },
};

/** The largest description of tensors that is read; those of the models we know are below 1 MB. */
const MAX_PICKLE = 64 * 1024 * 1024;

/** A tensor's bytes as they lie in the file, row-major and little-endian. */
export interface TensorBytes extends StoredEntry {
  readonly type: 'float32' | 'float16';
}

/** A PyTorch checkpoint on disk, open for reading single tensors. Nothing in it is executed. */
export class PyTorchFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #tensors: ReadonlyMap<string, PickledTensor>;
  readonly #storages: ReadonlyMap<string, StoredEntry>;

  private constructor(
    path: string,
    handle: FileHandle,
    tensors: ReadonlyMap<string, PickledTensor>,
    storages: ReadonlyMap<string, StoredEntry>,
  ) {
    this.path = path;
    this.#handle = handle;
    this.#tensors = tensors;
    this.#storages = storages;
  }

  /**
   * @param at keys of the dictionaries around the state dictionary, outermost first: `['model']`
   * @throws BadWeightsError where it is no checkpoint of torch, or a damaged one
   */
  static async open(path: string, at: readonly string[] = []): Promise<PyTorchFile> {
    const handle = await open(path, 'r');
    try {
      const { value, storages } = (await isArchive(handle))
        ? await readArchive(path, handle)
        : await legacyStorages(handle);
      return new PyTorchFile(path, handle, stateAt(value, at), storages);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Names of the tensors of the state dictionary. */
  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /** @throws BadWeightsError where there is no tensor of that name */
  shape(name: string): readonly number[] {
    return this.#find(name).shape;
  }

  /**
   * A tensor's numbers, row-major.
   * @param shape what it has to be
   * @throws BadWeightsError where it is missing, has another shape, is no floating point, or holds NaN or infinities
   */
  async floats(name: string, shape: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    const { tensor, entry, type } = this.#expect(name, shape);
    const bytes = await read(this.#handle, entry, entry.length);
    const numbers = gather(tensor, type, new DataView(bytes.buffer));
    if (!numbers.every(Number.isFinite)) throw new BadWeightsError(`Tensor ${name} holds NaN or infinities.`);
    return numbers;
  }

  /**
   * Where a tensor's numbers lie, for large ones that are copied rather than read.
   * @throws BadWeightsError where it is missing, has another shape or type, or is not stored in one piece
   */
  place(name: string, shape: readonly number[]): TensorBytes {
    const { tensor, entry, type } = this.#expect(name, shape);
    const kind = { Float: 'float32', Half: 'float16' } as const;
    const found = Object.entries(kind).find(([storage]) => storage === tensor.storage.type);
    if (!found)
      throw new BadWeightsError(`Tensor ${name} is ${tensor.storage.type}, not a float of 16 or 32 bits.`);
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] !== 1 && tensor.strides[axis] !== stride) {
        throw new BadWeightsError(`Tensor ${name} is not stored in one piece.`);
      }
      stride *= shape[axis]!;
    }
    return { type: found[1], start: entry.start + tensor.offset * type.bytes, length: stride * type.bytes };
  }

  /** The bytes of part of the file, for those of a `place`. */
  bytes(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return read(this.#handle, { start, length }, length);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #expect(name: string, shape: readonly number[]) {
    const tensor = this.#find(name);
    if (tensor.shape.length !== shape.length || tensor.shape.some((d, i) => d !== shape[i])) {
      throw new BadWeightsError(
        `Tensor ${name} is [${tensor.shape.join(', ')}], it should be [${shape.join(', ')}].`,
      );
    }
    const { storage } = tensor;
    const type = READ[storage.type];
    if (!type) throw new BadWeightsError(`Tensor ${name} is ${storage.type}, not floating point.`);
    const entry = this.#storages.get(storage.key);
    if (entry?.length !== storage.elements * type.bytes) {
      throw new BadWeightsError(`What is stored of tensor ${name} has not the size that it should have.`);
    }
    return { tensor, entry, type };
  }

  #find(name: string): PickledTensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new BadWeightsError(`${this.path} has no tensor ${name}.`);
    return tensor;
  }
}

/** Whether the file is a ZIP archive, as torch writes since 1.6; before it wrote pickles, then bare storages. */
async function isArchive(handle: FileHandle): Promise<boolean> {
  const start = new Uint8Array(2);
  await handle.read(start, 0, 2, 0);
  // Anything that does not start as a pickle does is taken for an archive, and refused as none.
  return start[0] !== 0x80;
}

async function readArchive(
  path: string,
  handle: FileHandle,
): Promise<{ value: Pickled; storages: ReadonlyMap<string, StoredEntry> }> {
  const entries = await storedEntries(handle.fd);
  const pickle = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new BadWeightsError(`${path} holds no data.pkl: it is no checkpoint.`);
  const root = pickle.slice(0, -'data.pkl'.length);
  const order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(await read(handle, order, 16)) !== 'little') {
    throw new BadWeightsError(`${path} was written on a big-endian machine.`);
  }
  const { value } = readPickle(await read(handle, entries.get(pickle)!, MAX_PICKLE));
  const storages = new Map<string, StoredEntry>();
  for (const [name, entry] of entries) {
    if (name.startsWith(`${root}data/`)) storages.set(name.slice(`${root}data/`.length), entry);
  }
  return { value, storages };
}

function stateAt(value: Pickled, at: readonly string[]): ReadonlyMap<string, PickledTensor> {
  let state = value;
  for (const key of at) {
    const inner = state instanceof Map ? state.get(key) : undefined;
    if (inner === undefined) throw new BadWeightsError(`The checkpoint has no ${at.join('.')}.`);
    state = inner;
  }
  if (!(state instanceof Map)) throw new BadWeightsError('The checkpoint holds no state dictionary.');
  const tensors = new Map<string, PickledTensor>();
  for (const [name, tensor] of state) {
    if (typeof name === 'string' && isTensor(tensor)) tensors.set(name, tensor);
  }
  return tensors;
}

/** A tensor's numbers in row-major order, whatever its strides are. */
function gather(
  { shape, strides, offset }: PickledTensor,
  { bytes, at }: (typeof READ)[string],
  view: DataView,
): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(shape.reduce((product, d) => product * d, 1));
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = at(view, from * bytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return numbers;
}

async function read(
  handle: FileHandle,
  { start, length }: StoredEntry,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (length > most)
    throw new BadWeightsError('The checkpoint describes itself at a length that we don’t read.');
  return readAt(handle, start, length);
}

function bfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
