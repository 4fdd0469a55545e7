import { randomFrom } from '../../../src/main/lab/random.ts';
import type { Points } from '../../../src/main/map/points.ts';

/** Points around centres that lie far apart, one centre after the other: point `i` belongs to centre `i % centres`. */
export function blobs(count: number, centres: number, width: number, seed = 1): Points {
  const random = randomFrom(seed);
  const normal = () => random() + random() + random() + random() - 2;
  const middles = Array.from({ length: centres * width }, () => normal() * 12);
  const data = new Float32Array(count * width);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < width; c++) data[i * width + c] = middles[(i % centres) * width + c]! + normal();
  return { count, width, data };
}

/** Of the nearest points on the map, the share that belongs to the same centre. */
export function together(places: Float32Array, groupOf: (point: number) => unknown, k = 10): number {
  const count = places.length / 2;
  let same = 0;
  for (let i = 0; i < count; i++) {
    const others = Array.from({ length: count }, (_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => distance(places, i, a) - distance(places, i, b))
      .slice(0, k);
    same += others.filter((j) => groupOf(j) === groupOf(i)).length;
  }
  return same / (count * k);
}

/** Squared distance on the map. */
export function distance(places: Float32Array, a: number, b: number): number {
  return (places[2 * a]! - places[2 * b]!) ** 2 + (places[2 * a + 1]! - places[2 * b + 1]!) ** 2;
}

/**
 * Trustworthiness (Venna & Kaski 2001): 1 where no point is near on the map that is not near among the vectors. As
 * scikit-learn's.
 */
export function trustworthiness(from: Points, places: Float32Array, k: number): number {
  const { count, width, data } = from;
  let penalty = 0;
  for (let i = 0; i < count; i++) {
    const squares = Array.from({ length: count }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += (data[i * width + c]! - data[j * width + c]!) ** 2;
      return sum;
    });
    const order = squares
      .map((_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => squares[a]! - squares[b]!);
    const rank = new Int32Array(count);
    order.forEach((j, at) => {
      rank[j] = at + 1;
    });
    const near = [...order].sort((a, b) => distance(places, i, a) - distance(places, i, b)).slice(0, k);
    for (const j of near) penalty += Math.max(0, rank[j]! - k);
  }
  return 1 - (2 * penalty) / (count * k * (2 * count - 3 * k - 1));
}
