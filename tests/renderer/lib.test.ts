import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HEIGHT, scrollTopFor, viewportOf } from '../../src/renderer/lib/viewport.ts';
import { segment } from '../../src/renderer/lib/wheel.ts';

const ROW = 36;

describe('viewportOf', () => {
  it('shows every row on the way from top to bottom, however many there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.integer({ min: 100, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, visible, part) => {
          const { height } = viewportOf(rows, ROW, visible, 0);
          expect(height).toBeLessThanOrEqual(MAX_HEIGHT);
          const scrollTop = part * Math.max(0, height - visible);
          const view = viewportOf(rows, ROW, visible, scrollTop);
          // What is drawn covers what is seen.
          expect(view.top).toBeLessThanOrEqual(scrollTop + 0.01);
          const drawnTo = view.top + (view.end - view.first) * ROW;
          expect(drawnTo).toBeGreaterThanOrEqual(Math.min(scrollTop + visible, height) - 0.01);
          expect(view.end - view.first).toBeLessThanOrEqual(visible / ROW + 20);
          if (part === 1) expect(view.end).toBe(rows);
        },
      ),
    );
  });
});

describe('scrollTopFor', () => {
  it('brings any row into view, and moves nothing when it is there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000_000 }),
        fc.nat(),
        fc.integer({ min: 100, max: 2000 }),
        (rows, pick, visible) => {
          const row = pick % rows;
          const top = scrollTopFor(row, rows, ROW, visible, 0);
          const view = viewportOf(rows, ROW, visible, top);
          expect(view.first).toBeLessThanOrEqual(row);
          expect(view.end).toBeGreaterThan(row);
          const y = view.top + (row - view.first) * ROW - top;
          expect(y).toBeGreaterThanOrEqual(-0.5);
          expect(y + ROW).toBeLessThanOrEqual(visible + 0.5);
          expect(scrollTopFor(row, rows, ROW, visible, top)).toBeCloseTo(top, 1);
        },
      ),
    );
  });
});

describe('segment', () => {
  it('puts 12 on top and 3 on the right, as a clock does', () => {
    const [twelve, three] = [segment(12, 40, 60, 2), segment(3, 40, 60, 2)];
    expect([twelve.x, twelve.y]).toEqual([expect.closeTo(0), expect.closeTo(-50)]);
    expect([three.x, three.y]).toEqual([expect.closeTo(50), expect.closeTo(0)]);
  });
});
