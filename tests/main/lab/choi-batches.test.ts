import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/main/host/places.ts';
import { uniteChoiBatches } from '../../../src/main/lab/choi-batches.ts';
import { readPublishedChoi } from '../../../src/main/lab/gtzan.ts';
import { type Matrix, matrix } from '../../../src/main/lab/matrix.ts';

const shared = join(packageRoot, '..', 'shared');

/**
 * How far the means of the country clips before and after the border between the first two batches (row 256) lie
 * apart, as Welch's t, root mean square over the columns of the first layer: about 1 where the border does not matter.
 */
function step({ columns, data }: Matrix): number {
  let sum = 0;
  for (let column = 0; column < 32; column++) {
    const part = (from: number, to: number) => {
      const values = Array.from({ length: to - from }, (_, i) => data[(from + i) * columns + column]!);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
      return { mean, error: variance / values.length };
    };
    const [before, after] = [part(200, 256), part(256, 300)];
    sum += (before.mean - after.mean) ** 2 / (before.error + after.error);
  }
  return Math.sqrt(sum / 32);
}

describe('uniteChoiBatches', () => {
  it('changes each batch by its own line and refuses anything but the published rows', () => {
    const ones = matrix(1000, 160, new Float64Array(160_000).fill(1));
    const { data } = uniteChoiBatches(ones);
    const at = (row: number) => data[row * 160]!;
    expect(at(0)).toBe(at(255));
    expect(at(256)).not.toBe(at(255));
    expect(at(999)).toBe(at(768));
    expect(() => uniteChoiBatches(matrix(999, 160, new Float64Array(999 * 160)))).toThrow(RangeError);
  });

  it.skipIf(!existsSync(join(shared, 'data/gtzan-features/rows.tsv')))(
    'takes away the step between the published batches (needs ../shared)',
    () => {
      const { vectors } = readPublishedChoi(shared);
      expect(step(vectors)).toBeGreaterThan(6);
      expect(step(uniteChoiBatches(vectors))).toBeLessThan(1.5);
    },
  );
});
