import { describe, expect, it } from 'vitest';

import { keyOf } from '../../../src/shared/music/key.ts';
import { mixScore, orderForMixing } from '../../../src/shared/music/mixing.ts';

const parseKeyLabel = (label: string) => keyOf(label)!;

describe('mixing', () => {
  const playing = { key: parseKeyLabel('A minor'), bpm: 124 };

  it('likes the same key and tempo best, takes compatible keys and half tempo, and abhors clashes', () => {
    const score = (key: string | null, bpm: number | null) =>
      mixScore(playing, { key: key === null ? null : parseKeyLabel(key), bpm }, 0.5);
    expect(score('A minor', 124)).toMatchObject({ key: 1, tempo: 1 });
    expect(score('E minor', 62)).toMatchObject({ key: 0.8, tempo: 1 });
    expect(score('C major', 248)).toMatchObject({ key: 0.8, tempo: 1 });
    expect(score('Eb minor', 140)).toMatchObject({ key: 0, tempo: 0 });
    expect(score(null, null)).toMatchObject({ key: 0.5, tempo: 0.5 });
    expect(score('A minor', 124 * 1.04).tempo).toBeCloseTo(0.5, 9);
  });

  it('orders by all three', () => {
    const track = (name: string, key: string, bpm: number, similarity: number) => ({
      name,
      key: parseKeyLabel(key),
      bpm,
      similarity,
    });
    const ordered = orderForMixing(playing, [
      track('clash', 'Eb minor', 124, 0.9),
      track('alike', 'E minor', 125, 0.8),
      track('other', 'A minor', 124, -0.2),
      track('slow', 'A minor', 100, 0.8),
    ]);
    expect(ordered.map(({ name }) => name)).toEqual(['alike', 'other', 'clash', 'slow']);
    expect(ordered[0]!.mix.score).toBeGreaterThan(ordered[1]!.mix.score);
  });
});
