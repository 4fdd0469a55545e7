import { describe, expect, it } from 'vitest';
import { orderTracks } from '../../../src/main/similar/order.ts';
import { DEFAULT_RULE } from '../../../src/shared/music/compatible.ts';
import { keyOf } from '../../../src/shared/music/key.ts';
import { analyse, analysis, memoryLibrary } from '../catalogue/support.ts';

describe('orderTracks', () => {
  const { catalogue, add } = memoryLibrary();
  const track = (name: string, vector: readonly number[] | null) => {
    const path = `/music/${name}`;
    add(path);
    const embedding = { representation: 'r', version: '1', vector: Float32Array.from(vector ?? []) };
    if (vector) analyse(catalogue, path, { ...analysis({}), embeddings: [embedding] });
    return { trackId: catalogue.files.byPath(path)!.trackId, key: keyOf('8A')!, bpm: 124 };
  };
  const tracks = [
    track('a', [1, 1]),
    track('b', [-1, -1]),
    track('c', [0.9, 0.8]),
    track('d', [-0.9, -0.8]),
    track('e', null),
  ];
  const ask = (version: string) =>
    orderTracks(catalogue, { tracks, rule: DEFAULT_RULE, representation: { id: 'r', version } });

  it('lets what sounds alike follow each other', () => {
    const order = ask('1');
    expect(order.slice(0, 2)).toEqual([0, 2]);
    expect(Math.abs(order.indexOf(1) - order.indexOf(3))).toBe(1);
    expect(order).toHaveLength(5);
  });

  it('goes without vectors of another version, or any', () => {
    expect(ask('2')).toEqual([0, 1, 2, 3, 4]);
    expect(orderTracks(catalogue, { tracks, rule: DEFAULT_RULE, representation: null })).toEqual([
      0, 1, 2, 3, 4,
    ]);
    expect(orderTracks(catalogue, { tracks: [], rule: DEFAULT_RULE, representation: null })).toEqual([]);
  });

  it('refuses what would take too long', () => {
    const many = Array.from({ length: 3001 }, () => tracks[0]!);
    expect(() => orderTracks(catalogue, { tracks: many, rule: DEFAULT_RULE, representation: null })).toThrow(
      expect.objectContaining({ code: 'too-many' }),
    );
  });
});
