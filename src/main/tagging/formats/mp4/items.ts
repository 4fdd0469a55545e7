import { memorySource } from '../../bytes/memory-source.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';
import { type Atom, buildAtom, endOf, payloadOf, readAtoms } from './atoms.ts';
import type { Container } from './layout.ts';

/** One entry of `ilst`. */
export interface Item {
  /** `©gen`, `trkn`, `----` … */
  readonly type: string;
  /** Of `----`: who defined it, and its name; '' otherwise. */
  readonly mean: string;
  readonly name: string;
  readonly data: readonly ItemData[];
  /** The whole atom's bytes; written again only for items that are edited. */
  readonly raw: Buffer;
}

/** A `data` atom: one value. */
export interface ItemData {
  /** Well-known type (QuickTime File Format, "Well-Known Types"): 0 implicit, 1 UTF-8, 2 UTF-16, 21 signed integer. */
  readonly kind: number;
  readonly locale: Buffer;
  readonly value: Buffer;
}

export const UTF8 = 1;
export const IMPLICIT = 0;
export const INTEGER = 21;
const UTF16 = 2;

const NO_LOCALE = Buffer.alloc(4);

/** Takes the entries of `ilst` apart. @throws RefusedError when one's insides don't add up */
export function readItems(source: ByteSource, ilst: Container): Item[] {
  return ilst.atoms.map((atom) => parseItem(Buffer.from(source.read(atom.offset, atom.size))));
}

/** @param raw the whole atom */
export function parseItem(raw: Buffer): Item {
  const source = memorySource(raw);
  const atom = readAtoms(source, 0, raw.length, '“ilst”').atoms[0]!;
  if (!holdsValues(raw, atom)) return { type: atom.type, mean: '', name: '', data: [], raw };
  const { atoms } = readAtoms(source, payloadOf(atom), endOf(atom), `“${atom.type}”`);
  const text = (type: string): string => {
    const found = atom.type === '----' ? atoms.find((child) => child.type === type) : undefined;
    // Version and flags come first.
    return found ? raw.toString('utf8', payloadOf(found) + 4, endOf(found)) : '';
  };
  return {
    type: atom.type,
    mean: text('mean'),
    name: text('name'),
    data: atoms.filter(({ type }) => type === 'data').map((child) => parseData(raw, child)),
    raw,
  };
}

/** Whether an entry starts with one of the atoms that values come in; some software puts other things into `ilst`. */
function holdsValues(raw: Buffer, atom: Atom): boolean {
  const inner = raw.toString('latin1', payloadOf(atom) + 4, payloadOf(atom) + 8);
  return endOf(atom) === payloadOf(atom) || ['data', 'mean', 'name', 'free'].includes(inner);
}

function parseData(raw: Buffer, atom: Atom): ItemData {
  const at = payloadOf(atom);
  if (endOf(atom) - at < 8) throw new RefusedError('A “data” atom of the tags is too short');
  return {
    kind: raw.readUInt32BE(at) & 0xffffff,
    locale: raw.subarray(at + 4, at + 8),
    value: raw.subarray(at + 8, endOf(atom)),
  };
}

/** A value as text; '' for what is not text. Bytes that are not UTF-8 become U+FFFD. */
export function textOfData({ kind, value }: ItemData): string {
  if (kind === UTF8 || kind === IMPLICIT) return value.toString('utf8');
  if (kind !== UTF16) return '';
  const bigEndian =
    value[0] === 0xff && value[1] === 0xfe
      ? value.subarray(2)
      : Buffer.from(value)
          .subarray(0, value.length & ~1)
          .swap16();
  return bigEndian.toString('utf16le').replace(/^\ufeff/, '');
}

const buildData = (kind: number, locale: Buffer, value: Uint8Array): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(kind);
  return buildAtom('data', head, locale, value);
};

/** A new entry of `ilst`. */
export const makeItem = (type: string, kind: number, values: readonly Uint8Array[]): Item =>
  parseItem(buildAtom(type, ...values.map((value) => buildData(kind, NO_LOCALE, value))));

/** A new free-form entry in iTunes' name. */
export const makeFreeForm = (name: string, values: readonly string[]): Item =>
  parseItem(
    buildAtom(
      '----',
      buildAtom('mean', Buffer.alloc(4), Buffer.from(ITUNES)),
      buildAtom('name', Buffer.alloc(4), Buffer.from(name)),
      ...values.map((value) => buildData(UTF8, NO_LOCALE, Buffer.from(value))),
    ),
  );

/** The `mean` of free-form fields that every tagger shares. */
export const ITUNES = 'com.apple.iTunes';

/** The same entry with other values; all that it holds besides values stays, the first one's locale too. */
export function withValues(item: Item, kind: number, values: readonly Uint8Array[]): Item {
  const source = memorySource(item.raw);
  const atom = readAtoms(source, 0, item.raw.length, '“ilst”').atoms[0]!;
  const { atoms, rest } = readAtoms(source, payloadOf(atom), endOf(atom), `“${atom.type}”`);
  const made = values.map((value) => buildData(kind, item.data[0]?.locale ?? NO_LOCALE, value));
  const first = atoms.findIndex(({ type }) => type === 'data');
  const parts = atoms.flatMap((child, index) => {
    if (index === first) return made;
    return child.type === 'data' ? [] : [item.raw.subarray(child.offset, endOf(child))];
  });
  return parseItem(buildAtom(item.type, ...parts, ...(first < 0 ? made : []), item.raw.subarray(rest)));
}
