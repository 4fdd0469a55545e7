import { digest } from '../../bytes/digest.ts';
import { digestOfRange } from '../../bytes/reading.ts';
import type { ByteSource, Unit } from '../../format.ts';
import { type Atom, endOf, payloadOf, readAtoms } from './atoms.ts';
import { itemId } from './edit.ts';
import type { Item } from './items.ts';
import type { Container, Mp4Layout } from './layout.ts';
import {
  cacheFragmentHead,
  hasOffsets,
  offsetFields,
  readOffset,
  readSegmentIndex,
  readTable,
} from './offsets.ts';

/** Room and nothing else: no units. */
const FREE = new Set(['free', 'skip', 'wide']);

/** Where we look inside; everything else is one unit. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  moov: ['trak'],
  trak: ['mdia'],
  mdia: ['minf'],
  minf: ['stbl'],
  moof: ['traf'],
  traf: [],
  mfra: [],
};

/** Turns file positions into what they point at: the same before and after everything was moved. */
class Positions {
  readonly #source: ByteSource;
  readonly #regions: readonly Atom[];
  #last = 0;

  constructor(source: ByteSource, top: readonly Atom[]) {
    this.#source = source;
    this.#regions = top.filter(({ type }) => !FREE.has(type));
  }

  /** Number of the top-level atom (free ones not counted) and the distance from its payload; below 0 see there. */
  locate(position: number): [region: number, distance: number] {
    const holds = (atom: Atom | undefined): boolean =>
      atom !== undefined && position >= atom.offset && position < endOf(atom);
    if (!holds(this.#regions[this.#last])) this.#last = this.#search(position);
    const region = this.#regions[this.#last];
    if (!region || !holds(region)) return [-1, position];
    // Within moov things move against each other: there, what is pointed to has to say enough.
    if (region.type === 'moov')
      return [-2, Buffer.concat([this.#source.read(position, 6), Buffer.alloc(6)]).readUIntBE(0, 6)];
    return [this.#last, position - payloadOf(region)];
  }

  /** The last region that begins at or before the position (0 where none does). */
  #search(position: number): number {
    let low = 0;
    let high = this.#regions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#regions[middle]!.offset <= position) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}

/** All units of the file: entries of `ilst`, other atoms of moov, and what stands beside moov except media. */
export function unitsOf(layout: Mp4Layout, items: readonly Item[]): Unit[] {
  const { source, top, moov } = layout;
  const positions = new Positions(source, top.atoms);
  const units: Unit[] = [];
  for (const atom of top.atoms) {
    if (FREE.has(atom.type) || atom.type === 'mdat' || atom === moov.atom) continue;
    if (atom.type !== 'moof' && atom.type !== 'mfra') units.push(topUnit(source, atom, positions));
    else {
      units.push(...treeUnits(cacheFragmentHead(source, atom), atom, 'MP4/', positions));
    }
  }
  if (top.rest < source.size) units.push(restUnit(source, 'MP4/', top.rest, source.size));
  units.push(
    ...tagUnits(layout, items),
    ...treeUnits(source, moov.atom, 'MP4/', positions, layout.udta?.atom),
  );
  return units;
}

const restUnit = (source: ByteSource, path: string, start: number, end: number): Unit => ({
  id: `${path}(rest)`,
  digest: digestOfRange(source, start, end),
});

function topUnit(source: ByteSource, atom: Atom, positions: Positions): Unit {
  const id = `MP4/${atom.type}`;
  if (atom.type !== 'sidx') return { id, digest: digestOfRange(source, payloadOf(atom), endOf(atom)) };
  const { field, start } = readSegmentIndex(source, atom);
  const head = digestOfRange(source, payloadOf(atom), field.at);
  const rest = digestOfRange(source, field.at + field.width, endOf(atom));
  return { id, digest: digest(head, rest, String(positions.locate(start))) };
}

/** Leaves of an atom; `except` is told of elsewhere. */
function treeUnits(
  source: ByteSource,
  atom: Atom,
  path: string,
  positions: Positions,
  except?: Atom,
): Unit[] {
  const inside = `${path}${atom.type}.`;
  const { atoms, rest } = readAtoms(source, payloadOf(atom), endOf(atom), `“${atom.type}”`);
  const units = atoms.flatMap((child) => {
    if (FREE.has(child.type) || child.offset === except?.offset) return [];
    if (CHILDREN[atom.type]?.includes(child.type)) return treeUnits(source, child, inside, positions);
    return [leafUnit(source, child, inside, positions)];
  });
  return rest < endOf(atom) ? [...units, restUnit(source, inside, rest, endOf(atom))] : units;
}

function leafUnit(source: ByteSource, atom: Atom, path: string, positions: Positions): Unit {
  const id = `${path}${atom.type}`;
  const start = payloadOf(atom);
  // In a `traf`, positions of `saio` count from the fragment and stay as they are.
  const absolute = hasOffsets(atom.type) && !(atom.type === 'saio' && path.endsWith('traf.'));
  if (!absolute) return { id, digest: digestOfRange(source, start, endOf(atom)) };
  const fields = offsetFields(source, atom);
  const table = readTable(source, fields);
  const targets = Buffer.alloc(12 * fields.count);
  for (let index = 0; index < fields.count; index++) {
    const [region, distance] = positions.locate(readOffset(table, fields, index));
    targets.writeInt32LE(region, 12 * index);
    targets.writeDoubleLE(distance, 12 * index + 4);
    table.fill(0, index * fields.stride, index * fields.stride + fields.width);
  }
  const around = [
    digestOfRange(source, start, fields.at),
    digestOfRange(source, fields.at + table.length, endOf(atom)),
  ];
  return { id, digest: digest(...around, table, targets) };
}

/** `udta` and what it holds, entry by entry. */
function tagUnits({ source, udta, meta, ilst }: Mp4Layout, items: readonly Item[]): Unit[] {
  const leaves = (container: Container | undefined, path: string, except: Container | undefined): Unit[] => {
    if (!container) return [];
    const { atoms, rest, atom } = container;
    const units = atoms
      .filter((child) => !FREE.has(child.type) && child.offset !== except?.atom.offset)
      .map((child) => ({
        id: `${path}${child.type}`,
        digest: digestOfRange(source, payloadOf(child), endOf(child)),
      }));
    return rest < endOf(atom) ? [...units, restUnit(source, path, rest, endOf(atom))] : units;
  };
  const path = 'MP4/moov.udta.';
  const version = meta?.atoms[0]
    ? source.read(payloadOf(meta.atom), meta.atoms[0].offset - payloadOf(meta.atom))
    : undefined;
  return [
    ...leaves(udta, path, meta),
    ...(version ? [{ id: `${path}meta.(version)`, digest: digest(version) }] : []),
    ...leaves(meta, `${path}meta.`, ilst),
    ...items.map((item) => ({ id: itemId(item), digest: digest(item.raw) })),
    ...(ilst && ilst.rest < endOf(ilst.atom)
      ? [restUnit(source, `${path}meta.ilst.`, ilst.rest, endOf(ilst.atom))]
      : []),
  ];
}
