import type { Task } from '../../shared/prediction.ts';
import type { Tier } from '../../shared/tier.ts';
import type { PreparedWindow } from '../prepared-window.ts';
import type { Representation } from '../representations/representation.ts';

/** Names one thing about a track, from one or several windows of it. Listed in `index.ts`. */
export interface Predictor {
  readonly id: string;
  /** Changes when predictions do. */
  readonly version: string;
  readonly task: Task;
  /** How far it is believed; where absent, by what it reads (see `tier.ts`). */
  readonly tier?: Tier;
  /** What `predict`'s probabilities stand for, in order. */
  readonly labels: readonly string[];
  /** Ids of the representations whose vectors it reads with `window.vector(…)`. */
  readonly representations: readonly string[];
  /** Hz of the mono samples that it reads itself, beside those of its representations. */
  readonly sampleRates: readonly number[];
  /** Seconds below which it would be guessing; shorter windows are not given to it. */
  readonly minimumSeconds: number;
  /**
   * Does what is costly for one window and keeps it there (`window.memo`), so that the window's samples can be
   * released before the next one is decoded. A predictor that reads samples in `predict` itself leaves it out,
   * and all samples are held until then.
   */
  prepare?(window: PreparedWindow): Promise<void> | void;
  /**
   * The calibrated distribution over `labels` for the whole track; sums to 1.
   * @param windows at least one; none of them silent or too short
   */
  predict(windows: readonly PreparedWindow[]): Promise<readonly number[]>;
}

/** What a predictor may read when it is made. */
export interface PredictorContext {
  /** Absolute path of the folder that holds the trained weights. */
  readonly modelsFolder: string;
  /** Folders of the user's own probes, where there are any. */
  readonly ownProbes?: readonly string[];
  /** What probes can be fed with. */
  readonly representations: readonly Representation[];
}
