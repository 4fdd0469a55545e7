import type { Task } from '../../shared/prediction.ts';
import type { ReviewState } from './types.ts';

/** A present file with what its tags (as edited) say that can be learnt from. */
export interface TaggedFile {
  readonly trackId: number;
  readonly path: string;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  /** As tagged, joined with `; `. */
  readonly genre: string | null;
  /** The key tag, understood: 0..23. */
  readonly key: number | null;
  readonly durationSeconds: number | null;
}

/** The user's word on a track. */
export interface ReviewedTrack {
  readonly trackId: number;
  readonly state: ReviewState;
  readonly value: string | null;
}

/** A track's vector of one representation. */
export interface TrackVector {
  readonly trackId: number;
  readonly vector: Float32Array;
}

/** What a predictor said of a track. */
export interface TrackDistribution {
  readonly trackId: number;
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
}

/** A predictor that has said something, how often, and its tier where it is known. */
export interface SpokenPredictor {
  readonly predictor: string;
  readonly version: string;
  readonly tier: string | null;
  readonly tracks: number;
}

/** What learning and similarity read, in bulk. Everything but the counts is read row by row: flat memory. */
export interface LearningStore {
  /** Present files of tracks, by track and then as they came. */
  taggedFiles(): Generator<TaggedFile, void, void>;
  reviews(task: Task): readonly ReviewedTrack[];
  /**
   * Which of these files have a tag for the task that we wrote from a prediction (`cratewise autotag --write`): it
   * says nothing of the user.
   */
  writtenByUs(task: Task, path: string): boolean;
  /** Vectors of a representation in one version, in order of track. Tracks without sound have none. */
  vectors(representation: string, version: string, afterTrack?: number): Generator<TrackVector, void, void>;
  /** The same of every `nth` track. */
  everyNthVector(representation: string, version: string, nth: number): Generator<TrackVector, void, void>;
  /** How many tracks have a vector, by representation and version. */
  vectorCounts(): readonly { representation: string; version: string; dimension: number; tracks: number }[];
  /** Who said something on a task. */
  predictors(task: Task): readonly SpokenPredictor[];
  /** What a predictor said, in order of track. */
  distributions(task: Task, predictor: string): Generator<TrackDistribution, void, void>;
}
