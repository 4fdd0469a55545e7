import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RULE_PRESETS } from '../../../src/shared/music/compatible.ts';
import { keyFromIndex, keyOf } from '../../../src/shared/music/key.ts';
import { beatOf, mixScore, orderForMixing, tempiAround } from '../../../src/shared/music/mixing.ts';
import { orderSet } from '../../../src/shared/music/set-order.ts';

const key = (label: string) => keyOf(label)!;

describe('mixing', () => {
  const playing = { key: key('A minor'), bpm: 124 };

  it('likes the same key and tempo best, takes compatible keys and half tempo, and abhors clashes', () => {
    const score = (name: string | null, bpm: number | null, rule = RULE_PRESETS.classic) =>
      mixScore(playing, { key: name === null ? null : key(name), bpm }, 0.5, rule);
    expect(score('A minor', 124)).toMatchObject({ key: 1, tempo: 1, relation: 'same' });
    expect(score('E minor', 62)).toMatchObject({ key: 0.85, tempo: 1, beat: { pace: 'half' } });
    expect(score('C major', 248)).toMatchObject({ key: 0.85, tempo: 1, beat: { pace: 'double' } });
    expect(score('Eb minor', 140)).toMatchObject({
      key: 0,
      tempo: 0,
      relation: null,
      beat: { meets: false },
    });
    expect(score(null, null)).toMatchObject({ key: 0.5, tempo: 0.5, beat: null });
    expect(score('A minor', 124 / 1.03).tempo).toBeCloseTo(0.75, 9);
    expect(score('A minor', 124 / 1.07).tempo).toBe(0);
  });

  it('follows the rule', () => {
    const lift = { key: key('B minor'), bpm: 124 };
    expect(mixScore(playing, lift, 0.5).key).toBe(0);
    expect(mixScore(playing, lift, 0.5, RULE_PRESETS.energy)).toMatchObject({
      key: 0.65,
      relation: 'whole-tone-up',
    });
  });

  it('orders by all three', () => {
    const track = (name: string, label: string, bpm: number, similarity: number | null) => ({
      name,
      key: key(label),
      bpm,
      similarity,
    });
    const ordered = orderForMixing(playing, [
      track('clash', 'Eb minor', 124, 0.9),
      track('alike', 'E minor', 125, 0.8),
      track('other', 'A minor', 124, -0.4),
      track('slow', 'A minor', 100, 0.8),
      track('unheard', 'A minor', 124, null),
    ]);
    expect(ordered.map(({ name }) => name)).toEqual(['alike', 'unheard', 'other', 'clash', 'slow']);
  });

  it('takes for tempi around one just those that meet it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 60, max: 200, noNaN: true }),
        fc.double({ min: 25, max: 450, noNaN: true }),
        (from, to) => {
          const within = tempiAround(from).some(({ min, max }) => to >= min && to <= max);
          const apart = Math.abs(Math.abs(beatOf(from, to)!.shift) - 0.06);
          if (apart > 1e-6) expect(within).toBe(beatOf(from, to)!.meets);
        },
      ),
    );
    expect(beatOf(124, 0)).toBeNull();
    expect(beatOf(null, 124)).toBeNull();
  });
});

describe('orderSet', () => {
  const tracks = fc.array(
    fc.record({
      key: fc.option(fc.integer({ min: 0, max: 23 }).map(keyFromIndex), { nil: null }),
      bpm: fc.option(fc.integer({ min: 60, max: 180 }), { nil: null }),
    }),
    { maxLength: 14 },
  );
  const worth = (
    set: readonly { key: ReturnType<typeof key> | null; bpm: number | null }[],
    order: number[],
  ) => order.slice(1).reduce((sum, to, at) => sum + mixScore(set[order[at]!]!, set[to]!, null).score, 0);

  it('keeps every track and the first, and is the best order of a few', () => {
    fc.assert(
      fc.property(tracks, (set) => {
        const order = orderSet(set);
        expect([...order].sort((a, b) => a - b)).toEqual(set.map((_, place) => place));
        if (set.length === 0) return;
        expect(order[0]).toBe(0);
        // Among up to six tracks every order can be tried.
        if (set.length > 6) return;
        const best = Math.max(...permutations(set.length).map((one) => worth(set, one)));
        expect(worth(set, order)).toBeCloseTo(best, 9);
      }),
    );
  });

  it('walks round the wheel', () => {
    const set = ['8A', '12A', '10A', '9A', '11A'].map((name) => ({ key: key(name), bpm: 124 }));
    expect(orderSet(set)).toEqual([0, 3, 2, 4, 1]);
  });

  it('lets likeness decide where keys and tempi do not', () => {
    const set = [1, 2, 3].map(() => ({ key: key('8A'), bpm: 124 }));
    const alike = (a: number, b: number) => (Math.abs(a - b) === 2 ? 0.9 : 0.1);
    expect(orderSet(set, { alike }).slice(0, 2)).toEqual([0, 2]);
    expect(orderSet(set, { first: 2, alike })[0]).toBe(2);
  });
});

function permutations(count: number): number[][] {
  const rest = Array.from({ length: count - 1 }, (_, place) => place + 1);
  const all = (left: readonly number[]): number[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((one) => all(left.filter((other) => other !== one)).map((tail) => [one, ...tail]));
  return all(rest).map((tail) => [0, ...tail]);
}
