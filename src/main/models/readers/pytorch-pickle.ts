import { BadWeightsError } from '../bad-weights.ts';

/**
 * A closed interpreter of pickle, for what `torch.save` writes of a checkpoint: dictionaries, lists, plain values and
 * tensors. Nothing in the file is called. The few constructors that occur in checkpoints are known by name, and each
 * makes a value of ours; any other name is refused, whether it would be called or not.
 *
 * Opcodes: Python's Lib/pickletools.py (protocols 2 to 5).
 */

/** Where a tensor's numbers lie: torch's persistent id `('storage', type, key, location, numel)`. */
export interface PickledStorage {
  readonly kind: 'storage';
  readonly type: string;
  readonly key: string;
  readonly elements: number;
}

/** What `torch._utils._rebuild_tensor_v2` would make. Sizes are checked against one another, not against a file. */
export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storage: PickledStorage;
  /** In elements, as `strides`. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Something that a checkpoint may hold beside tensors and that we have no use for, as NumPy's numbers. */
interface Ignored {
  readonly kind: 'ignored';
}

interface GlobalName {
  readonly kind: 'global';
  readonly name: string;
}

export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickledTensor
  | PickledStorage
  | Ignored
  | GlobalName
  | Pickled[]
  | Map<Pickled, Pickled>;

/** Constructors that are known. `ignored` ones leave a value that nothing can be done with. */
const CONSTRUCTORS: ReadonlyMap<string, 'dict' | 'tensor' | 'parameter' | 'ignored'> = new Map([
  ['collections.OrderedDict', 'dict'],
  ['torch._utils._rebuild_tensor_v2', 'tensor'],
  ['torch._utils._rebuild_parameter', 'parameter'],
  ['numpy.core.multiarray.scalar', 'ignored'],
  ['numpy._core.multiarray.scalar', 'ignored'],
  ['numpy.dtype', 'ignored'],
  ['_codecs.encode', 'ignored'],
]);

const STORAGE = /^torch\.(Float|Half|BFloat16|Double|Long|Int|Short|Char|Byte|Bool)Storage$/;
const KEY = /^\w{1,40}$/;
/** More numbers than the largest model that we know of has. */
const MAX_ELEMENTS = 2 ** 34;
const MAX_DIMENSIONS = 8;

const MARK = Symbol('mark');
type Slot = Pickled | typeof MARK;

/** What a pickle held, and where it ended: old checkpoints have several, one after the other. */
export interface PickleResult {
  readonly value: Pickled;
  readonly end: number;
  /** Every storage that is mentioned, by key. */
  readonly storages: ReadonlyMap<string, PickledStorage>;
}

/**
 * Reads one pickle. Takes memory in proportion to its length.
 * @param bytes starts with the pickle; may go on after it
 * @throws BadWeightsError where it is cut off, contradicts itself, or asks for anything that is no part of a checkpoint
 */
export function readPickle(bytes: Uint8Array): PickleResult {
  return new Machine(bytes).run();
}

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, Pickled>();
  readonly #storages = new Map<string, PickledStorage>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleResult {
    for (;;) {
      const opcode = this.#byte();
      if (opcode === 0x2e /* STOP */) return this.#result();
      this.#step(opcode);
    }
  }

  #result(): PickleResult {
    return { value: this.#pop(), end: this.#at, storages: this.#storages };
  }

  /** Two tensors may share a storage, but not differ about what it is. */
  #storage(id: Pickled): PickledStorage {
    const storage = storageOf(id);
    const known = this.#storages.get(storage.key);
    if (known && (known.type !== storage.type || known.elements !== storage.elements)) {
      throw bad('contradicts itself about where tensors lie');
    }
    this.#storages.set(storage.key, storage);
    return storage;
  }

  #step(opcode: number): undefined {
    switch (opcode) {
      case 0x80: // PROTO
        if (this.#byte() > 5) throw bad('is of a protocol that we don’t know');
        return;
      case 0x95: // FRAME: only says how much follows
        this.#take(8);
        return;
      case 0x28: // MARK
        this.#stack.push(MARK);
        return;
      case 0x30: // POP
        if (this.#stack.pop() === undefined) throw bad('takes from an empty stack');
        return;
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(this.#byte());
      case 0x4d: // BININT2
        return this.#push(this.#view.getUint16(this.#take(2), true));
      case 0x4a: // BININT
        return this.#push(this.#view.getInt32(this.#take(4), true));
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#byte()));
      case 0x47: // BINFLOAT
        return this.#push(this.#view.getFloat64(this.#take(8), false));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#text(this.#byte()));
      case 0x58: // BINUNICODE
        return this.#push(this.#text(this.#uint32()));
      case 0x55: // SHORT_BINSTRING, what Python 2 wrote
        return this.#push(this.#text(this.#byte()));
      case 0x43: // SHORT_BINBYTES
        return this.#push(this.#slice(this.#byte()));
      case 0x42: // BINBYTES
        return this.#push(this.#slice(this.#uint32()));
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        return this.#push([]);
      case 0x7d: // EMPTY_DICT
        return this.#push(new Map());
      case 0x85: // TUPLE1, 2, 3
      case 0x86:
      case 0x87:
        return this.#push(this.#popSeveral(opcode - 0x84));
      case 0x74: // TUPLE
        return this.#push(this.#popToMark());
      case 0x61: // APPEND
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS
        return this.#append(this.#popToMark());
      case 0x73: // SETITEM
        return this.#setItems(this.#popSeveral(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popToMark());
      case 0x71: // BINPUT
        return this.#put(this.#byte());
      case 0x72: // LONG_BINPUT
        return this.#put(this.#uint32());
      case 0x94: // MEMOIZE
        return this.#put(this.#memo.size);
      case 0x68: // BINGET
        return this.#get(this.#byte());
      case 0x6a: // LONG_BINGET
        return this.#get(this.#uint32());
      case 0x63: // GLOBAL
        return this.#push(globalName(this.#line(), this.#line()));
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popSeveral(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw bad('names something by no text');
        return this.#push(globalName(module, name));
      }
      case 0x51: // BINPERSID
        return this.#push(this.#storage(this.#pop()));
      case 0x52: // REDUCE
        return this.#reduce();
      case 0x62: // BUILD: the state of an object; the dictionaries that we know have none that matters
        this.#pop();
        if (!(this.#top() instanceof Map || isKind(this.#top(), 'ignored')))
          throw bad('sets the state of an object');
        return;
      default:
        throw bad(`holds the instruction 0x${opcode.toString(16)}, which no checkpoint needs`);
    }
  }

  #reduce(): undefined {
    const [callable, args] = this.#popSeveral(2);
    if (!isKind(callable, 'global') || !Array.isArray(args))
      throw bad('calls something that is no constructor');
    switch (CONSTRUCTORS.get(callable.name)) {
      case 'dict':
        if (args.length > 0) throw bad('makes a dictionary in a way that torch does not');
        return this.#push(new Map());
      case 'tensor':
        return this.#push(tensorOf(args));
      case 'parameter':
        if (!isKind(args[0], 'tensor')) throw bad('makes a parameter of something that is no tensor');
        return this.#push(args[0]);
      case 'ignored':
        return this.#push({ kind: 'ignored' });
      default:
        throw bad(`calls ${callable.name}`);
    }
  }

  #append(items: readonly Pickled[]): undefined {
    const list = this.#top();
    if (!Array.isArray(list)) throw bad('appends to something that is no list');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly Pickled[]): undefined {
    const dict = this.#top();
    if (!(dict instanceof Map) || items.length % 2 !== 0)
      throw bad('sets items of something that is no dictionary');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
  }

  #push(value: Pickled): undefined {
    this.#stack.push(value);
  }

  #pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw bad('takes from an empty stack');
    return value;
  }

  #top(): Pickled {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw bad('looks at an empty stack');
    return value;
  }

  #popSeveral(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popToMark(): Pickled[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) throw bad('has no mark where it needs one');
    const items = this.#stack.splice(from) as Pickled[];
    items.shift();
    return items;
  }

  #put(index: number): undefined {
    this.#memo.set(index, this.#top());
  }

  #get(index: number): undefined {
    const value = this.#memo.get(index);
    if (value === undefined) throw bad('recalls what it never kept');
    this.#push(value);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw bad('is cut off');
    this.#at += count;
    return at;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A little-endian two's complement number; those of more than eight bytes only occur as a magic number. */
  #long(length: number): number {
    const at = this.#take(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.#bytes[at + i]!) << BigInt(8 * i);
    return Number(length > 0 ? BigInt.asIntN(8 * length, value) : 0n);
  }

  #slice(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#slice(length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0 || end - this.#at > 200) throw bad('names something without an end');
    const text = this.#text(end - this.#at);
    this.#take(1);
    return text;
  }
}

function globalName(module: string, name: string): GlobalName {
  const full = `${module}.${name}`;
  if (!CONSTRUCTORS.has(full) && !STORAGE.test(full)) {
    throw bad(`asks for ${JSON.stringify(full.slice(0, 80))}, which is no part of a checkpoint`);
  }
  return { kind: 'global', name: full };
}

function storageOf(id: Pickled): PickledStorage {
  if (!Array.isArray(id)) throw bad('has a tensor without a place');
  // Old checkpoints have a sixth part, a view of another storage; torch has long written none.
  const [tag, type, key, , elements, view] = id;
  const known =
    tag === 'storage' &&
    isKind(type, 'global') &&
    STORAGE.test(type.name) &&
    typeof key === 'string' &&
    KEY.test(key) &&
    isCount(elements) &&
    (view ?? null) === null;
  if (!known) throw bad('has a tensor whose place is not understood');
  return { kind: 'storage', type: type.name.slice('torch.'.length, -'Storage'.length), key, elements };
}

function tensorOf([storage, offset, shape, strides]: readonly (Pickled | undefined)[]): PickledTensor {
  if (!isKind(storage, 'storage') || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
    throw bad('has a tensor that is not understood');
  }
  if (shape.length > MAX_DIMENSIONS || shape.length !== strides.length) {
    throw bad('has a tensor whose shape and strides differ');
  }
  const elements = shape.reduce((product, d) => product * d, 1);
  const last = elements === 0 ? offset : 1 + shape.reduce((at, d, i) => at + (d - 1) * strides[i]!, offset);
  // The first bound keeps a tensor from being larger than what is stored of it (strides of 0 repeat a number).
  if (elements > storage.elements || last > storage.elements) {
    throw bad(`has a tensor of shape [${shape.join(', ')}] that reaches beyond what is stored of it`);
  }
  return { kind: 'tensor', storage, offset, shape: [...shape], strides: [...strides] };
}

const isCount = (value: Pickled | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ELEMENTS;

const isCounts = (value: Pickled | undefined): value is number[] =>
  Array.isArray(value) && value.every(isCount);

type Kinds = PickledTensor | PickledStorage | Ignored | GlobalName;

function isKind<K extends Kinds['kind']>(
  value: Pickled | undefined,
  kind: K,
): value is Extract<Kinds, { kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** Whether a value is a tensor. */
export const isTensor = (value: Pickled | undefined): value is PickledTensor => isKind(value, 'tensor');

function bad(what: string): BadWeightsError {
  return new BadWeightsError(`The checkpoint ${what}. It was not written by torch.save, or it is damaged.`);
}
