import { WindowedSource } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';
import { type Atom, type AtomList, endOf, FILE, payloadOf, readAtoms, withCachedRange } from './atoms.ts';

/** moov holds tables of every sample: some MB for a day of audio, with covers beside. */
const MAX_MOOV = 256 * 1024 * 1024;

/** An atom with children that we look into. */
export interface Container extends AtomList {
  readonly atom: Atom;
}

/** Where things stand in an MP4 file. */
export interface Mp4Layout {
  /** Reads moov from memory. */
  readonly source: ByteSource;
  readonly top: AtomList;
  readonly moov: Container;
  /** moov.udta: the one that holds the tags, or could. */
  readonly udta?: Container;
  /** moov.udta.meta of the handler `mdir` (iTunes metadata). */
  readonly meta?: Container;
  readonly ilst?: Container;
}

/** Atoms that may come first in a file of this family; old QuickTime files have no `ftyp`. */
const FIRST_TYPES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp']);

/** Whether the file begins like an MP4 or QuickTime file. */
export function isMp4(source: ByteSource): boolean {
  const head = source.read(0, 16);
  if (head.length < 8 || !FIRST_TYPES.has(head.toString('latin1', 4, 8))) return false;
  const size = head.readUInt32BE(0);
  return size >= 8 ? size <= source.size : size === 0 || (size === 1 && head.length === 16);
}

/** @throws RefusedError unless there is exactly one (or at most one, for `needed` false) */
function only(list: AtomList, type: string, where: string): Atom | undefined {
  const found = list.atoms.filter((atom) => atom.type === type);
  if (found.length > 1)
    throw new RefusedError(`The file has several atoms “${type}” in ${where}; readers would disagree`);
  return found[0];
}

const open = (source: ByteSource, atom: Atom, skip = 0): Container => ({
  atom,
  ...readAtoms(source, payloadOf(atom) + skip, endOf(atom), `“${atom.type}”`),
});

/**
 * Finds moov and the tags in it.
 * @throws RefusedError for structures that can't be edited safely, compressed moov among them
 */
export function readLayout(original: ByteSource): Mp4Layout {
  const top = readAtoms(new WindowedSource(original), 0, original.size, FILE);
  const moovAtom = only(top, 'moov', FILE);
  if (!moovAtom) throw new RefusedError('The file has no “moov” atom: it is not a playable MP4 file');
  if (moovAtom.size > MAX_MOOV) throw new RefusedError('The “moov” atom is larger than any real one');
  const source = withCachedRange(original, moovAtom.offset, moovAtom.size, '“moov” atom');
  const moov = open(source, moovAtom);
  if (moov.atoms.some(({ type }) => type === 'cmov')) throw new RefusedError('The “moov” atom is compressed');
  const udtas = moov.atoms.filter(({ type }) => type === 'udta').map((atom) => open(source, atom));
  const tagged = udtas.filter(({ atoms }) => atoms.some(({ type }) => type === 'meta'));
  if (tagged.length > 1)
    throw new RefusedError('The file has tags in several “udta” atoms; readers would disagree');
  const udta = tagged[0] ?? udtas[0];
  const metaAtom = udta && only(udta, 'meta', '“udta”');
  if (!udta) return { source, top, moov };
  if (!metaAtom) return { source, top, moov, udta };
  const meta = openMeta(source, metaAtom);
  const ilst = only(meta, 'ilst', '“meta”');
  return { source, top, moov, udta, meta, ...(ilst ? { ilst: open(source, ilst) } : {}) };
}

/**
 * `meta` has four bytes of version and flags in MP4 and none in QuickTime: the handler, which must come first,
 * tells which.
 */
function openMeta(source: ByteSource, atom: Atom): Container {
  const head = source.read(payloadOf(atom), 12);
  const skip =
    head.toString('latin1', 4, 8) === 'hdlr' ? 0 : head.toString('latin1', 8, 12) === 'hdlr' ? 4 : -1;
  if (skip < 0) throw new RefusedError('The “meta” atom does not begin with its handler');
  const meta = open(source, atom, skip);
  const handler = meta.atoms.find(({ type }) => type === 'hdlr');
  if (!handler) throw new RefusedError('The handler of the “meta” atom is damaged');
  const kind = source.read(payloadOf(handler) + 8, 4).toString('latin1');
  if (kind !== 'mdir') {
    throw new RefusedError(
      `The “meta” atom holds metadata of another kind (“${kind}”), where iTunes tags would stand`,
    );
  }
  return meta;
}
