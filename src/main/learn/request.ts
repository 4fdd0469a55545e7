import type { RepresentationInfo } from '../../shared/analysis.ts';
import type { LearnReport, SuspiciousTag } from '../../shared/learn.ts';
import type { Task } from '../../shared/prediction.ts';
import type { LabelMapping } from './labels.ts';

/** What the learning process is asked for. */
export interface LearnRequest {
  /** The library's file; it is only read. */
  readonly library: string;
  readonly task: Task;
  /** See `LearnReport`. */
  readonly source: 'tags' | 'predictions';
  readonly mapping: LabelMapping;
  /** Tracks below which a label is left out. */
  readonly minimum: number;
  /** Only find out which labels there are. */
  readonly labelsOnly: boolean;
  /** What can be computed of tracks to come. */
  readonly installed: readonly RepresentationInfo[];
  /** Ids of representations that are tried together, beside each alone. */
  readonly sets: readonly (readonly string[])[];
  /** Folder of the shipped probes, whose scores may be learnt from. */
  readonly shippedProbes: string;
  /** Only these representations; default all that are installed. */
  readonly only?: readonly string[];
  /** Version of the probe that is in use, if any. */
  readonly active: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What it answers. */
export interface LearnResult {
  readonly report: LearnReport;
  /** The probe's file, with `activated`. */
  readonly probe: string | null;
  /** Worst first. */
  readonly suspicious: readonly SuspiciousTag[];
}

/** How far learning is: steps done of steps planned so far. */
export interface LearnProgress {
  readonly stage: 'reading' | 'comparing' | 'fitting';
  readonly done: number;
  readonly total: number;
}

/** Default of `minimum`: with five folds, six tracks to learn a label from. */
export const DEFAULT_MINIMUM = 8;

/** Ids of the probes that are learnt. */
export const learntId = (task: Task, source: LearnRequest['source']): string =>
  `${source === 'tags' ? 'own' : 'pseudo'}-${task}`;
