/** Where the tracks of a library lie on its map, by one representation. */
export interface StoredMap {
  readonly representation: string;
  readonly version: string;
  /** How it was made; one that is made otherwise is stale. */
  readonly method: string;
  readonly seed: number;
  /** Tracks that were there when all of it was laid out; the others were placed among them later. */
  readonly laid: number;
  /** Tracks that had a vector when it was made: where these have changed, it is stale. */
  readonly made: VectorSet;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** Ids of tracks, in increasing order. */
  readonly tracks: Uint32Array;
  /** x and y of each. */
  readonly places: Float32Array;
}

/** A present file with what a map shows of it. */
export interface MappedFile {
  readonly id: number;
  readonly trackId: number;
  /** As tagged (and edited), joined with `; `. */
  readonly genre: string | null;
  readonly predictedGenre: string | null;
  readonly predictedGenreConfidence: number | null;
  /** As tagged, else as predicted. */
  readonly key: number | null;
  readonly predictedKeyConfidence: number | null;
}

/** The tracks that have a vector, told apart cheaply: other tracks, other numbers. */
export interface VectorSet {
  readonly tracks: number;
  /** Sum of their ids. */
  readonly sum: number;
}

/** Maps that were laid out, and what they show. */
export interface MapStore {
  get(representation: string): StoredMap | undefined;
  /** Takes the place of an earlier one of the same representation. */
  put(map: StoredMap): void;
  /** Which tracks have a vector. */
  vectorSet(representation: string, version: string): VectorSet;
  /** Files of tracks after an id, in order of id. */
  files(after: number, limit: number): readonly MappedFile[];
}
