import { FEWEST, type LayoutStage, layOut, mainPlane } from './layout.ts';
import { placeAmong } from './place.ts';
import type { Points } from './points.ts';
import type { ReadPoints } from './read.ts';

/** Tracks that are laid out together at most; the others of a larger library are placed among them. */
export const LAID_TOGETHER = 100_000;

/** Where tracks lay on the map before. */
export interface Before {
  readonly tracks: Uint32Array;
  readonly places: Float32Array;
}

export type MapStage = 'reading' | LayoutStage | 'placing';

export interface MakeOptions {
  readonly seed: number;
  readonly before: Before | null;
  /** `place`: what lies stays, the rest is placed among it. `whole`: all anew, from where it lay. */
  readonly how: 'whole' | 'place';
  readonly told?: (stage: MapStage, share: number) => void | Promise<void>;
  /** Called once with a first, coarse map, where there is no earlier one to show meanwhile. */
  readonly onFirst?: (places: Float32Array) => void | Promise<void>;
}

/** Makes the map of points, all anew or only of those that are new: x and y of each. */
export async function makeMap(points: ReadPoints, options: MakeOptions): Promise<Float32Array> {
  const { seed, before, how, told, onFirst } = options;
  const known = before ? placesBefore(points, before) : null;
  if (points.count < FEWEST) return mainPlane(points);
  if (how === 'place' && known) return fill(points, known, seed, told);
  if (!known) await onFirst?.(mainPlane(points));
  const start = known ? await fill(points, known, seed, told) : undefined;
  const layoutTold = (stage: LayoutStage, share: number) => told?.(stage, share);
  if (points.count <= LAID_TOGETHER) {
    return layOut(points, { seed, ...(start ? { before: start } : {}), told: layoutTold });
  }
  const every = points.count / LAID_TOGETHER;
  const chosen = Int32Array.from({ length: LAID_TOGETHER }, (_, at) => Math.floor(at * every));
  const together = await layOut(taken(points, chosen), {
    seed,
    ...(start ? { before: takenPlaces(start, chosen) } : {}),
    told: layoutTold,
  });
  const places = new Float32Array(points.count * 2).fill(Number.NaN);
  chosen.forEach((point, at) => {
    places.set(together.subarray(2 * at, 2 * at + 2), 2 * point);
  });
  return fill(points, places, seed, told);
}

/** The place of each point on the earlier map; not a number where it is new. Null where too few are known. */
function placesBefore(points: ReadPoints, before: Before): Float32Array | null {
  const places = new Float32Array(points.count * 2).fill(Number.NaN);
  let known = 0;
  let at = 0;
  for (let point = 0; point < points.count; point++) {
    const track = points.tracks[point]!;
    while (at < before.tracks.length && before.tracks[at]! < track) at++;
    if (before.tracks[at] !== track) continue;
    places[2 * point] = before.places[2 * at]!;
    places[2 * point + 1] = before.places[2 * at + 1]!;
    known++;
  }
  return known >= FEWEST ? places : null;
}

/** Places every point that has no place among those that have one. */
async function fill(
  points: Points,
  places: Float32Array,
  seed: number,
  told: MakeOptions['told'],
): Promise<Float32Array> {
  const missing: number[] = [];
  const there: number[] = [];
  for (let point = 0; point < points.count; point++)
    (Number.isNaN(places[2 * point]!) ? missing : there).push(point);
  if (missing.length === 0) return places;
  const nth = Math.ceil(there.length / LAID_TOGETHER);
  const among = Int32Array.from(there.filter((_, at) => at % nth === 0));
  const added = Int32Array.from(missing);
  const found = await placeAmong(
    taken(points, among),
    takenPlaces(places, among),
    taken(points, added),
    seed,
    (share) => told?.('placing', share),
  );
  added.forEach((point, at) => {
    places.set(found.subarray(2 * at, 2 * at + 2), 2 * point);
  });
  return places;
}

function taken({ width, data }: Points, indices: Int32Array): Points {
  const rows = new Float32Array(indices.length * width);
  indices.forEach((index, at) => {
    rows.set(data.subarray(index * width, (index + 1) * width), at * width);
  });
  return { count: indices.length, width, data: rows };
}

function takenPlaces(places: Float32Array, indices: Int32Array): Float32Array {
  const some = new Float32Array(indices.length * 2);
  indices.forEach((index, at) => {
    some.set(places.subarray(2 * index, 2 * index + 2), at * 2);
  });
  return some;
}
