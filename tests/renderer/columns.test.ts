import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arranged, COLUMNS, MIN_WIDTH } from '../../src/renderer/lib/columns.ts';

describe('arranged', () => {
  it('has every column once, the state first, whatever was kept', () => {
    const ids = COLUMNS.map(({ id }) => id as string);
    const kept = fc.array(
      fc.record({
        id: fc.oneof(fc.constantFrom(...ids), fc.string()),
        width: fc.double({ min: 0, max: 5000, noNaN: true }),
        shown: fc.boolean(),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(kept, (columns) => {
        const found = arranged(columns);
        expect(found.map(({ id }) => id).sort()).toEqual(ids.toSorted());
        expect(found[0]).toMatchObject({ id: 'state', shown: true });
        for (const { width } of found) expect(width).toBeGreaterThanOrEqual(MIN_WIDTH);
      }),
    );
  });

  it('keeps order, width and choice, and puts a new column where it belongs', () => {
    const kept = arranged()
      .filter(({ id }) => id !== 'bpm')
      .toReversed()
      .map(({ id, width }) => ({ id, width: width + 1, shown: id === 'path' }));
    const found = arranged(kept);
    const places = found.map(({ id }) => id);
    expect(places.indexOf('bpm')).toBe(places.indexOf('genre') + 1);
    expect(places.indexOf('path')).toBeLessThan(places.indexOf('title'));
    expect(found.find(({ id }) => id === 'path')).toMatchObject({ width: 321, shown: true });
    expect(found.find(({ id }) => id === 'title')?.shown).toBe(false);
  });
});
