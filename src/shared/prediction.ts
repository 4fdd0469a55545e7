/** What can be predicted of a track. */
export type Task = 'genre' | 'key';

/** What one predictor says of one track. */
export interface Prediction {
  readonly task: Task;
  /** Id and version of what made it (`builtin-genre@1`): a change of either marks the prediction as due again. */
  readonly predictor: string;
  readonly version: string;
  /** The whole calibrated distribution: `labels[i]` has probability `probabilities[i]`; they sum to 1. */
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
}

/** One track's pooled vector for one representation. */
export interface Embedding {
  readonly representation: string;
  readonly version: string;
  readonly vector: Float32Array;
  /** How it was computed, where the representation leaves that open. */
  readonly origin?: EmbeddingOrigin;
}

/** The arithmetic behind a vector: the same within the parity that is checked before a device is used. */
export interface EmbeddingOrigin {
  readonly precision: 'fp32' | 'fp16' | 'int8';
  /** ONNX Runtime's execution provider: `cpu`, `cuda`, `dml`, `coreml`, `webgpu`. */
  readonly provider: string;
}

/** The best label of a prediction, its rival and how far they are apart. */
export interface Ranking {
  readonly label: string;
  /** Calibrated probability of `label`, 0..1. */
  readonly confidence: number;
  readonly runnerUp: string | null;
  /** `confidence` minus the runner-up's probability. */
  readonly margin: number;
}

/** The top two of a distribution. Ties go to the label that stands first. */
export function rank(prediction: Pick<Prediction, 'labels' | 'probabilities'>): Ranking {
  const { labels, probabilities } = prediction;
  let best = 0;
  let second = -1;
  for (let i = 1; i < labels.length; i++) {
    if (probabilities[i]! > probabilities[best]!) {
      second = best;
      best = i;
    } else if (second < 0 || probabilities[i]! > probabilities[second]!) second = i;
  }
  const confidence = probabilities[best] ?? 0;
  return {
    label: labels[best] ?? '',
    confidence,
    runnerUp: second < 0 ? null : (labels[second] ?? null),
    margin: confidence - (second < 0 ? 0 : (probabilities[second] ?? 0)),
  };
}
