import { type Matrix, row } from '../lab/matrix.ts';
import { columnMoments, standardise } from '../lab/standardise.ts';

/**
 * Root mean square difference of standardised vectors below which two tracks are one recording in two encodings.
 * Unrelated tracks are 1.4 apart; the same piece as FLAC and as 64 kbit/s is below .15.
 */
const SAME = 0.15;

/** Pairs of rows that are all but equal. */
export function findCopies(vectors: Matrix): [number, number][] {
  const { rows, columns } = vectors;
  if (rows < 2) return [];
  const standard = standardise(vectors, columnMoments(vectors), 5);
  const limit = SAME * SAME * columns;
  const pairs: [number, number][] = [];
  for (let a = 0; a < rows; a++) {
    const first = row(standard, a);
    for (let b = a + 1; b < rows; b++) {
      const second = row(standard, b);
      let distance = 0;
      // Most pairs are told apart by a few columns.
      for (let at = 0; at < columns && distance < limit; at++) distance += (first[at]! - second[at]!) ** 2;
      if (distance < limit) pairs.push([a, b]);
    }
  }
  return pairs;
}
