import type { Grouping } from './groups.ts';

/** Cells of the grid in which the densest place of a group is looked for, each way. */
const CELLS = 40;
/** Groups with a smaller share of all points get no label. */
const LEAST_SHARE = 0.015;
const MOST = 12;
/** With fewer points each one can be looked at, and a name would say more than is so. */
const FEWEST = 100;

export interface Label {
  readonly group: number;
  readonly x: number;
  readonly y: number;
}

/** Where the names of the large groups are written: in the middle of where most of their points are. */
export function labelsOf(places: Float32Array, { groups, of }: Grouping): Label[] {
  const count = of.length;
  if (count < FEWEST) return [];
  let [minX, minY, maxX, maxY] = [places[0]!, places[1]!, places[0]!, places[1]!];
  for (let at = 0; at < count; at++) {
    minX = Math.min(minX, places[2 * at]!);
    maxX = Math.max(maxX, places[2 * at]!);
    minY = Math.min(minY, places[2 * at + 1]!);
    maxY = Math.max(maxY, places[2 * at + 1]!);
  }
  const wide = (maxX - minX || 1) / CELLS;
  const high = (maxY - minY || 1) / CELLS;
  const wanted = [...groups.keys()]
    .filter((group) => !['none', 'other'].includes(groups[group]!.id))
    .filter((group) => groups[group]!.count >= Math.max(3, LEAST_SHARE * count))
    .sort((a, b) => groups[b]!.count - groups[a]!.count)
    .slice(0, MOST);
  const cells = new Map(wanted.map((group) => [group, new Uint32Array(CELLS * CELLS)]));
  const cellOf = (at: number) =>
    Math.min(CELLS - 1, Math.floor((places[2 * at]! - minX) / wide)) +
    CELLS * Math.min(CELLS - 1, Math.floor((places[2 * at + 1]! - minY) / high));
  for (let at = 0; at < count; at++) {
    const own = cells.get(of[at]!);
    if (own) own[cellOf(at)]!++;
  }
  return wanted.map((group) => {
    const cell = densest(cells.get(group)!);
    return {
      group,
      x: minX + ((cell % CELLS) + 0.5) * wide,
      y: minY + (Math.floor(cell / CELLS) + 0.5) * high,
    };
  });
}

/** The cell around which most points are, its eight neighbours counted with it. */
function densest(counts: Uint32Array): number {
  let best = 0;
  let most = -1;
  for (let y = 0; y < CELLS; y++) {
    for (let x = 0; x < CELLS; x++) {
      let sum = counts[y * CELLS + x]!;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++)
          if (x + dx >= 0 && x + dx < CELLS && y + dy >= 0 && y + dy < CELLS)
            sum += counts[(y + dy) * CELLS + x + dx]!;
      if (sum <= most) continue;
      most = sum;
      best = y * CELLS + x;
    }
  }
  return best;
}
