import type { Task } from '../../../shared/prediction.ts';
import type { Estimate } from '../bootstrap.ts';
import { SEED_TABLE, STATE_OF_THE_ART, seedRowOf } from '../comparable.ts';

/** One figure that was measured. */
export interface Measurement {
  readonly representations: readonly string[];
  readonly task: Task;
  readonly dataset: string;
  readonly score: Estimate;
  readonly n: number;
  /** On the rows that the seed's figures are about. */
  readonly comparable: boolean;
}

/** Our figure in a cell of the table. */
export interface Cell {
  /** Which of ours it is, by its representations. */
  readonly what: string;
  readonly dataset: string;
  readonly score: Estimate;
  readonly n: number;
  readonly comparable: boolean;
}

/** A row of the table: the seed's figures and ours; null is a gap. */
export interface TableRow {
  readonly name: string;
  readonly seed: { readonly genre: number; readonly key: number } | null;
  readonly genre: Cell | null;
  readonly key: Cell | null;
}

/**
 * The seed's table with our figures beside it, then what the seed has no row for. Where several representations of
 * ours belong to one row, that with the best comparable figure stands there, as in the seed the best of the grid does;
 * each of them is in the list of experiments.
 */
export function buildTable(measurements: readonly Measurement[]): TableRow[] {
  const rest = new Set(measurements);
  const rows = SEED_TABLE.map(({ name, genre, key }): TableRow => {
    const own = measurements.filter(
      ({ representations }) => representations.length === 1 && seedRowOf(representations[0]!)?.name === name,
    );
    for (const each of own) rest.delete(each);
    return {
      name,
      seed: { genre, key },
      genre: bestCell(own.filter(({ task }) => task === 'genre')),
      key: bestCell(own.filter(({ task }) => task === 'key')),
    };
  });
  const { name, genre, key } = STATE_OF_THE_ART;
  rows.push({ name, seed: { genre, key }, genre: null, key: null });
  const others = new Map<string, Measurement[]>();
  for (const each of rest) {
    const what = each.representations.join(' + ');
    others.set(what, [...(others.get(what) ?? []), each]);
  }
  for (const [what, own] of [...others].sort(([a], [b]) => (a < b ? -1 : 1))) {
    rows.push({
      name: what,
      seed: null,
      genre: bestCell(own.filter(({ task }) => task === 'genre')),
      key: bestCell(own.filter(({ task }) => task === 'key')),
    });
  }
  return rows;
}

function bestCell(measurements: readonly Measurement[]): Cell | null {
  let best: Measurement | null = null;
  for (const each of measurements) {
    const isBetter =
      !best ||
      Number(each.comparable) > Number(best.comparable) ||
      (each.comparable === best.comparable && each.score.value > best.score.value);
    if (isBetter) best = each;
  }
  if (!best) return null;
  const { representations, dataset, score, n, comparable } = best;
  return { what: representations.join(' + '), dataset, score, n, comparable };
}

/** `.651`, as papers write shares. */
export function shareText(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

/** `.651 [.560, .741]`. */
export function estimateText({ value, low, high }: Estimate): string {
  return `${shareText(value)} [${shareText(low)}, ${shareText(high)}]`;
}
