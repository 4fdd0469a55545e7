import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { readNpy } from '../../../src/main/lab/npy.ts';
import { layOut, mainPlane } from '../../../src/main/map/layout.ts';
import { fitProjection, project } from '../../../src/main/map/pca.ts';
import { placeAmong } from '../../../src/main/map/place.ts';
import type { Points } from '../../../src/main/map/points.ts';
import { blobs, together, trustworthiness } from './blobs.ts';

const taken = ({ width, data }: Points, indices: readonly number[]): Points => ({
  count: indices.length,
  width,
  data: Float32Array.from(indices.flatMap((i) => [...data.subarray(i * width, (i + 1) * width)])),
});

describe('laying out', () => {
  const points = blobs(240, 6, 10);

  it('brings what is alike together, and is the same for the same seed', async () => {
    const places = await layOut(points, { seed: 1 });
    expect(together(places, (i) => i % 6)).toBeGreaterThan(0.97);
    expect(await layOut(points, { seed: 1 })).toEqual(places);
    expect(await layOut(points, { seed: 2 })).not.toEqual(places);
  });

  it('shows few points by their main components', async () => {
    const few = blobs(9, 3, 4);
    expect(await layOut(few, { seed: 1 })).toEqual(mainPlane(few));
  });

  it('keeps near where points lay when it is begun from there', async () => {
    const places = await layOut(points, { seed: 1 });
    const again = await layOut(points, { seed: 1, before: places });
    const moved = places.map((value, at) => Math.abs(value - again[at]!)).toSorted();
    const width = Math.max(...places) - Math.min(...places);
    expect(moved[Math.floor(moved.length / 2)]).toBeLessThan(width / 8);
    expect(together(again, (i) => i % 6)).toBeGreaterThan(0.97);
  });
});

describe('placing what is new', () => {
  it('puts it among what is alike and moves nothing else', async () => {
    const points = blobs(300, 6, 10);
    const indices = Array.from({ length: 300 }, (_, i) => i);
    const old = indices.filter((i) => i % 7 !== 3);
    const added = indices.filter((i) => i % 7 === 3);
    const places = await layOut(taken(points, old), { seed: 1 });
    const kept = places.slice();
    const found = await placeAmong(taken(points, old), places, taken(points, added), 1);
    expect(places).toEqual(kept);
    const all = Float32Array.from([...places, ...found]);
    const order = [...old, ...added];
    expect(together(all, (i) => order[i]! % 6)).toBeGreaterThan(0.95);
  });
});

const features = join(import.meta.dirname, '../../../../shared/data/gtzan-features');
describe.skipIf(!existsSync(features))('the published features of GTZAN (needs ../shared)', () => {
  it('keep their neighbourhoods, and their genres with them', async () => {
    const layers = [0, 1, 2, 3, 4].map((layer) => {
      const array = readNpy(readFileSync(join(features, `gtzan_genre_layer_${layer}.npy`)));
      return array.kind === 'number' ? array.data : new Float64Array();
    });
    // Every other clip, for time.
    const count = 500;
    const vectors = Array.from({ length: count }, (_, i) =>
      layers.flatMap((data) => [...data.subarray(i * 2 * 32, i * 2 * 32 + 32)]),
    );
    const by = fitProjection(matrix(count, 160, vectors.flat()), 50, 1);
    const points = { count, width: 50, data: new Float32Array(count * 50) };
    vectors.forEach((vector, at) => {
      project(by, vector, points.data, at * 50);
    });
    const genres = readFileSync(join(features, 'rows.tsv'), 'utf8').trim().split('\n');
    const genreOf = (i: number) => genres[i * 2]!.split('\t')[1];
    const places = await layOut(points, { seed: 1 });
    // umap-learn 0.5 on the same 500: see docs/decisions/0155.
    expect(trustworthiness(points, places, 15)).toBeGreaterThan(0.92);
    expect(trustworthiness(points, mainPlane(points), 15)).toBeLessThan(0.89);
    expect(together(places, genreOf, 15)).toBeGreaterThan(0.52);
  });
});
