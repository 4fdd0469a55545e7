import type { Grouping } from './groups.ts';

/** Cells of the grid in which the densest place of a group is looked for, each way. */
const CELLS = 40;
/** Groups with a smaller share of all points get no label. */
const LEAST_SHARE = 0.015;
const MOST = 12;
/** A name is only written where so many of the points around belong to the group: else it would not be so. */
const LEAST_PURITY = 0.4;
/** Cells that names keep apart, so that they can be read. */
const APART = { x: 5, y: 2 };
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
  const all = new Uint32Array(CELLS * CELLS);
  const cells = new Map(wanted.map((group) => [group, new Uint32Array(CELLS * CELLS)]));
  const cellOf = (at: number) =>
    Math.min(CELLS - 1, Math.floor((places[2 * at]! - minX) / wide)) +
    CELLS * Math.min(CELLS - 1, Math.floor((places[2 * at + 1]! - minY) / high));
  for (let at = 0; at < count; at++) {
    const cell = cellOf(at);
    all[cell]!++;
    const own = cells.get(of[at]!);
    if (own) own[cell]!++;
  }
  const written: [column: number, row: number][] = [];
  return wanted.flatMap((group) => {
    const own = cells.get(group)!;
    const cell = densest(own);
    const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
    if (around(own, column, row) < LEAST_PURITY * around(all, column, row)) return [];
    if (written.some(([x, y]) => Math.abs(x - column) < APART.x && Math.abs(y - row) < APART.y)) return [];
    written.push([column, row]);
    return [{ group, x: minX + (column + 0.5) * wide, y: minY + (row + 0.5) * high }];
  });
}

/** Points in a cell and its eight neighbours. */
function around(counts: Uint32Array, column: number, row: number): number {
  let sum = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(CELLS - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(CELLS - 1, column + 1); x++)
      sum += counts[y * CELLS + x]!;
  return sum;
}

/** The cell around which most points are, its eight neighbours counted with it. */
function densest(counts: Uint32Array): number {
  let best = 0;
  let most = -1;
  for (let y = 0; y < CELLS; y++) {
    for (let x = 0; x < CELLS; x++) {
      const sum = around(counts, x, y);
      if (sum <= most) continue;
      most = sum;
      best = y * CELLS + x;
    }
  }
  return best;
}
