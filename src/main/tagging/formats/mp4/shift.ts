import { isZero } from '../../bytes/reading.ts';
import { growth } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, Splice } from '../../format.ts';
import { type Atom, type AtomList, endOf, payloadOf, readAtoms } from './atoms.ts';
import type { Mp4Layout } from './layout.ts';
import {
  cacheFragmentHead,
  type Move,
  moveOf,
  moveTable,
  readSegmentIndex,
  tablesOfFragment,
} from './offsets.ts';

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

/** The sample tables with file positions. `strict` refuses what may hide others. */
function sampleTables(source: ByteSource, atom: Atom, strict: boolean): Atom[] {
  const { atoms, rest } = readAtoms(source, payloadOf(atom), endOf(atom), `“${atom.type}”`);
  if (strict) refuseHidden(source, atom, { atoms, rest });
  if (atom.type === 'stbl') return atoms.filter(({ type }) => TABLES.has(type));
  return atoms
    .filter(({ type }) => type === LEADS_TO_TABLES[atom.type])
    .flatMap((child) => sampleTables(source, child, strict));
}

function refuseHidden(source: ByteSource, atom: Atom, { atoms, rest }: AtomList): void {
  if (!isZero(source, rest, endOf(atom))) {
    throw new RefusedError(`Something that is no atom stands in “${atom.type}”`);
  }
  if (atom.type === 'minf') refuseForeignMedia(source, atoms);
  if (atom.type === 'trak' || atom.type === 'moov') refuseItemLocations(source, atoms);
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
 * Splices that make every file position right again after these. Even where nothing behind moov moves, positions may
 * point into moov (encryption data does, by `saio`).
 * @throws RefusedError where positions may exist that we don't know how to find
 */
export function correctPositions(layout: Mp4Layout, splices: readonly Splice[]): Splice[] {
  const { source, top, moov } = layout;
  if (splices.every(({ length, insert }) => length === insert.length)) return [];
  const move = moveOf(splices);
  const everywhere = growth(splices) !== 0 && mustShift(layout);
  if (everywhere) refuseUnknown(layout);
  const tables = sampleTables(source, moov.atom, everywhere).flatMap((table) =>
    moveTable(source, table, move),
  );
  if (!everywhere) return tables;
  return [
    ...tables,
    ...top.atoms.flatMap((atom) => {
      if (atom.type === 'sidx') return moveIndex(source, atom, move);
      return atom.type === 'moof' || atom.type === 'mfra' ? moveFragment(source, atom, move) : [];
    }),
  ];
}

function refuseUnknown({ source, top }: Mp4Layout): void {
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
}

function moveFragment(original: ByteSource, atom: Atom, move: Move): Splice[] {
  const source = cacheFragmentHead(original, atom);
  return tablesOfFragment(source, atom).flatMap((table) => moveTable(source, table, move));
}

/** An index counts from its own end: only one that stands before moov and reaches over it has to change. */
function moveIndex(source: ByteSource, atom: Atom, move: Move): Splice[] {
  const index = readSegmentIndex(source, atom);
  const [anchor, start, end] = [move(endOf(atom)), move(index.start), move(index.end)];
  if (
    anchor === undefined ||
    start === undefined ||
    end === undefined ||
    end - start !== index.end - index.start
  ) {
    throw new RefusedError('A segment index describes “moov” as if it were media');
  }
  const first = start - anchor;
  if (first === index.firstOffset) return [];
  const insert = Buffer.alloc(index.field.width);
  if (index.field.width === 8) insert.writeBigUInt64BE(BigInt(first));
  else if (first < 2 ** 32) insert.writeUInt32BE(first);
  else throw new RefusedError('The segment index would exceed 32 bits (4 GiB)');
  return [{ offset: index.field.at, length: insert.length, insert }];
}
