import type { Task } from './prediction.ts';

/** A share with its 95 % interval. */
export interface LearnInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A label that was learnt, and how often each side was right about its tracks. */
export interface LearntLabel {
  readonly label: string;
  readonly count: number;
  readonly spellings: readonly string[];
  /** Share of its tracks that the new probe gets right, each by a probe that has not seen it; null before. */
  readonly right: number | null;
  /** The same by the predictor that is there without learning; null where there is none. */
  readonly shippedRight: number | null;
}

export interface LeftOut {
  readonly label: string;
  readonly count: number;
  readonly why: 'too-few' | 'no-genre' | 'mapped-away';
}

/**
 * How it ended. `activated`: better, in use. `unchanged`: the same as what is in use already. `not-better`: what is
 * there stays. `refused`: there is too little to learn from. `looked`: only labels were asked for.
 */
export type LearnEnd = 'activated' | 'unchanged' | 'not-better' | 'refused' | 'looked';

/** What came of learning from a library. */
export interface LearnReport {
  readonly task: Task;
  /** `tags`: the user's tags and reviews. `predictions`: confident answers of other predictors, for want of tags. */
  readonly source: 'tags' | 'predictions';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly end: LearnEnd;
  /** The whole in plain words, a sentence or two each. */
  readonly words: readonly string[];
  readonly tracks: {
    /** With a label in tag or review. */
    readonly labelled: number;
    /** Of them not listened to with everything that is compared. */
    readonly unheard: number;
    /** Left out because we wrote the tag ourselves, from a prediction. */
    readonly ours: number;
    /** Corrections and confirmations among those that were learnt from. */
    readonly reviewed: number;
    /** Learnt from. */
    readonly used: number;
  };
  readonly labels: readonly LearntLabel[];
  readonly leftOut: readonly LeftOut[];
  /** Labels whose artists are too few to be kept together, by what was kept together instead. */
  readonly loose: readonly { readonly label: string; readonly together: 'album' | 'song' }[];
  readonly groups: number;
  readonly tried: readonly {
    readonly representations: readonly string[];
    readonly loss: number;
    readonly accuracy: number;
  }[];
  /** Representations of the probe; empty where there is none. */
  readonly representations: readonly string[];
  readonly own: LearnInterval | null;
  /** Expected calibration error of the new probe. */
  readonly calibrationError: number | null;
  readonly shipped: { readonly predictor: string; readonly accuracy: LearnInterval } | null;
  /** Share of the most frequent label. */
  readonly majority: number | null;
  /** Of the new probe over the better of the other two, track by track. */
  readonly difference: LearnInterval | null;
  /** How many tags look wrong. */
  readonly suspicious: number;
}

/** A tag that looks wrong: another label is predicted with confidence by a probe that has not seen the track. */
export interface SuspiciousTag {
  readonly trackId: number;
  readonly path: string;
  /** As the tag says. */
  readonly tagged: string;
  readonly predicted: string;
  readonly confidence: number;
  /** What the probe gives the tag's own label. */
  readonly taggedProbability: number;
}
