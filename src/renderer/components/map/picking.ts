import Flatbush from 'flatbush';
import type { Box } from './camera.ts';

type Place = readonly [x: number, y: number];
type Accepts = (point: number) => boolean;

/** Finds points of a map by where they are. */
export class Picking {
  readonly #places: Float32Array;
  readonly #index: Flatbush | null;
  /** All of them. */
  readonly box: Box;

  /** @param places x and y of each point */
  constructor(places: Float32Array) {
    this.#places = places;
    const count = places.length / 2;
    if (count === 0) {
      this.#index = null;
      this.box = { minX: -1, minY: -1, maxX: 1, maxY: 1 };
      return;
    }
    const index = new Flatbush(count, 16, Float32Array);
    for (let at = 0; at < count; at++) index.add(places[2 * at]!, places[2 * at + 1]!);
    index.finish();
    this.#index = index;
    const { minX, minY, maxX, maxY } = index;
    this.box = { minX, minY, maxX, maxY };
  }

  at(point: number): Place {
    return [this.#places[2 * point]!, this.#places[2 * point + 1]!];
  }

  /** The nearest points, nearest first. */
  near([x, y]: Place, most: number, within = Number.POSITIVE_INFINITY, accepts?: Accepts): number[] {
    return this.#index?.neighbors(x, y, most, within, accepts) ?? [];
  }

  within(box: Box, accepts: Accepts): number[] {
    return this.#index?.search(box.minX, box.minY, box.maxX, box.maxY, accepts) ?? [];
  }

  /** Points inside a line that is closed by its ends. */
  inside(line: readonly Place[], accepts: Accepts): number[] {
    if (line.length < 3) return [];
    const xs = line.map(([x]) => x);
    const ys = line.map(([, y]) => y);
    const box = {
      minX: Math.min(...xs),
      minY: Math.min(...ys),
      maxX: Math.max(...xs),
      maxY: Math.max(...ys),
    };
    return this.within(box, (point) => accepts(point) && isInside(line, this.at(point)));
  }

  /**
   * The next point in a direction: near, and rather straight ahead.
   * @param direction a unit vector
   */
  towards(from: number, [dx, dy]: Place, accepts: Accepts): number | null {
    const [x, y] = this.at(from);
    for (const most of [24, 200, 4000]) {
      let best: number | null = null;
      let least = Number.POSITIVE_INFINITY;
      for (const point of this.near([x, y], most, undefined, (other) => other !== from && accepts(other))) {
        const [px, py] = this.at(point);
        const along = (px - x) * dx + (py - y) * dy;
        const across = Math.abs((px - x) * dy - (py - y) * dx);
        // Only what lies within 45° of the direction.
        if (along <= 0 || across > along) continue;
        const cost = along + 2 * across;
        if (cost >= least) continue;
        least = cost;
        best = point;
      }
      if (best !== null) return best;
    }
    return null;
  }
}

/** Whether a place is inside a closed line: a ray from it crosses the line an odd number of times. */
export function isInside(line: readonly Place[], [x, y]: Place): boolean {
  let inside = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at++) {
    const [ax, ay] = line[at]!;
    const [bx, by] = line[before]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
