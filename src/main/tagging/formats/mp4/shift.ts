import { isZero } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, Splice } from '../../format.ts';
import { type Atom, endOf, payloadOf, readAtoms } from './atoms.ts';
import type { Mp4Layout } from './layout.ts';
import { cacheFragmentHead, readSegmentIndex, shiftTable, tablesOfFragment } from './offsets.ts';

/** Top-level atoms that have no file positions in them, or whose positions we know. */
const UNDERSTOOD = new Set([
  ...[
    'ftyp',
    'styp',
    'free',
    'skip',
    'wide',
    'mdat',
    'moov',
    'moof',
    'mfra',
    'sidx',
    'ssix',
    'prft',
    'emsg',
    'pdin',
  ],
  ...['uuid', 'pnot', 'PICT', 'udta'],
]);

/** Where nothing cares where it stands. */
const MOVABLE = new Set(['free', 'skip', 'wide', 'uuid']);

/** Content Credentials: an absolute position, and hashes over the rest of the file. */
const C2PA = 'd8fec3d61b0e483c92975828877ec481';

const TABLES = new Set(['stco', 'co64', 'saio']);

/** Children that lead to the sample tables. */
const LEADS_TO_TABLES: Readonly<Record<string, string>> = {
  moov: 'trak',
  trak: 'mdia',
  mdia: 'minf',
  minf: 'stbl',
};

/** The atoms that are `steps` below each of these by the path to the sample tables. */
function descend(source: ByteSource, atom: Atom): Atom[] {
  const { atoms, rest } = readAtoms(source, payloadOf(atom), endOf(atom), `“${atom.type}”`);
  if (!isZero(source, rest, endOf(atom)))
    throw new RefusedError(`Something that is no atom stands in “${atom.type}”`);
  if (atom.type === 'stbl') return atoms.filter(({ type }) => TABLES.has(type));
  if (atom.type === 'minf') refuseForeignMedia(source, atoms);
  if (atoms.some(({ type }) => type === 'meta') && (atom.type === 'trak' || atom.type === 'moov')) {
    refuseItemLocations(source, atoms);
  }
  return atoms
    .filter(({ type }) => type === LEADS_TO_TABLES[atom.type])
    .flatMap((child) => descend(source, child));
}

/** Chunks in another file have positions of that file. Flag 1 of a data reference: "in this file" (8.7.2). */
function refuseForeignMedia(source: ByteSource, atoms: readonly Atom[]): void {
  for (const dinf of atoms.filter(({ type }) => type === 'dinf')) {
    for (const dref of readAtoms(source, payloadOf(dinf), endOf(dinf), '“dinf”').atoms) {
      if (dref.type !== 'dref') continue;
      for (const entry of readAtoms(source, payloadOf(dref) + 8, endOf(dref), '“dref”').atoms) {
        if ((source.read(payloadOf(entry), 4)[3] ?? 0) % 2 === 0) {
          throw new RefusedError('A track of the file keeps its media in another file');
        }
      }
    }
  }
}

function refuseItemLocations(source: ByteSource, atoms: readonly Atom[]): void {
  for (const meta of atoms.filter(({ type }) => type === 'meta')) {
    const bytes = source.read(meta.offset, meta.size);
    if (bytes.includes('iloc', 0, 'latin1'))
      throw new RefusedError('Metadata items of the file have fixed positions');
  }
}

/** Whether anything behind moov has a position that others refer to. */
export const mustShift = ({ top, moov }: Mp4Layout): boolean =>
  top.atoms.some((atom) => atom.offset > moov.atom.offset && !MOVABLE.has(atom.type));

/**
 * Splices that make every file position right again when all behind moov moves by `delta` bytes.
 * @throws RefusedError where positions may exist that we don't know how to find
 */
export function shiftPositions(layout: Mp4Layout, delta: number): Splice[] {
  const { source, top, moov } = layout;
  for (const atom of top.atoms) {
    if (!UNDERSTOOD.has(atom.type)) {
      throw new RefusedError(
        `The atom “${atom.type}” may hold file positions, which would no longer be right`,
      );
    }
    if (atom.type === 'uuid' && source.read(payloadOf(atom), 16).toString('hex') === C2PA) {
      throw new RefusedError('The file has Content Credentials (C2PA), which an edit would break');
    }
  }
  const gap = { start: moov.atom.offset, end: endOf(moov.atom) };
  return [
    ...descend(source, moov.atom).flatMap((table) => shiftTable(source, table, gap, delta)),
    ...top.atoms.flatMap((atom) => {
      if (atom.type === 'sidx') return shiftIndex(source, atom, gap, delta);
      return atom.type === 'moof' || atom.type === 'mfra' ? shiftFragment(source, atom, gap, delta) : [];
    }),
  ];
}

function shiftFragment(
  original: ByteSource,
  atom: Atom,
  gap: { start: number; end: number },
  delta: number,
): Splice[] {
  const source = cacheFragmentHead(original, atom);
  return tablesOfFragment(source, atom).flatMap((table) => shiftTable(source, table, gap, delta));
}

/** An index counts from its own end: only one that stands before moov and reaches over it has to change. */
function shiftIndex(
  source: ByteSource,
  atom: Atom,
  gap: { start: number; end: number },
  delta: number,
): Splice[] {
  const index = readSegmentIndex(source, atom);
  if (atom.offset > gap.start || index.end <= gap.start) return [];
  if (index.start < gap.end) throw new RefusedError('A segment index describes “moov” as if it were media');
  const moved = index.firstOffset + delta;
  const insert = Buffer.alloc(index.field.width);
  if (index.field.width === 8) insert.writeBigUInt64BE(BigInt(moved));
  else if (moved < 2 ** 32) insert.writeUInt32BE(moved);
  else throw new RefusedError('The segment index would exceed 32 bits (4 GiB)');
  return [{ offset: index.field.at, length: insert.length, insert }];
}
