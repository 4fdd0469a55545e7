import type { Embedding, Prediction } from './prediction.ts';

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
}

/** What the analyser found. */
export interface AnalysisResult {
  /** Seconds, as decoded or as the container says. */
  readonly durationSeconds: number;
  /** Seconds from the start of each window that was heard, and its length. */
  readonly windows: readonly { readonly start: number; readonly length: number }[];
  readonly embeddings: readonly Embedding[];
  readonly predictions: readonly Prediction[];
  /** Why there is no prediction where one was asked for: `silence`, `too-short`. The file itself is sound. */
  readonly silentReason?: string;
}

/** A predictor that can be asked for, as the analyser describes it. */
export interface PredictorInfo {
  readonly id: string;
  readonly version: string;
  readonly task: 'genre' | 'key';
  readonly representations: readonly string[];
}

/** Calls that the analyser process answers. */
export interface AnalyserCalls {
  describe(): Promise<{
    predictors: PredictorInfo[];
    representations: { id: string; version: string; dimension: number }[];
  }>;
  analyse(request: AnalysisRequest): Promise<AnalysisResult>;
}
