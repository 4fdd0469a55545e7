import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMusicgenModel, planPieces } from '../../src/shared/musicgen-model.ts';

type Shape = Parameters<typeof planPieces>[1];

const shape = (hop: number, minimumFrames: number, pieceFrames: number, haloFrames: number): Shape => ({
  audio: { sampleRate: 32_000, hop, maximumFrames: 1500, minimumFrames },
  codec: {
    features: {
      file: 'features.onnx',
      data: [],
      sessionConfig: {},
      channels: 1024,
      pieceFrames,
      haloFrames,
    },
    codes: { file: 'codes.onnx', data: [], sessionConfig: {} },
  },
});

describe('pieces of a window', () => {
  it('are those that a 5-second window of the published models has', () => {
    expect(planPieces(160_000, shape(640, 4, 100, 1))).toEqual([
      { begin: 0, end: 101 * 640, skip: 0, keep: 100 },
      { begin: 99 * 640, end: 201 * 640, skip: 1, keep: 100 },
      { begin: 199 * 640, end: 160_000, skip: 1, keep: 50 },
    ]);
  });

  it('keep every frame once, with its halo, and none is too short', () => {
    const int = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(
        int(1, 100_000),
        int(1, 700),
        int(1, 9),
        int(1, 120),
        int(0, 9),
        (samples, hop, ...rest) => {
          const [minimumFrames, pieceFrames, haloFrames] = rest;
          const frames = Math.ceil(samples / hop);
          fc.pre(frames >= minimumFrames);
          let at = 0;
          for (const piece of planPieces(samples, shape(hop, minimumFrames, pieceFrames, haloFrames))) {
            const first = piece.begin / hop;
            const given = Math.ceil((piece.end - piece.begin) / hop);
            expect(first + piece.skip).toBe(at);
            expect(given).toBeGreaterThanOrEqual(Math.min(minimumFrames, pieceFrames));
            expect(piece.skip === haloFrames || piece.begin === 0).toBe(true);
            expect(given - piece.skip - piece.keep === haloFrames || piece.end === samples).toBe(true);
            expect(piece.end === samples || piece.end % hop === 0).toBe(true);
            at += piece.keep;
          }
          expect(at).toBe(frames);
        },
      ),
    );
  });
});

describe('musicgen.json', () => {
  it('says to install again where it can’t be read', () => {
    for (const text of ['', '{}', 'null', '{"format":"cratewise-musicgen","formatVersion":2}']) {
      expect(() => parseMusicgenModel(text)).toThrow('Install it again');
    }
  });
});
