/** First and second moments of one array of parameters. */
interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

export interface AdamOptions {
  readonly learningRate: number;
  /** Added to the gradient as `l2 · parameter` before the moments, as PyTorch's `weight_decay`. */
  readonly l2: number;
}

/** Decay of the moments and the guard against division by 0: the defaults of Kingma & Ba (2015). */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** Adam (Kingma & Ba 2015, algorithm 1), in the form of PyTorch. */
export class Adam {
  readonly #options: AdamOptions;
  readonly #moments = new Map<Float64Array, Moments>();
  #steps = 0;

  constructor(options: AdamOptions) {
    this.#options = options;
  }

  /**
   * One step, in place.
   * @param pairs each array of parameters (the same objects each time) with its gradient
   */
  step(pairs: readonly (readonly [parameters: Float64Array, gradient: Float64Array])[]): void {
    this.#steps += 1;
    const { learningRate, l2 } = this.#options;
    const scale = learningRate / (1 - BETA_1 ** this.#steps);
    const rootCorrection = Math.sqrt(1 - BETA_2 ** this.#steps);
    for (const [parameters, gradient] of pairs) {
      const { first, second } = this.#momentsOf(parameters);
      for (let at = 0; at < parameters.length; at++) {
        const slope = gradient[at]! + l2 * parameters[at]!;
        const m = BETA_1 * first[at]! + (1 - BETA_1) * slope;
        const v = BETA_2 * second[at]! + (1 - BETA_2) * slope * slope;
        first[at] = m;
        second[at] = v;
        parameters[at]! -= (scale * m) / (Math.sqrt(v) / rootCorrection + EPSILON);
      }
    }
  }

  #momentsOf(parameters: Float64Array): Moments {
    let moments = this.#moments.get(parameters);
    if (!moments) {
      moments = { first: new Float64Array(parameters.length), second: new Float64Array(parameters.length) };
      this.#moments.set(parameters, moments);
    }
    return moments;
  }
}
