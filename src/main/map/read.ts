import type { LearningStore, TrackVector } from '../catalogue/index.ts';
import { matrix } from '../lab/matrix.ts';
import type { Told } from './neighbours.ts';
import { fitProjection, project } from './pca.ts';
import type { Points } from './points.ts';

/** Components that are kept: what is left beyond them is noise to neighbourhoods, and costs time. */
const COMPONENTS = 50;

/** Vectors that the components are found from. */
const SAMPLE = 4000;

/** Vectors that are read between two breaths. */
const PORTION = 2000;

export interface ReadPoints extends Points {
  /** Ids of tracks, in increasing order. */
  readonly tracks: Uint32Array;
}

/**
 * Reads the vectors of a representation as principal components. Vectors are held one page at a time; what is kept is
 * 200 bytes a track.
 * @param expected how many there are
 */
export async function readPoints(
  learning: Pick<LearningStore, 'vectors' | 'everyNthVector'>,
  representation: string,
  version: string,
  expected: number,
  seed: number,
  told: Told = () => undefined,
): Promise<ReadPoints> {
  const nth = Math.max(1, Math.floor(expected / SAMPLE));
  const sample: Float32Array[] = [];
  for (const { vector } of learning.everyNthVector(representation, version, nth)) {
    if (usable(vector, sample[0]?.length)) sample.push(vector);
    // Ids need not be evenly spread.
    if (sample.length >= 2 * SAMPLE) break;
  }
  // Of few tracks, none may have an id that is a multiple.
  if (sample.length === 0)
    for (const { vector } of first(learning.vectors(representation, version))) sample.push(vector);
  const width = sample[0]?.length ?? 0;
  if (width === 0) return { count: 0, width: 0, data: new Float32Array(0), tracks: new Uint32Array(0) };
  const data = new Float64Array(sample.length * width);
  sample.forEach((vector, at) => {
    data.set(vector, at * width);
  });
  const projection = fitProjection(matrix(sample.length, width, data), COMPONENTS, seed);
  await told(0.05);

  const kept = projection.outputs;
  let points = new Float32Array(Math.max(1, expected) * kept);
  let tracks = new Uint32Array(Math.max(1, expected));
  let count = 0;
  for (const { trackId, vector } of learning.vectors(representation, version)) {
    if (!usable(vector, width)) continue;
    if (count === tracks.length) {
      // Listening went on while we read.
      points = larger(points, new Float32Array(points.length * 2));
      tracks = larger(tracks, new Uint32Array(tracks.length * 2));
    }
    tracks[count] = trackId;
    project(projection, vector, points, count * kept);
    count++;
    if (count % PORTION === 0) await told(0.05 + (0.95 * count) / Math.max(expected, count));
  }
  return { count, width: kept, data: points.subarray(0, count * kept), tracks: tracks.subarray(0, count) };
}

/** A vector of the same length as the others, of numbers only. */
function usable(vector: Float32Array, width = vector.length): boolean {
  return vector.length === width && width > 0 && vector.every(Number.isFinite);
}

function* first(vectors: Iterable<TrackVector>): Generator<TrackVector> {
  let count = 0;
  for (const each of vectors) {
    if (usable(each.vector)) yield each;
    if (++count === SAMPLE) return;
  }
}

function larger<T extends Float32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
