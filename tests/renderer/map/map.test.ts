import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitted,
  inView,
  panned,
  pointSize,
  toMap,
  toView,
  zoomed,
} from '../../../src/renderer/components/map/camera.ts';
import { contrast, cssColour, fromOklch } from '../../../src/renderer/components/map/colour.ts';
import { COLOURINGS, grouped } from '../../../src/renderer/components/map/groups.ts';
import { labelsOf } from '../../../src/renderer/components/map/labels.ts';
import { isInside, Picking } from '../../../src/renderer/components/map/picking.ts';
import { joined, type MapData, placesBefore } from '../../../src/renderer/state/map-data.ts';
import type { MapPoints } from '../../../src/shared/contract/index.ts';

const size = { width: 900, height: 700 };
const home = fitted({ minX: -8, minY: -3, maxX: 12, maxY: 9 }, size);

describe('the camera', () => {
  it('shows all of a box, inside its margin', () => {
    for (const corner of [
      [-8, -3],
      [12, 9],
      [-8, 9],
      [12, -3],
    ] as const) {
      const [x, y] = toView(home, size, corner);
      expect(x).toBeGreaterThanOrEqual(35.9);
      expect(x).toBeLessThanOrEqual(864.1);
      expect(y).toBeGreaterThanOrEqual(35.9);
      expect(y).toBeLessThanOrEqual(664.1);
    }
  });

  it('finds the way from the map to the view and back', () => {
    const place = fc.tuple(
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: -50, max: 50, noNaN: true }),
    );
    fc.assert(
      fc.property(place, (at) => {
        const [x, y] = toMap(home, size, toView(home, size, at));
        expect(x).toBeCloseTo(at[0], 9);
        expect(y).toBeCloseTo(at[1], 9);
      }),
    );
  });

  it('zooms around the pointer, not without bounds', () => {
    const at = [200, 500] as const;
    const under = toMap(home, size, at);
    let camera = zoomed(home, size, 3, at, home);
    expect(camera.scale).toBeCloseTo(home.scale * 3);
    const [x, y] = toMap(camera, size, at);
    expect(x).toBeCloseTo(under[0], 9);
    expect(y).toBeCloseTo(under[1], 9);
    for (let i = 0; i < 100; i++) camera = zoomed(camera, size, 2, at, home);
    expect(camera.scale).toBe(home.scale * 2000);
    for (let i = 0; i < 100; i++) camera = zoomed(camera, size, 0.5, at, home);
    expect(camera.scale).toBe(home.scale / 2);
  });

  it('moves what is in view by pixels', () => {
    const before = inView(home, size);
    const after = inView(panned(home, 90, -70), size);
    expect((before.minX - after.minX) * home.scale).toBeCloseTo(90);
    expect((before.minY - after.minY) * home.scale).toBeCloseTo(-70);
  });

  it('draws many points small, and larger from near', () => {
    expect(pointSize(100, home, home)).toBeGreaterThan(pointSize(100_000, home, home));
    expect(pointSize(100_000, home, home)).toBeGreaterThanOrEqual(2);
    const near = { ...home, scale: home.scale * 20 };
    expect(pointSize(100_000, near, home)).toBeGreaterThan(pointSize(100_000, home, home));
  });
});

describe('picking', () => {
  // A grid of 30 × 30, one apart.
  const places = Float32Array.from({ length: 1800 }, (_, at) =>
    at % 2 === 0 ? (at / 2) % 30 : Math.floor(at / 60),
  );
  const picking = new Picking(places);
  const all = () => true;

  it('finds the nearest, and none that is not accepted', () => {
    expect(picking.near([7.2, 4.1], 1, 1, all)).toEqual([4 * 30 + 7]);
    expect(picking.near([7.2, 4.1], 1, 1, (point) => point !== 4 * 30 + 7)).toEqual([4 * 30 + 8]);
    expect(picking.near([100, 100], 1, 1, all)).toEqual([]);
  });

  it('takes what is inside a line, however it is bent', () => {
    // An L: the corner that is cut out does not belong to it.
    const line = [
      [0.5, 0.5],
      [6.5, 0.5],
      [6.5, 2.5],
      [2.5, 2.5],
      [2.5, 6.5],
      [0.5, 6.5],
    ] as const;
    const found = picking.inside(line, all).map((point) => picking.at(point));
    expect(found.length).toBe(6 * 2 + 2 * 4);
    expect(found.every(([x, y]) => x <= 2 || y <= 2)).toBe(true);
    expect(picking.inside(line.slice(0, 2), all)).toEqual([]);
    expect(isInside(line, [5, 5])).toBe(false);
  });

  it('steps from point to point, and stays where nothing lies that way', () => {
    const from = 10 * 30 + 10;
    expect(picking.towards(from, [1, 0], all)).toBe(from + 1);
    expect(picking.towards(from, [0, 1], all)).toBe(from + 30);
    expect(picking.towards(from, [-1, 0], (point) => point !== from - 1)).toBe(from - 2);
    expect(picking.towards(0, [-1, 0], all)).toBeNull();
  });

  it('has nothing to find on an empty map', () => {
    expect(new Picking(new Float32Array()).near([0, 0], 3)).toEqual([]);
  });
});

const packed = (numbers: Uint8Array | Uint16Array | Uint32Array | Float32Array) =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
const page = (ids: number[], genres: number[], names: string[], next: number | null): MapPoints => ({
  ids: packed(Uint32Array.from(ids)),
  places: packed(Float32Array.from(ids.flatMap((id) => [id, -id]))),
  genres: packed(Uint16Array.from(genres)),
  names,
  keys: packed(Uint8Array.from(ids, (id) => (id === 3 ? 255 : id))),
  genreConfidence: packed(Uint8Array.from(ids, (id) => [255, 254, 200, 150, 10][id] ?? 0)),
  keyConfidence: packed(Uint8Array.from(ids, () => 255)),
  next,
});

describe('what is on the map', () => {
  const data = joined([
    page([1, 2], [0, 1], ['Techno', '<img onerror>'], 2),
    page([3, 5], [0, 65_535], ['<img onerror>'], null),
  ]);

  it('comes in pages whose genres are numbered anew', () => {
    expect([...data.ids]).toEqual([1, 2, 3, 5]);
    expect([...data.places]).toEqual([1, -1, 2, -2, 3, -3, 5, -5]);
    expect([...data.genres].map((genre) => data.names[genre])).toEqual([
      'Techno',
      '<img onerror>',
      '<img onerror>',
      undefined,
    ]);
  });

  it('falls into groups by genre, key and confidence, and every point into one', () => {
    const genre = grouped(data, 'genre');
    expect(genre.groups.map(({ id, count }) => [id, count])).toEqual([
      ['genre:<img onerror>', 2],
      ['genre:Techno', 1],
      ['none', 1],
    ]);
    expect([...genre.of]).toEqual([1, 0, 0, 2]);
    expect(grouped(data, 'key').groups.at(-1)).toMatchObject({ id: 'none', count: 1 });
    const sure = grouped(data, 'genreConfidence');
    expect([...sure.of].map((group) => sure.groups[group]!.id)).toEqual([
      'sure:0',
      'sure:1',
      'sure:2',
      'sure:3',
    ]);
    expect(grouped(data, 'keyConfidence').groups.find(({ id }) => id === 'none')?.count).toBe(4);
  });

  it('gives the most frequent genres a colour of their own, and puts the others together', () => {
    const count = 400;
    const many: MapData = {
      ...data,
      ids: Uint32Array.from({ length: count }, (_, at) => at + 1),
      places: new Float32Array(2 * count),
      genres: Uint16Array.from({ length: count }, (_, at) => Math.floor(Math.sqrt(at))),
      names: Array.from({ length: 20 }, (_, genre) => `Genre ${genre}`),
    };
    const { groups, of } = grouped(many, 'genre');
    expect(groups.length).toBe(13);
    expect(groups.at(-1)).toMatchObject({ id: 'other', count: 64 });
    expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(count);
    for (const [at, group] of of.entries())
      expect(groups[group]!.id).toBe(many.genres[at]! >= 8 ? `genre:Genre ${many.genres[at]}` : 'other');
  });

  it('can be told from the paper it lies on, in light and dark', () => {
    const everything: MapData = {
      ...data,
      keys: Uint8Array.from({ length: 24 }, (_, key) => key),
      genres: Uint16Array.from({ length: 14 }, (_, genre) => genre),
      names: Array.from({ length: 14 }, (_, genre) => `Genre ${genre}`),
    };
    const [light, dark] = [fromOklch(0.985, 0.003, 280), fromOklch(0.19, 0.012, 280)];
    for (const by of COLOURINGS) {
      for (const group of grouped(everything, by).groups) {
        expect(contrast(group.light, light), `${group.id} in light`).toBeGreaterThanOrEqual(3);
        expect(contrast(group.dark, dark), `${group.id} in dark`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('moves from where it was, and what is new from where it is', () => {
    const before: MapData = {
      ...data,
      ids: Uint32Array.from([2, 4]),
      places: Float32Array.from([9, 9, 7, 7]),
    };
    expect([...placesBefore(before, data)]).toEqual([1, -1, 9, 9, 3, -3, 5, -5]);
  });

  it('is labelled where most of a group is, once there is enough of it', () => {
    const count = 300;
    const of = Uint8Array.from({ length: count }, (_, at) => (at < 200 ? 0 : 1));
    const places = Float32Array.from({ length: 2 * count }, (_, at) => {
      const point = at >> 1;
      // A fifth of the first group lies far away from the rest of it.
      const middle = point < 160 ? 2 : 8;
      return middle + ((point * 7919) % 100) / 400;
    });
    const group = (id: string, n: number) =>
      ({ id, name: id, count: n, light: [0, 0, 0], dark: [1, 1, 1] }) as const;
    const labels = labelsOf(places, { groups: [group('genre:a', 200), group('genre:b', 100)], of });
    expect(labels.map((label) => label.group)).toEqual([0, 1]);
    expect(Math.abs(labels[0]!.x - 2.1)).toBeLessThan(0.4);
    expect(Math.abs(labels[1]!.x - 8.1)).toBeLessThan(0.4);
    expect(
      labelsOf(places.subarray(0, 20), { groups: [group('genre:a', 10)], of: of.subarray(0, 10) }),
    ).toEqual([]);
  });

  it('is not labelled where groups lie mixed, nor twice in one place', () => {
    const count = 600;
    const places = Float32Array.from({ length: 2 * count }, (_, at) => (((at >> 1) * 7919) % 100) / 100);
    const group = (id: string, n: number) =>
      ({ id, name: id, count: n, light: [0, 0, 0], dark: [1, 1, 1] }) as const;
    const mixed = Uint8Array.from({ length: count }, (_, at) => Math.floor(at / 100) % 3);
    const groups = [group('genre:a', 200), group('genre:b', 200), group('genre:c', 200)];
    expect(labelsOf(places, { groups, of: mixed })).toEqual([]);
    const two = Uint8Array.from({ length: count }, (_, at) => Math.floor(at / 100) % 2);
    expect(labelsOf(places, { groups: groups.slice(0, 2), of: two }).length).toBe(1);
  });
});

describe('colours', () => {
  it('are those of CSS', () => {
    expect(cssColour(fromOklch(1, 0, 0))).toBe('rgb(255 255 255)');
    expect(cssColour(fromOklch(0, 0, 0))).toBe('rgb(0 0 0)');
    // oklch(0.628 0.2577 29.23) is pure red.
    expect(cssColour(fromOklch(0.62796, 0.25768, 29.234))).toBe('rgb(255 0 0)');
    expect(contrast([0, 0, 0], [1, 1, 1])).toBeCloseTo(21);
  });
});
