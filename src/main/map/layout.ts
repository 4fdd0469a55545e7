import { fuzzyGraph } from './fuzzy.ts';
import { nearestNeighbours } from './neighbours.ts';
import { epochsFor, optimise } from './optimise.ts';
import type { Points } from './points.ts';

/** Neighbours that the map tries to keep together: UMAP's default. */
export const NEIGHBOURS = 15;

/** Fewer points than this have no neighbourhoods worth the name: they are shown by their two main components. */
export const FEWEST = 15;

/** Half the width of the map that the points are laid into at first, as umap-learn has it. */
const SPAN = 10;

export type LayoutStage = 'neighbours' | 'layout';

export interface LayoutOptions {
  readonly seed: number;
  /** Where points lay before: they are taken from there, so that the map is recognised. x and y of each. */
  readonly before?: Float32Array;
  readonly told?: (stage: LayoutStage, share: number) => void | Promise<void>;
}

/** x and y by the first two components, scaled to the span: where every layout begins, and where a small one ends. */
export function mainPlane({ count, width, data }: Points): Float32Array {
  const places = new Float32Array(count * 2);
  let most = 0;
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < Math.min(2, width); axis++) {
      const value = data[i * width + axis]!;
      places[2 * i + axis] = value;
      most = Math.max(most, Math.abs(value));
    }
  }
  if (most > 0) for (let at = 0; at < places.length; at++) places[at]! *= SPAN / most;
  return places;
}

/**
 * Lays points out in two dimensions: near each other where they are alike. UMAP (McInnes, Healy & Melville 2018) from the
 * main plane, or from where the points lay before.
 * @param points principal components, the first two the most telling
 */
export async function layOut(points: Points, options: LayoutOptions): Promise<Float32Array> {
  const { seed, before, told } = options;
  const places = before ? Float32Array.from(before) : mainPlane(points);
  if (points.count < FEWEST) return mainPlane(points);
  const neighbours = await nearestNeighbours(points, NEIGHBOURS, seed, (share) =>
    told?.('neighbours', share),
  );
  const epochs = before ? Math.round(epochsFor(points.count) / 2) : epochsFor(points.count);
  // An edge that would not take part once does not count.
  const graph = fuzzyGraph(neighbours, 1 / epochs);
  await optimise(graph, places, {
    epochs,
    seed,
    // Gentler from where they were: what is in its place shall not fly about.
    rate: before ? 0.3 : 1,
    told: (share) => told?.('layout', share),
  });
  return places;
}
