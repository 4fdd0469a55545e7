import type { Catalogue, SearchQuery } from '../catalogue/index.ts';
import { momentsOf, norm, standardised } from './vectors.ts';

/** A track that sounds alike. */
export interface SimilarTrack {
  readonly trackId: number;
  /** Cosine of the standardised vectors, −1..1. */
  readonly similarity: number;
}

export interface SimilarRequest {
  readonly representation: string;
  readonly version: string;
  /** What is looked for. */
  readonly vector: Float32Array;
  /** Not this one. */
  readonly except: number | null;
  readonly limit: number;
  /** Only tracks of files that this finds. */
  readonly among?: SearchQuery;
}

/** Vectors that means and deviations are taken from: enough for three digits, whatever the size of the library. */
const MOMENT_VECTORS = 5000;

/**
 * The tracks of a library whose vectors point most nearly the same way. Exact: every vector is compared, one at a time
 * from the disk, so memory does not depend on the size of the library. Columns are standardised by the library's own
 * mean and deviation first: raw vectors of one representation all point in much the same direction.
 */
export function searchSimilar(catalogue: Catalogue, request: SimilarRequest): SimilarTrack[] {
  const { representation, version, vector, except, limit } = request;
  const { learning } = catalogue;
  const count = learning
    .vectorCounts()
    .filter((each) => each.representation === representation && each.version === version)
    .reduce((sum, { tracks }) => sum + tracks, 0);
  const nth = Math.max(1, Math.floor(count / MOMENT_VECTORS));
  const moments = momentsOf(learning.everyNthVector(representation, version, nth), vector.length);
  const wanted = standardised(vector, moments, new Float64Array(vector.length));
  const wantedNorm = norm(wanted);
  const among = request.among && new Set(catalogue.tracks.ofFiles(catalogue.ids(request.among)));
  const best = new BestTracks(limit);
  const scratch = new Float64Array(vector.length);
  for (const { trackId, vector: other } of learning.vectors(representation, version)) {
    if (trackId === except || other.length !== vector.length || among?.has(trackId) === false) continue;
    const standard = standardised(other, moments, scratch);
    let dot = 0;
    let square = 0;
    for (let at = 0; at < standard.length; at++) {
      dot += wanted[at]! * standard[at]!;
      square += standard[at]! * standard[at]!;
    }
    const length = wantedNorm * Math.sqrt(square);
    const similarity = length > 0 ? dot / length : 0;
    if (Number.isFinite(similarity)) best.offer({ trackId, similarity });
  }
  return best.sorted();
}

/** The best so many of a stream. */
class BestTracks {
  readonly #limit: number;
  /** Best first. */
  #best: SimilarTrack[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(track: SimilarTrack): void {
    this.#best.push(track);
    // Sorted seldom: a sort for each of a million would cost more than the comparing.
    if (this.#best.length >= 2 * this.#limit + 64) this.#best = this.sorted();
  }

  sorted(): SimilarTrack[] {
    return this.#best
      .sort((a, b) => b.similarity - a.similarity || a.trackId - b.trackId)
      .slice(0, this.#limit);
  }
}
