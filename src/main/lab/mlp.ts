import { multiplyTransposed, transpose } from './multiply.ts';

/** One dense layer: `outputs` rows of `inputs` weights, row-major. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** A multi-layer perceptron: ReLU after each layer but the last. No hidden layer makes it a linear classifier. */
export interface Mlp {
  readonly layers: readonly DenseLayer[];
}

/**
 * A net with weights and biases drawn from ±1/√inputs, uniformly: the initialisation of PyTorch's `Linear`, which
 * the protocol's published code uses.
 */
export function initialiseMlp(
  inputs: number,
  hidden: readonly number[],
  outputs: number,
  random: () => number,
): Mlp {
  let width = inputs;
  const layers = [...hidden, outputs].map((size): DenseLayer => {
    const bound = 1 / Math.sqrt(width);
    const draw = (length: number) => Float64Array.from({ length }, () => (2 * random() - 1) * bound);
    const layer = { inputs: width, outputs: size, weights: draw(size * width), bias: draw(size) };
    width = size;
    return layer;
  });
  return { layers };
}

/** A copy whose weights are its own. */
export function copyMlp(net: Mlp): Mlp {
  return {
    layers: net.layers.map((layer) => ({
      ...layer,
      weights: layer.weights.slice(),
      bias: layer.bias.slice(),
    })),
  };
}

/**
 * Scores of each row, before the softmax, without dropout.
 * @param x `rows` rows, as wide as the first layer's inputs
 * @returns `rows` rows, one column a class
 */
export function mlpLogits(net: Mlp, rows: number, x: Float64Array): Float64Array {
  let values = x;
  net.layers.forEach((layer, index) => {
    values = applyDense(layer, rows, values);
    if (index < net.layers.length - 1) rectify(values);
  });
  return values;
}

function applyDense(layer: DenseLayer, rows: number, x: Float64Array): Float64Array {
  const { inputs, outputs, weights, bias } = layer;
  const y = new Float64Array(rows * outputs);
  multiplyTransposed(rows, outputs, inputs, x, weights, y);
  for (let row = 0, at = 0; row < rows; row++) for (let o = 0; o < outputs; o++, at++) y[at]! += bias[o]!;
  return y;
}

function rectify(values: Float64Array): void {
  for (let at = 0; at < values.length; at++) if (values[at]! < 0) values[at] = 0;
}

/** Gradients of one layer, in the shape of its weights and bias. */
export interface DenseGradient {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** What one batch is trained on. */
export interface Batch {
  readonly rows: number;
  /** `rows` rows; changed in place by dropout. */
  readonly x: Float64Array;
  /** Class of each row. */
  readonly y: ArrayLike<number>;
  /** Weight of each row in the loss. */
  readonly weights: ArrayLike<number>;
}

/**
 * Loss of one batch and its gradients: the weighted mean of the cross-entropy, `Σ wᵢ · −log p(yᵢ | xᵢ) / Σ wᵢ`.
 * With probability `dropout` each input and each hidden unit is set to 0, the others are divided by what is kept
 * (inverted dropout, Srivastava et al. 2014).
 *
 * @param random draws the dropped units; not called where `dropout` is 0
 */
export function mlpGradients(
  net: Mlp,
  batch: Batch,
  dropout: number,
  random: () => number,
): { readonly loss: number; readonly gradients: readonly DenseGradient[] } {
  const { rows } = batch;
  const inputs: Float64Array[] = [];
  let values = batch.x;
  net.layers.forEach((layer, index) => {
    // After a ReLU, a unit that is dropped and one that is off are alike 0: the mask need not be kept.
    drop(values, dropout, random);
    inputs.push(values);
    values = applyDense(layer, rows, values);
    if (index < net.layers.length - 1) rectify(values);
  });
  const { loss, errors } = softmaxErrors(values, batch);

  const gradients: DenseGradient[] = [];
  let delta = errors;
  for (let index = net.layers.length - 1; index >= 0; index--) {
    const layer = net.layers[index]!;
    const input = inputs[index]!;
    gradients.unshift(denseGradient(layer, rows, input, delta));
    if (index === 0) break;
    delta = backThrough(layer, rows, input, delta, 1 / (1 - dropout));
  }
  return { loss, gradients };
}

function drop(values: Float64Array, dropout: number, random: () => number): void {
  if (dropout === 0) return;
  const scale = 1 / (1 - dropout);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    values[at] = random() < dropout ? 0 : value * scale;
  }
}

/** `dLoss/dLogits` in place of the logits. */
function softmaxErrors(logits: Float64Array, batch: Batch): { loss: number; errors: Float64Array } {
  const { rows, y, weights } = batch;
  const classes = logits.length / rows;
  let total = 0;
  for (let row = 0; row < rows; row++) total += weights[row]!;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const share = weights[row]! / total;
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) top = Math.max(top, logits[start + k]!);
    const labelScore = logits[start + y[row]!]!;
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const exponential = Math.exp(logits[start + k]! - top);
      logits[start + k] = exponential;
      sum += exponential;
    }
    loss += share * (Math.log(sum) + top - labelScore);
    for (let k = 0; k < classes; k++) logits[start + k]! *= share / sum;
    logits[start + y[row]!]! -= share;
  }
  return { loss, errors: logits };
}

function denseGradient(
  layer: DenseLayer,
  rows: number,
  input: Float64Array,
  delta: Float64Array,
): DenseGradient {
  const { inputs, outputs } = layer;
  const turnedInput = new Float64Array(inputs * rows);
  const turnedDelta = new Float64Array(outputs * rows);
  transpose(rows, inputs, input, turnedInput);
  transpose(rows, outputs, delta, turnedDelta);
  const weights = new Float64Array(outputs * inputs);
  multiplyTransposed(outputs, inputs, rows, turnedDelta, turnedInput, weights);
  const bias = new Float64Array(outputs);
  for (let o = 0; o < outputs; o++) {
    for (let row = 0; row < rows; row++) bias[o]! += turnedDelta[o * rows + row]!;
  }
  return { weights, bias };
}

/** The error in front of a layer: through its weights, then through dropout and ReLU of the layer before. */
function backThrough(
  layer: DenseLayer,
  rows: number,
  input: Float64Array,
  delta: Float64Array,
  keptScale: number,
): Float64Array {
  const { inputs, outputs, weights } = layer;
  const turned = new Float64Array(inputs * outputs);
  transpose(outputs, inputs, weights, turned);
  const before = new Float64Array(rows * inputs);
  multiplyTransposed(rows, inputs, outputs, delta, turned, before);
  for (let at = 0; at < before.length; at++) before[at]! *= input[at] === 0 ? 0 : keptScale;
  return before;
}
