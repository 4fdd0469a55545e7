import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shape } from '../../../src/analyser/peaks/shape.ts';

const RATE = 44_100;

/** Pushes samples in pieces of some length. */
function shapeOf(samples: Float64Array, piece = 4096): Shape {
  const shape = new Shape(RATE);
  for (let at = 0; at < samples.length; at += piece) {
    const part = samples.slice(at, at + piece);
    shape.push(part, part.length);
  }
  return shape;
}

function planesOf(shape: Shape) {
  const planes = shape.planes();
  const { buckets } = shape;
  const plane = (i: number) => [...planes.subarray(i * buckets, (i + 1) * buckets)];
  return { low: plane(0), high: plane(1), rms: plane(2), bass: plane(3), middle: plane(4), treble: plane(5) };
}

/** The mean power that a plane of bytes stands for. */
const power = (plane: readonly number[]): number =>
  plane.reduce((sum, byte) => sum + (byte / 255) ** 4, 0) / plane.length;

const tone = (hertz: number, seconds: number): Float64Array =>
  Float64Array.from({ length: 2 * seconds * RATE }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * Math.floor(i / 2)) / RATE),
  );

describe('Shape', () => {
  it('has the extremes of each bucket, whatever the length and however it is fed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600_000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer(),
        (frames, pieceFrames, seed) => {
          let random = seed | 1;
          const samples = new Float64Array(2 * frames);
          for (let i = 0; i < samples.length; i++) {
            random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
            samples[i] = random / 2 ** 31;
          }
          const shape = shapeOf(samples, 2 * pieceFrames);
          const { low, high } = planesOf(shape);
          // Buckets have one length, a power of two times 32, but for the last one.
          const length = 32 * 2 ** Math.max(0, Math.ceil(Math.log2((frames + 1) / 32 / 8192)));
          expect(shape.buckets).toBe(Math.ceil(frames / length));
          expect(shape.buckets).toBeLessThanOrEqual(8192);
          for (const bucket of [0, Math.floor(shape.buckets / 2), shape.buckets - 1]) {
            const part = samples.subarray(2 * bucket * length, 2 * (bucket + 1) * length);
            expect(low[bucket]).toBe(Math.round(128 + 127 * part.reduce((a, b) => Math.min(a, b))));
            expect(high[bucket]).toBe(Math.round(128 + 127 * part.reduce((a, b) => Math.max(a, b))));
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('tells bass, middle and treble apart', () => {
    const of = (hertz: number) => {
      const { bass, middle, treble } = planesOf(shapeOf(tone(hertz, 1)));
      return [power(bass), power(middle), power(treble)];
    };
    const [deep, medium, bright] = [of(50), of(800), of(9000)];
    expect(Math.max(...deep)).toBe(deep[0]);
    expect(Math.max(...medium)).toBe(medium[1]);
    expect(Math.max(...bright)).toBe(bright[2]);
  });

  it('has the power of a full sine, and its peak', () => {
    const shape = shapeOf(tone(1000, 3));
    // Half of that of a constant 1.
    expect(power(planesOf(shape).rms)).toBeCloseTo(0.5, 1.5);
    expect(shape.peak).toBeCloseTo(1, 2);
  });

  it('draws what is beyond full scale as full scale', () => {
    const { low, high, rms } = planesOf(shapeOf(tone(100, 1).map((sample) => 3 * sample)));
    expect([Math.min(...low), Math.max(...high)]).toEqual([0, 255]);
    expect(Math.max(...rms)).toBe(255);
  });
});
