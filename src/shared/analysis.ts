import type { DeviceOverview, DeviceReport } from './device.ts';
import type { Embedding, EmbeddingOrigin, Prediction } from './prediction.ts';
import type { Tier } from './tier.ts';

/** What the analyser process is asked to do with one file. */
export interface AnalysisRequest {
  /** In our escaped form, see `path.ts`. */
  readonly path: string;
  /** Representations whose embedding is wanted (`chroma`, `mfcc`, …). */
  readonly representations: readonly string[];
  /** Predictors to run, by id; what they need of representations is computed too. */
  readonly predictors: readonly string[];
  readonly windows: WindowPolicy;
}

/** Which passages are listened to: `count` windows of `seconds`, spread evenly; `count` 0 means the whole track. */
export interface WindowPolicy {
  readonly count: number;
  readonly seconds: number;
  /** Of the windows so picked, only the one of this number, from 0; nothing is heard where there is none. */
  readonly only?: number;
}

/** Three half-minutes: what the built-in tier was trained on, at a cost that does not grow with the track. */
export const defaultWindows: WindowPolicy = { count: 3, seconds: 30 };

/** A passage of a track, in seconds from its start. */
export interface Passage {
  readonly start: number;
  readonly length: number;
}

/**
 * The passages that a policy picks from a track: `count` windows, each in the middle of its share of the track,
 * which keeps clear of intros and fade-outs. A track that is not longer than its windows, or a `count` of 0,
 * is heard whole, cut in equal passages of about `seconds`.
 * @param durationSeconds of the track; 0 or less gives no passage
 */
export function planWindows(durationSeconds: number, policy: WindowPolicy): Passage[] {
  const passages = planAll(durationSeconds, policy);
  return policy.only === undefined ? passages : passages.slice(policy.only, policy.only + 1);
}

function planAll(durationSeconds: number, { count, seconds }: WindowPolicy): Passage[] {
  if (!(durationSeconds > 0)) return [];
  if (count > 0 && durationSeconds > count * seconds) {
    const share = durationSeconds / count;
    return Array.from({ length: count }, (_, i) => ({
      start: i * share + (share - seconds) / 2,
      length: seconds,
    }));
  }
  const pieces = Math.max(1, Math.round(durationSeconds / seconds));
  const length = durationSeconds / pieces;
  return Array.from({ length: pieces }, (_, i) => ({ start: i * length, length }));
}

/** What the analyser found. */
export interface AnalysisResult {
  /** Seconds, as decoded or as the container says. */
  readonly durationSeconds: number;
  /** Seconds from the start of each window that was heard, and its length. */
  readonly windows: readonly Passage[];
  readonly embeddings: readonly Embedding[];
  readonly predictions: readonly Prediction[];
  /** Why there is no prediction where one was asked for: `silence`, `too-short`. The file itself is sound. */
  readonly silentReason?: string;
}

/** A predictor that can be asked for, as the analyser describes it. */
export interface PredictorInfo {
  readonly id: string;
  /** Changes when predictions do: the versions of the representations that it reads are part of it. */
  readonly version: string;
  readonly task: 'genre' | 'key';
  readonly representations: readonly string[];
  /** How far it is believed beside others, and what it is asked for by, see `tier.ts`. */
  readonly tier: Tier;
  /** The costliest tier of what it reads. `own` predictors differ in it. */
  readonly needs: Tier;
}

/** A representation that can be asked for. */
export interface RepresentationInfo {
  readonly id: string;
  readonly version: string;
  readonly dimension: number;
  readonly tier: Tier;
}

/** A probe file, or an installed model, that is not in use, and why. */
export interface ProbeProblem {
  /** Name of the file, without its folder; for a model with the folder's name. */
  readonly file: string;
  /** `bad-probe`, `bad-model`: damaged or unfitting. `not-installed`: it needs a model that is not there. */
  readonly code: 'bad-probe' | 'bad-model' | 'not-installed';
  readonly message: string;
}

/** What an analyser process can do. */
export interface AnalyserDescription {
  readonly predictors: readonly PredictorInfo[];
  readonly representations: readonly RepresentationInfo[];
  readonly problems: readonly ProbeProblem[];
  /** Where the large nets run, and why there. */
  readonly devices?: readonly DeviceReport[];
}

/** What an installed model makes of the clip that we synthesise (`onnx/clip.ts`). */
export interface ModelCheck {
  /** Of all its representations, or of the one named like it where it has layers. */
  readonly answers: readonly {
    readonly representation: string;
    readonly vector: Float32Array;
    readonly origin?: EmbeddingOrigin;
  }[];
  /** Seconds from samples to vectors, once the model was loaded. */
  readonly seconds: number;
  /** Where it runs from now on, if it is a large net. */
  readonly device?: DeviceReport;
}

/** Calls that the analyser process answers. */
export interface AnalyserCalls {
  describe(): Promise<AnalyserDescription>;
  /** What there is to compute with; asks the system, which may take a second. */
  devices(): Promise<DeviceOverview>;
  analyse(request: AnalysisRequest): Promise<AnalysisResult>;
  /**
   * Runs an installed model on our clip: the known-answer test of an install. For a large net it also settles the
   * device, with the comparison that this takes.
   */
  check(model: string): Promise<ModelCheck>;
}
