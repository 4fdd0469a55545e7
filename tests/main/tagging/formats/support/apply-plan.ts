import { applySplices } from '../../../../../src/main/tagging/bytes/splices.ts';
import type { EditPlan, PageRenumbering, Splice } from '../../../../../src/main/tagging/format.ts';
import { renumberPage } from '../../../../../src/main/tagging/formats/ogg/page.ts';

/** Old bytes with the pages of the renumbering replaced; lengths stay. */
function renumberAll(bytes: Buffer, renumberings: readonly PageRenumbering[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const renumbering of renumberings) {
    for (let at = renumbering.start; at < renumbering.end; ) {
      const segments = copy[at + 26]!;
      let length = 27 + segments;
      for (let index = 0; index < segments; index++) length += copy[at + 27 + index]!;
      renumberPage(copy.subarray(at, at + length), renumbering).copy(copy, at);
      at += length;
    }
  }
  return copy;
}

/** The file that a plan makes. Renumbered ranges lie outside of the splices, so their order does not matter. */
export const applyPlan = (bytes: Buffer, plan: EditPlan): Buffer =>
  applySplices(renumberAll(bytes, plan.renumber ?? []), plan.splices);

/** The plan turned round, as the journal does it: only from its own bytes and those it replaced. */
export function invertPlan(bytes: Buffer, plan: EditPlan): EditPlan {
  let shift = 0;
  // What ends where the range begins comes before it, an insertion too.
  const moved = (offset: number): number =>
    offset +
    plan.splices
      .filter((splice) => splice.offset + splice.length <= offset)
      .reduce((sum, splice) => sum + splice.insert.length - splice.length, 0);
  const splices: Splice[] = plan.splices.map((splice) => {
    const inverse = {
      offset: splice.offset + shift,
      length: splice.insert.length,
      insert: bytes.subarray(splice.offset, splice.offset + splice.length),
    };
    shift += splice.insert.length - splice.length;
    return inverse;
  });
  const renumber = (plan.renumber ?? []).map((range) => ({
    ...range,
    start: moved(range.start),
    end: moved(range.start) + range.end - range.start,
    delta: -range.delta,
  }));
  return { splices, renumber, changes: [], touched: [] };
}
