import { describe, expect, it } from 'vitest';
import { Forest } from '../../../src/main/map/forest.ts';
import { fuzzyGraph, memberships } from '../../../src/main/map/fuzzy.ts';
import { Nearest } from '../../../src/main/map/nearest.ts';
import { EXACT, nearestNeighbours } from '../../../src/main/map/neighbours.ts';
import { distance2 } from '../../../src/main/map/points.ts';
import { blobs } from './blobs.ts';

describe('nearest neighbours', () => {
  it('are kept in order, each once', () => {
    const nearest = new Nearest(1, 3);
    for (const [id, square] of [
      [5, 9],
      [6, 4],
      [7, 16],
      [6, 4],
      [8, 1],
      [9, 25],
    ] as const)
      nearest.offer(0, id, square);
    expect([...nearest.ids]).toEqual([8, 6, 5]);
    expect([...nearest.squares]).toEqual([1, 4, 9]);
  });

  it('are nearly all found among many points', async () => {
    const points = blobs(EXACT + 500, 30, 12);
    const found = await nearestNeighbours(points, 10, 1);
    let hits = 0;
    const asked = Array.from({ length: 60 }, (_, at) => at * 73);
    for (const i of asked) {
      const squares = Float32Array.from({ length: points.count }, (_, j) =>
        j === i ? Number.POSITIVE_INFINITY : distance2(points.data, i, points.data, j, points.width),
      );
      const tenth = squares.toSorted()[9]!;
      for (const id of found.ids.subarray(i * 10, i * 10 + 10)) if (squares[id]! <= tenth) hits++;
    }
    expect(hits / (asked.length * 10)).toBeGreaterThan(0.95);
  });

  it('cope with points that coincide', async () => {
    const points = { count: 200, width: 3, data: new Float32Array(600) };
    const forest = new Forest(points, 2, 1);
    const items = [...forest.leaves()].reduce((sum, leaf) => sum + leaf.length, 0);
    expect(items).toBe(400);
    const found = await nearestNeighbours(points, 15, 1);
    expect(memberships(found).every((weight) => weight === 1)).toBe(true);
  });
});

describe('the fuzzy graph', () => {
  it('weighs an edge from both ends alike, the nearest most', async () => {
    const points = blobs(300, 3, 5);
    const neighbours = await nearestNeighbours(points, 8, 1);
    const { from, to, weights } = fuzzyGraph(neighbours, 0);
    const weight = new Map([...from].map((i, e) => [`${i} ${to[e]}`, weights[e]!]));
    expect(weight.size).toBe(from.length);
    for (const [e, i] of [...from].entries()) expect(weight.get(`${to[e]} ${i}`)).toBe(weights[e]);
    const own = memberships(neighbours);
    for (let i = 0; i < 300; i++) {
      expect(own[i * 8]).toBe(1);
      const sum = own.subarray(i * 8, i * 8 + 8).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(Math.log2(8), 1);
    }
  });
});
