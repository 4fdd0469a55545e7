import { RefusedError } from '../../errors.ts';
import type { ByteSource, Splice } from '../../format.ts';
import { type Atom, endOf, payloadOf, readAtoms, withCachedRange } from './atoms.ts';

/** A run of absolute file positions inside an atom: `count` big-endian numbers, `stride` bytes apart. */
export interface OffsetFields {
  readonly at: number;
  readonly count: number;
  readonly stride: number;
  readonly width: 4 | 8;
}

/** Atoms that hold file positions, by type, and where in their payload (ISO 14496-12). */
const LOCATE: Readonly<Record<string, (payload: Buffer) => Omit<OffsetFields, 'at'> & { from: number }>> = {
  // 8.7.5: version and flags, count, positions of chunks.
  stco: (payload) => ({ from: 8, count: payload.readUInt32BE(4), stride: 4, width: 4 }),
  co64: (payload) => ({ from: 8, count: payload.readUInt32BE(4), stride: 8, width: 8 }),
  // 8.7.9: flag 1 puts eight bytes of type in front of the count. In `stbl` the positions are absolute.
  saio: (payload) => {
    const width = payload[0] === 0 ? 4 : 8;
    const from = payload[3]! & 1 ? 16 : 8;
    return { from, count: payload.readUInt32BE(from - 4), stride: width, width };
  },
  // 8.8.7: base_data_offset stands behind track_ID, if flag 1 says so.
  tfhd: (payload) => ({ from: 8, count: payload[3]! & 1, stride: 8, width: 8 }),
  // 8.8.10: time and position of each moof, then three numbers of 1 to 4 bytes.
  tfra: (payload) => {
    const width = payload[0] === 1 ? 8 : 4;
    const lengths = payload.readUInt32BE(8);
    const rest = ((lengths >> 4) & 3) + ((lengths >> 2) & 3) + (lengths & 3) + 3;
    return { from: 16 + width, count: payload.readUInt32BE(12), stride: 2 * width + rest, width };
  },
};

export const hasOffsets = (type: string): boolean => type in LOCATE;

/**
 * Where an atom's file positions stand.
 * @throws RefusedError when its count does not fit its size
 */
export function offsetFields(source: ByteSource, atom: Atom): OffsetFields {
  const start = payloadOf(atom);
  // Twenty bytes hold all that the rules above look at.
  const payload = source.read(start, Math.min(20, atom.size - atom.header));
  try {
    const { from, ...fields } = LOCATE[atom.type]!(payload);
    const end = start + from + (fields.count - 1) * fields.stride + fields.width;
    if (fields.count > 0 && end > endOf(atom)) throw new RangeError('count too large');
    return { at: start + from, ...fields };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RefusedError(`The table “${atom.type}” is shorter than it says`, { cause: error });
  }
}

/** One position among the fields. `table` is what was read from `fields.at` on. */
export const readOffset = (table: Buffer, fields: OffsetFields, index: number): number => {
  const at = index * fields.stride;
  return fields.width === 4 ? table.readUInt32BE(at) : Number(table.readBigUInt64BE(at));
};

/** The bytes from the first position to the end of the last. */
export const readTable = (source: ByteSource, fields: OffsetFields): Buffer =>
  Buffer.from(
    fields.count === 0 ? [] : source.read(fields.at, (fields.count - 1) * fields.stride + fields.width),
  );

/** Where a byte of the old file stands in the new one; `undefined` for one that is removed. */
export type Move = (position: number) => number | undefined;

/** The move that splices make. Those that change no length move nothing, whatever they write. */
export function moveOf(splices: readonly Splice[]): Move {
  const steps = splices
    .filter(({ length, insert }) => length !== insert.length)
    .toSorted((left, right) => left.offset - right.offset);
  return (position) => {
    let moved = position;
    for (const { offset, length, insert } of steps) {
      if (offset + length > position) return offset <= position ? undefined : moved;
      moved += insert.length - length;
    }
    return moved;
  };
}

/**
 * Makes every position in a table right again.
 * @throws RefusedError when a position is in what is removed, outside of the file, or would no longer fit its field
 */
export function moveTable(source: ByteSource, atom: Atom, move: Move): Splice[] {
  const fields = offsetFields(source, atom);
  const table = readTable(source, fields);
  for (let index = 0; index < fields.count; index++) {
    const old = readOffset(table, fields, index);
    const moved = move(old);
    if (moved === old) continue;
    if (moved === undefined || old > source.size) {
      throw new RefusedError(`The table “${atom.type}” points to where no media can be (byte ${old})`);
    }
    const at = index * fields.stride;
    if (fields.width === 8) table.writeBigUInt64BE(BigInt(moved), at);
    else if (moved < 2 ** 32) table.writeUInt32BE(moved, at);
    else throw new RefusedError(`The positions in “${atom.type}” would exceed 32 bits (4 GiB)`);
  }
  return table.length === 0 ? [] : [{ offset: fields.at, length: table.length, insert: table }];
}

/** Fragments' heads hold tables of some seconds or minutes. */
const MAX_FRAGMENT_HEAD = 64 * 1024 * 1024;

/** A `moof` or `mfra`, read into memory. @throws RefusedError when it is larger than any real one */
export function cacheFragmentHead(source: ByteSource, atom: Atom): ByteSource {
  if (atom.size > MAX_FRAGMENT_HEAD)
    throw new RefusedError(`The atom “${atom.type}” is larger than any real one`);
  return withCachedRange(source, atom.offset, atom.size, `“${atom.type}” atom`);
}

/** The atoms in a `moof` or `mfra` (and in its `traf`s) that hold file positions. */
export function tablesOfFragment(source: ByteSource, parent: Atom): Atom[] {
  const { atoms } = readAtoms(source, payloadOf(parent), endOf(parent), `“${parent.type}”`);
  return atoms.flatMap((atom) => {
    if (parent.type === 'moof' && atom.type === 'traf') return tablesOfFragment(source, atom);
    return (parent.type === 'mfra' && atom.type === 'tfra') ||
      (parent.type === 'traf' && atom.type === 'tfhd')
      ? [atom]
      : [];
  });
}

/** A segment index's reach: from where it counts, and the bytes that it covers (ISO 14496-12, 8.16.3). */
export interface SegmentIndex {
  /** Where `first_offset` stands, and how wide it is. */
  readonly field: { readonly at: number; readonly width: 4 | 8 };
  readonly firstOffset: number;
  /** Old file positions that the index describes. */
  readonly start: number;
  readonly end: number;
}

/** @throws RefusedError when the index is shorter than it says */
export function readSegmentIndex(source: ByteSource, atom: Atom): SegmentIndex {
  const at = payloadOf(atom);
  // The count has 16 bits: more than 1 MiB is never needed.
  const payload = source.read(at, Math.min(1 << 20, atom.size - atom.header));
  const width = payload[0] === 0 ? 4 : 8;
  const from = 12 + width;
  const count = payload.length >= from + width + 4 ? payload.readUInt16BE(from + width + 2) : 0;
  if (payload.length < from + width + 4 + 12 * count)
    throw new RefusedError('The segment index is shorter than it says');
  const firstOffset = width === 4 ? payload.readUInt32BE(from) : Number(payload.readBigUInt64BE(from));
  const start = endOf(atom) + firstOffset;
  let end = start;
  for (let index = 0; index < count; index++) {
    end += payload.readUInt32BE(from + width + 4 + 12 * index) & 0x7fffffff;
  }
  return { field: { at: at + from, width }, firstOffset, start, end };
}
