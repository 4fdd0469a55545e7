import { isZero } from '../../bytes/reading.ts';
import type { ByteSource, Splice } from '../../format.ts';
import { type Atom, endOf, payloadOf, resize } from './atoms.ts';
import type { Container, Mp4Layout } from './layout.ts';

/** Larger ones hold something else than room for tags, and reading them would take time. */
const MAX_FREE = 16 * 1024 * 1024;

const isFree = ({ type, toEnd }: Atom): boolean => (type === 'free' || type === 'skip') && !toEnd;

/** Whether this atom can give (or take, for a negative growth) so many bytes. What is not zero is kept. */
function canGive(source: ByteSource, atom: Atom, growth: number): boolean {
  const rest = atom.size - growth;
  return (
    isFree(atom) &&
    (rest === 0 || (rest >= atom.header && rest < 2 ** 32)) &&
    atom.size <= MAX_FREE &&
    isZero(source, payloadOf(atom), endOf(atom))
  );
}

/** The splices that make a free atom `growth` bytes smaller. */
function give(atom: Atom, growth: number): Splice[] {
  if (atom.size === growth) return [{ offset: atom.offset, length: atom.size, insert: Buffer.alloc(0) }];
  const at = payloadOf(atom);
  return [
    ...resize(atom, -growth),
    growth > 0
      ? { offset: at, length: growth, insert: Buffer.alloc(0) }
      : { offset: at, length: 0, insert: Buffer.alloc(-growth) },
  ];
}

export interface Room {
  /** How many of the growing atoms (innermost first) grow; those around the free atom stay as large as they are. */
  readonly growing: number;
  readonly splices: readonly Splice[];
}

/**
 * A free atom in one of the parents, or right behind moov, that takes up the growth, so that nothing behind it
 * moves. The innermost is preferred.
 * @param parents the atoms that would grow, innermost first, moov last; in `ilst` itself nothing is room
 */
export function findRoom(layout: Mp4Layout, parents: readonly Container[], growth: number): Room | undefined {
  for (const [index, parent] of parents.entries()) {
    const free =
      parent.atom.type !== 'ilst'
        ? parent.atoms.findLast((atom) => canGive(layout.source, atom, growth))
        : undefined;
    if (free) return { growing: index, splices: give(free, growth) };
  }
  const behind = layout.top.atoms.find(({ offset }) => offset === endOf(layout.moov.atom));
  if (behind && canGive(layout.source, behind, growth)) {
    return { growing: parents.length, splices: give(behind, growth) };
  }
  return undefined;
}
