import type { MlpOptions } from './train-mlp.ts';

/** A softmax regression with one strength of the penalty. */
export interface SoftmaxCandidate {
  readonly kind: 'softmax';
  /** Inverse strength of the penalty, as scikit-learn's `C`. */
  readonly c: number;
}

/** One point of the protocol's grid. */
export interface MlpCandidate extends MlpOptions {
  readonly kind: 'mlp';
  readonly standardise: boolean;
}

/** A probe that may be tried. */
export type Candidate = SoftmaxCandidate | MlpCandidate;

/** Inverse penalties, half a decade apart: from almost nothing learned to almost nothing held back. */
export const STRENGTHS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] as const;

/** Softmax regression at each strength. */
export function softmaxGrid(strengths: readonly number[] = STRENGTHS): SoftmaxCandidate[] {
  return strengths.map((c) => ({ kind: 'softmax', c }));
}

/**
 * The protocol's grid (Castellon et al. 2021): standardisation 2 × batch 2 × learning rate 3 × dropout 3 × L2 3 for
 * each shape of the net. With a linear probe and one hidden layer of 512 that is the paper's 216 points; its published
 * code (p-lambda/jukemir, reproduce/4_grid_config.py) also has [512, 256], which makes 324.
 */
export function protocolGrid(shapes: readonly (readonly number[])[] = [[], [512]]): MlpCandidate[] {
  return shapes.flatMap((hidden) =>
    [false, true].flatMap((standardise) =>
      [64, 256].flatMap((batchSize) =>
        [1e-3, 1e-4, 1e-5].flatMap((learningRate) =>
          [0.25, 0.5, 0.75].flatMap((dropout) =>
            [0, 1e-4, 1e-3].map(
              (l2): MlpCandidate => ({
                kind: 'mlp',
                standardise,
                hidden,
                batchSize,
                learningRate,
                dropout,
                l2,
              }),
            ),
          ),
        ),
      ),
    ),
  );
}

/** `softmax regression, C 0.3`; `MLP [512], dropout 0.5, learning rate 0.001, batch 64, L2 0, standardised`. */
export function describeCandidate(candidate: Candidate): string {
  if (candidate.kind === 'softmax') return `softmax regression, C ${candidate.c}`;
  const { hidden, dropout, learningRate, batchSize, l2, standardise } = candidate;
  const shape = hidden.length === 0 ? 'linear probe by Adam' : `MLP [${hidden.join(', ')}]`;
  return (
    `${shape}, dropout ${dropout}, learning rate ${learningRate}, batch ${batchSize}, L2 ${l2}, ` +
    (standardise ? 'standardised' : 'not standardised')
  );
}
