import { readExactly } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, Splice } from '../../format.ts';

/** An atom (ISO 14496-12: box). Offsets are in the file. */
export interface Atom {
  /** Four bytes as Latin-1. */
  readonly type: string;
  readonly offset: number;
  readonly size: number;
  /** Bytes before the payload: 8, or 16 with a 64-bit size. */
  readonly header: number;
  /** Size 0 in the file: the atom reaches to the end of it, and its size field never changes. */
  readonly toEnd: boolean;
}

/** What {@link readAtoms} calls the whole file: there, the last atom may reach to the end. */
export const FILE = 'the file';

export interface AtomList {
  readonly atoms: readonly Atom[];
  /** Where what follows the last atom begins (a terminator, junk); `end` when nothing does. */
  readonly rest: number;
}

/** A file of empty atoms must not keep us for hours; long fragmented films have some ten thousand. */
const MAX_ATOMS = 200_000;

export const endOf = (atom: Atom): number => atom.offset + atom.size;
export const payloadOf = (atom: Atom): number => atom.offset + atom.header;

/** Letters, digits, spaces and what QuickTime and iTunes use besides: what a type can look like. */
const isType = (type: string): boolean => /^[\x20-\x7e\xa9]{4}$/.test(type);

/** Reads one atom's header; `undefined` where no atom can be. Only in the file itself may one reach to the end. */
function readAtom(source: ByteSource, offset: number, end: number, inFile: boolean): Atom | undefined {
  const head = source.read(offset, 16);
  if (head.length < 8 || end - offset < 8) return undefined;
  const type = head.toString('latin1', 4, 8);
  const size32 = head.readUInt32BE(0);
  const header = size32 === 1 ? 16 : 8;
  if (size32 === 0 && (!inFile || !isType(type))) return undefined;
  if (size32 === 1 && head.length < 16) return undefined;
  const size = size32 === 1 ? Number(head.readBigUInt64BE(8)) : size32 === 0 ? end - offset : size32;
  return { type, offset, size, header, toEnd: size32 === 0 };
}

/**
 * The atoms between `start` and `end`. A few bytes that can't be an atom may follow (QuickTime ends a list by a
 * zero word); an atom that is larger than what it is in is not accepted.
 * @param where names the parent in messages
 * @throws RefusedError
 */
export function readAtoms(source: ByteSource, start: number, end: number, where: string): AtomList {
  const atoms: Atom[] = [];
  let at = start;
  while (at < end) {
    const atom = readAtom(source, at, end, where === FILE);
    if (!atom || (!isType(atom.type) && atom.size < 8)) break;
    if (atom.size < atom.header || endOf(atom) > end) {
      if (!isType(atom.type) && atoms.length > 0) break;
      throw new RefusedError(
        where === FILE
          ? `The atom “${atom.type}” does not end inside the file, which looks cut short`
          : `The atom “${atom.type}” is larger than ${where}, which it is in`,
      );
    }
    atoms.push(atom);
    if (atoms.length > MAX_ATOMS) throw new RefusedError(`More atoms in ${where} than any real file has`);
    at = endOf(atom);
  }
  return { atoms, rest: at };
}

/** A whole atom with a 32-bit size. */
export function buildAtom(type: string, ...payload: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(payload);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/**
 * The splice that makes an atom's size field say `growth` more; none for an atom that reaches to the end.
 * @throws RefusedError when the field would overflow
 */
export function resize(atom: Atom, growth: number): Splice[] {
  if (atom.toEnd || growth === 0) return [];
  const size = atom.size + growth;
  const insert = Buffer.alloc(atom.header === 16 ? 8 : 4);
  if (atom.header === 16) insert.writeBigUInt64BE(BigInt(size));
  else if (size < 2 ** 32) insert.writeUInt32BE(size);
  else throw new RefusedError(`The atom “${atom.type}” would exceed 4 GiB`);
  return [{ offset: atom.offset + (atom.header === 16 ? 8 : 0), length: insert.length, insert }];
}

/** A source that holds one range in memory, for structures that are visited here and there. */
export function withCachedRange(source: ByteSource, start: number, length: number, what: string): ByteSource {
  const cached = readExactly(source, start, length, what);
  return {
    size: source.size,
    read: (offset, wanted) =>
      offset >= start && offset + wanted <= start + length
        ? cached.subarray(offset - start, offset - start + wanted)
        : source.read(offset, wanted),
  };
}
