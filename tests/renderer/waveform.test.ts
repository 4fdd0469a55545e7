import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tellingPassage } from '../../src/renderer/lib/passage.ts';
import { matchingGain, sliderGain, TARGET } from '../../src/renderer/lib/volume.ts';
import { waveColumns, waveformOf } from '../../src/renderer/lib/waveform.ts';

/** A waveform as it is answered; each plane by a function of the bucket. */
function answer(buckets: number, seconds: number, plane: (plane: number, bucket: number) => number) {
  const planes = Uint8Array.from({ length: 6 * buckets }, (_, i) =>
    plane(Math.floor(i / buckets), i % buckets),
  );
  return { seconds, buckets, planes: planes.toBase64(), loudness: -12, peak: 1 };
}

describe('waveColumns', () => {
  it('shows each extreme in its place, at any width', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(1999),
        (buckets, width, spot) => {
          const at = spot % buckets;
          const waveform = waveformOf(
            answer(buckets, 100, (plane, bucket) => (plane === 1 && bucket === at ? 255 : 128)),
          );
          const columns = waveColumns(waveform, width, 100);
          expect(columns).toHaveLength(width);
          const marked = columns.flatMap(({ high }, column) => (high === 1 ? [column] : []));
          expect(marked.length).toBeGreaterThanOrEqual(1);
          const place = (at / buckets) * width;
          for (const column of marked) {
            expect(column).toBeGreaterThanOrEqual(Math.floor(place) - 1);
            expect(column).toBeLessThanOrEqual(Math.ceil(place + width / buckets));
          }
        },
      ),
    );
  });

  it('leaves empty what is longer than the shape', () => {
    const waveform = waveformOf(answer(100, 50, () => 255));
    const columns = waveColumns(waveform, 100, 100);
    expect(columns[10]!.high).toBe(1);
    expect(columns[60]).toEqual({ low: 0, high: 0, rms: 0, tone: 0 });
  });

  it('tells bass from treble', () => {
    const only = (wanted: number) =>
      waveColumns(waveformOf(answer(10, 10, (plane) => (plane === wanted ? 200 : 0))), 5, 10)[2]!.tone;
    expect(only(3)).toBe(0);
    expect(only(4)).toBe(0.5);
    expect(only(5)).toBe(1);
  });
});

describe('matchingGain', () => {
  it('brings loud tracks down to one loudness and turns none up', () => {
    for (const loudness of [-6, -9.5, -14])
      expect(loudness + 20 * Math.log10(matchingGain(loudness))).toBeCloseTo(TARGET, 9);
    expect(matchingGain(-25)).toBe(1);
    expect(matchingGain(undefined)).toBeLessThan(1);
    expect([sliderGain(0), sliderGain(1)]).toEqual([0, 1]);
  });
});

describe('tellingPassage', () => {
  const windows = [
    { start: 0, length: 30 },
    { start: 100, length: 30 },
    { start: 200, length: 30 },
  ];
  /** A second a bucket. */
  const loudFrom = (second: number) => ({
    seconds: 300,
    buckets: 300,
    rms: Uint8Array.from({ length: 300 }, (_, i) => (i >= second ? 200 : 100)),
  });

  it('is the one with the most power, of equals the one in the middle', () => {
    expect(tellingPassage(windows, 300)?.start).toBe(100);
    expect(tellingPassage(windows, 300, loudFrom(0))?.start).toBe(100);
    expect(tellingPassage(windows, 300, loudFrom(150))?.start).toBe(200);
    expect(tellingPassage(windows, 300, { ...loudFrom(0), rms: loudFrom(50).rms.toReversed() })?.start).toBe(
      100,
    );
  });

  it('lies in the middle where nothing was listened to yet', () => {
    expect(tellingPassage([], 300)).toEqual({ start: 135, length: 30 });
    expect(tellingPassage([], 0)).toBeUndefined();
  });
});
