import { BadWeightsError } from '../bad-weights.ts';

/**
 * Reads arrays of float32 from HDF5 files as Keras 1 wrote them: superblock 0, groups by B-tree and symbol table,
 * contiguous or compact data. Anything else (chunks, filters, newer headers, links, other types) is refused by name.
 * No more memory is taken than the file itself has bytes for.
 *
 * Source: HDF5 File Format Specification 3.0, sections II.A, III.A.1, III.B-D, IV.A. Why our own: docs/decisions/0090.
 */
export class Hdf5File {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #root: number;

  /**
   * @param bytes the whole file
   * @throws BadWeightsError where it is no HDF5 file of the kind that we read
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw bad('is not an HDF5 file');
    const fields = this.#take(8, 88);
    if (fields.getUint8(0) !== 0) throw bad('is of a newer kind than we read (superblock)');
    if (fields.getUint8(5) !== 8 || fields.getUint8(6) !== 8) throw bad('has addresses of an unusual size');
    if (this.#number(24) !== 0) throw bad('does not start at its beginning');
    this.#root = this.#number(64);
  }

  /**
   * The numbers of a data set, row by row.
   * @param path names of groups and of the data set, with `/`
   * @param shape that it must have
   * @throws BadWeightsError where it is missing, has another shape or type, does not lie in the file, or holds a
   *   value that is not finite
   */
  float32(path: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
    let header = this.#root;
    for (const name of path.split('/')) header = this.#member(header, name, path);
    const messages = this.#messages(header, path);
    const refused = messages.find(({ type, flags }) => REFUSED.has(type) || flags & SHARED);
    if (refused) throw bad(`stores ${path} in a way that we don’t read (message ${refused.type})`);
    const found = this.#dimensions(one(messages, MESSAGE.dataspace, path), path);
    if (found.length !== shape.length || found.some((d, i) => d !== shape[i])) {
      throw bad(`has ${path} in the shape [${found}] instead of [${shape}]`);
    }
    this.#checkFloat32(one(messages, MESSAGE.datatype, path), path);
    const length = shape.reduce((product, d) => product * d, 4);
    const at = this.#dataAt(one(messages, MESSAGE.layout, path), length, path);
    const data = this.#take(at, length);
    const values = new Float32Array(length / 4);
    for (let i = 0; i < values.length; i++) {
      const value = data.getFloat32(4 * i, true);
      if (!Number.isFinite(value)) throw bad(`has a value in ${path} that is not a finite number`);
      values[i] = value;
    }
    return values;
  }

  /** Address of the object header of a group's member. */
  #member(header: number, name: string, path: string): number {
    const table = this.#messages(header, path).find(({ type }) => type === MESSAGE.symbolTable);
    if (!table) throw bad(`has no ${path}`);
    const { at } = table;
    const heap = this.#number(at + 8);
    this.#signature(heap, 'HEAP');
    const names = this.#number(heap + 24);
    const namesLength = this.#number(heap + 8);
    const encoded = new TextEncoder().encode(`${name}\0`);
    const seen = new Set<number>();
    const nodes = [this.#number(at)];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      if (seen.has(node) || seen.size >= MAX_NODES) throw bad(`has a group around ${path} that has no end`);
      seen.add(node);
      const found = this.#isSymbolNode(node)
        ? this.#searchSymbols(node, names, namesLength, encoded)
        : this.#pushChildren(node, nodes);
      if (found !== undefined) return found;
    }
    throw bad(`has no ${path}`);
  }

  #isSymbolNode(node: number): boolean {
    const text = String.fromCharCode(...this.#bytes.subarray(node, node + 4));
    if (text !== 'SNOD' && text !== 'TREE') throw bad('has a damaged group');
    return text === 'SNOD';
  }

  #searchSymbols(node: number, names: number, namesLength: number, name: Uint8Array): number | undefined {
    const count = this.#take(node, 8).getUint16(6, true);
    for (let i = 0; i < count; i++) {
      const entry = node + 8 + i * SYMBOL_BYTES;
      const nameAt = this.#number(entry);
      if (nameAt + name.length > namesLength) continue;
      this.#take(names + nameAt, name.length);
      if (name.every((byte, k) => this.#bytes[names + nameAt + k] === byte)) return this.#number(entry + 8);
    }
    return undefined;
  }

  #pushChildren(node: number, nodes: number[]): undefined {
    const head = this.#take(node, 24);
    if (head.getUint8(4) !== 0) throw bad('has a damaged group');
    const count = head.getUint16(6, true);
    for (let i = 0; i < count; i++) nodes.push(this.#number(node + 32 + 16 * i));
    return undefined;
  }

  /** The messages of an object header of version 1, those in its continuations too. */
  #messages(header: number, path: string): Message[] {
    const head = this.#take(header, 16);
    if (head.getUint8(0) !== 1) throw bad(`has a header at ${path} that is of a newer kind than we read`);
    const messages: Message[] = [];
    const blocks = [{ at: header + 16, length: head.getUint32(8, true) }];
    for (let block = blocks.shift(); block; block = blocks.shift()) {
      this.#take(block.at, block.length);
      const end = block.at + block.length;
      for (let at = block.at; at + 8 <= end; ) {
        const size = this.#view.getUint16(at + 2, true);
        const message = {
          type: this.#view.getUint16(at, true),
          flags: this.#view.getUint8(at + 4),
          at: at + 8,
          size,
        };
        if (message.at + size > end || messages.length >= MAX_MESSAGES) {
          throw bad(`has a damaged header at ${path}`);
        }
        messages.push(message);
        if (message.type === MESSAGE.continuation) {
          blocks.push({ at: this.#number(message.at), length: this.#number(message.at + 8) });
        }
        at = message.at + size;
      }
    }
    return messages;
  }

  #dimensions({ at, size }: Message, path: string): number[] {
    const head = this.#take(at, Math.max(size, 4));
    const version = head.getUint8(0);
    const rank = head.getUint8(1);
    const first = version === 1 ? 8 : 4;
    if ((version !== 1 && version !== 2) || first + 8 * rank > size)
      throw bad(`has damaged dimensions of ${path}`);
    return Array.from({ length: rank }, (_, i) => this.#number(at + first + 8 * i));
  }

  /** Little-endian IEEE 754 of 32 bits and nothing else. */
  #checkFloat32({ at, size }: Message, path: string): void {
    const type = this.#take(at, size);
    const isFloat =
      size >= 20 &&
      (type.getUint8(0) & 15) === 1 &&
      (type.getUint8(1) & 0x41) === 0 &&
      type.getUint8(2) === 31 &&
      type.getUint32(4, true) === 4 &&
      FLOAT32_LAYOUT.every((byte, i) => type.getUint8(8 + i) === byte);
    if (!isFloat) throw bad(`has ${path} in another type than little-endian float32`);
  }

  #dataAt({ at, size }: Message, length: number, path: string): number {
    const layout = this.#take(at, size);
    if (size >= 18 && layout.getUint8(0) === 3 && layout.getUint8(1) === 1) {
      if (this.#number(at + 10) === length) return this.#number(at + 2);
    } else if (size >= 4 && layout.getUint8(0) === 3 && layout.getUint8(1) === 0) {
      if (layout.getUint16(2, true) === length && 4 + length <= size) return at + 4;
    } else throw bad(`stores ${path} in a way that we don’t read (layout)`);
    throw bad(`has another number of bytes for ${path} than its shape needs`);
  }

  #signature(at: number, text: string): void {
    this.#take(at, 32);
    if (String.fromCharCode(...this.#bytes.subarray(at, at + 4)) !== text) throw bad('has a damaged group');
  }

  /** An unsigned number of 8 bytes: an address or a length. */
  #number(at: number): number {
    const value = this.#take(at, 8).getBigUint64(0, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad('has an address outside of it');
    return Number(value);
  }

  #take(at: number, length: number): DataView {
    if (at + length > this.#bytes.length) throw bad('is cut off, or points outside of itself');
    return new DataView(this.#view.buffer, this.#view.byteOffset + at, length);
  }
}

interface Message {
  readonly type: number;
  readonly flags: number;
  /** Where its data is, and how many bytes. */
  readonly at: number;
  readonly size: number;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MESSAGE = { dataspace: 1, datatype: 3, layout: 8, continuation: 16, symbolTable: 17 } as const;
/** Data in other files, and filters (compression). */
const REFUSED: ReadonlySet<number> = new Set([7, 11]);
/** Flag of a message that is kept elsewhere. */
const SHARED = 2;
const SYMBOL_BYTES = 40;
/** Far above what a net of some hundred arrays has. */
const MAX_NODES = 1000;
const MAX_MESSAGES = 1000;
/** Bit offset, precision, exponent's place and size, mantissa's place and size, exponent bias. */
const FLOAT32_LAYOUT = [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

function one(messages: readonly Message[], type: number, path: string): Message {
  const [found, second] = messages.filter((message) => message.type === type);
  if (!found || second) throw bad(`has a damaged header at ${path}`);
  return found;
}

const bad = (what: string) => new BadWeightsError(`The weights file ${what}.`);
