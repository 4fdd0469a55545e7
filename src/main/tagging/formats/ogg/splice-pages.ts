import { tidySplices } from '../../bytes/splices.ts';
import type { Splice } from '../../format.ts';
import type { HeaderPage } from './headers.ts';
import { buildPage, headerLength } from './page.ts';

/** A stretch of the new bodies: a copy of old bytes from `from` on (offsets in the old bodies), or new ones. */
type Piece = { readonly from: number; readonly length: number } | { readonly insert: Uint8Array };

/** The new bodies as copies and insertions, in order. `total` is the length of the old ones. */
function piecesOf(splices: readonly Splice[], total: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { offset, length, insert } of splices) {
    pieces.push({ from: at, length: offset - at }, { insert });
    at = offset + length;
  }
  return [...pieces, { from: at, length: total - at }];
}

/** Takes stretches of the given lengths from the pieces, one after the other. */
class PieceReader {
  readonly #pieces: Piece[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces.toReversed();
  }

  take(length: number): Piece[] {
    const taken: Piece[] = [];
    for (let left = length; left > 0; ) {
      const piece = this.#pieces.pop()!;
      const size = 'insert' in piece ? piece.insert.length : piece.length;
      const count = Math.min(left, size);
      if ('insert' in piece) taken.push({ insert: piece.insert.subarray(0, count) });
      else taken.push({ from: piece.from, length: count });
      if (count < size) {
        this.#pieces.push(
          'insert' in piece
            ? { insert: piece.insert.subarray(count) }
            : { from: piece.from + count, length: size - count },
        );
      }
      left -= count;
    }
    return taken;
  }
}

/**
 * Splices that turn old pages into new ones. When a comment grows by some bytes, all that follows it moves from page
 * to page by these few: only they, and the headers, enter the splices, not the covers that move.
 * @param changes what changes in the bodies, laid end to end
 * @param pages the new pages, whole
 */
export function splicePages(
  old: readonly HeaderPage[],
  pages: readonly Buffer[],
  changes: readonly Splice[],
): Splice[] {
  const bodies = Buffer.concat(old.map(({ body }) => body));
  const reader = new PieceReader(piecesOf(changes, bodies.length));
  const oldBytes = new Map<number, Uint8Array>();
  const splices: Splice[] = [];
  const replace = (offset: number, before: Uint8Array, insert: Uint8Array): void => {
    if (before.length > 0) oldBytes.set(offset, before);
    splices.push({ offset, length: before.length, insert });
  };
  let start = 0;
  for (const [index, page] of old.entries()) {
    const fresh = pages[index] ?? Buffer.alloc(0);
    const split = fresh.length > 0 ? 27 + fresh[26]! : 0;
    const bodyAt = page.offset + headerLength(page);
    const end = start + page.body.length;
    replace(
      page.offset,
      buildPage(page, page.body).subarray(0, headerLength(page)),
      fresh.subarray(0, split),
    );
    let at = start;
    let pending: Uint8Array[] = [];
    const upTo = (position: number): void => {
      replace(bodyAt + at - start, bodies.subarray(at, position), Buffer.concat(pending));
      pending = [];
      at = position;
    };
    for (const piece of reader.take(fresh.length - split)) {
      if ('insert' in piece) {
        pending.push(piece.insert);
        continue;
      }
      // What of the copy stands on this page already stays where it is.
      const stays = Math.max(piece.from, at);
      const leaves = Math.min(piece.from + piece.length, end);
      if (stays >= leaves) {
        pending.push(bodies.subarray(piece.from, piece.from + piece.length));
        continue;
      }
      pending.push(bodies.subarray(piece.from, stays));
      upTo(stays);
      at = leaves;
      pending.push(bodies.subarray(leaves, piece.from + piece.length));
    }
    upTo(end);
    start = end;
  }
  const last = old.at(-1)!;
  const more = pages.slice(old.length);
  const tidy = tidySplices(splices, (offset, length) =>
    length === 0 ? Buffer.alloc(0) : oldBytes.get(offset)!,
  );
  if (more.length === 0) return tidy;
  return [...tidy, { offset: last.offset + last.length, length: 0, insert: Buffer.concat(more) }];
}
