import type { FieldEdit } from '../../../../shared/tags.ts';
import { spliceList } from '../../bytes/list-splices.ts';
import { growth as growthOf, tidySplices } from '../../bytes/splices.ts';
import type { ByteSource, EditPlan, Splice } from '../../format.ts';
import { buildAtom, endOf, payloadOf, resize } from './atoms.ts';
import { editItems } from './edit.ts';
import { type Item, readItems } from './items.ts';
import { type Container, type Mp4Layout, readLayout } from './layout.ts';
import { findRoom } from './room.ts';
import { correctPositions, mustShift } from './shift.ts';

/** Smallest atom that can fill a gap. */
const SMALLEST = 8;

/** How the tags themselves change, before anything makes up for their new size. */
interface TagChange {
  readonly splices: readonly Splice[];
  /** What grows with it, innermost first, moov last. */
  readonly parents: readonly Container[];
  readonly added: readonly string[];
  /** Where a free atom may be put to fill what became empty; only where `ilst` was there. */
  readonly gapAt?: number;
}

/** Plans an edit of `moov.udta.meta.ilst`. Free space gives or takes room; else all file positions are corrected. */
export function planMp4(original: ByteSource, edits: readonly FieldEdit[]): EditPlan {
  const layout = readLayout(original);
  const items = layout.ilst ? readItems(layout.source, layout.ilst) : [];
  const edit = editItems(items, edits);
  if (edit.touched.length === 0) return { splices: [], changes: [], touched: [] };
  const change = layout.ilst
    ? changeItems(layout, layout.ilst, items, edit.items)
    : addItems(layout, edit.items);
  const resized = [...change.splices, ...makeUp(layout, change)];
  const splices = [...resized, ...correctPositions(layout, resized)];
  return {
    splices: tidySplices(splices, (offset, length) => layout.source.read(offset, length)),
    changes: edit.changes,
    touched: [...edit.touched, ...change.added],
  };
}

/** Splices between the entries that stay: the cover among them never enters the journal. */
function changeItems(
  { meta, udta, moov }: Mp4Layout,
  ilst: Container,
  old: readonly Item[],
  items: readonly Item[],
): TagChange {
  const splices = spliceList(payloadOf(ilst.atom), old, items, ({ raw }) => raw);
  return { splices, parents: [ilst, meta!, udta!, moov], added: [], gapAt: endOf(ilst.atom) };
}

/** A first `ilst`, with as much around it as is missing. */
function addItems({ meta, udta, moov }: Mp4Layout, items: readonly Item[]): TagChange {
  const ilst = buildAtom('ilst', ...items.map(({ raw }) => raw));
  const path = 'MP4/moov.udta.meta';
  // Behind the last atom, before a terminator.
  const insertInto = ({ rest }: Container, atom: Buffer): Splice[] => [
    { offset: rest, length: 0, insert: atom },
  ];
  if (meta && udta) return { splices: insertInto(meta, ilst), parents: [meta, udta, moov], added: [] };
  // Version and flags, predefined, handler type, maker, reserved, an empty name: as iTunes writes it.
  const hdlr = buildAtom('hdlr', Buffer.alloc(8), Buffer.from('mdirappl'), Buffer.alloc(9));
  const newMeta = buildAtom('meta', Buffer.alloc(4), hdlr, ilst);
  const added = [`${path}.hdlr`, `${path}.(version)`];
  if (udta) return { splices: insertInto(udta, newMeta), parents: [udta, moov], added };
  return { splices: insertInto(moov, buildAtom('udta', newMeta)), parents: [moov], added };
}

/** Sizes of the atoms around, and what fills a gap or makes room. */
function makeUp(layout: Mp4Layout, { splices, parents, gapAt }: TagChange): Splice[] {
  const growth = growthOf(splices);
  if (growth === 0) return [];
  const sizes = (count: number): Splice[] =>
    parents.slice(0, count).flatMap(({ atom }) => resize(atom, growth));
  const room = findRoom(layout, parents, growth);
  if (room) return [...sizes(room.growing), ...room.splices];
  if (-growth >= SMALLEST && gapAt !== undefined && mustShift(layout)) {
    return [
      ...sizes(1),
      { offset: gapAt, length: 0, insert: buildAtom('free', Buffer.alloc(-growth - SMALLEST)) },
    ];
  }
  return sizes(parents.length);
}
