import type { ExternalBytes } from '../onnx/graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import { reorderGates } from './weight-norm.ts';
import type { WeightsFile } from './weights-file.ts';

/** A matrix in 8 bits as DynamicQuantizeMatMul takes it: w[k, n] ≈ values[k, n] · scales[n]. */
export interface QuantisedMatrix {
  /** int8 [inputs, outputs]. */
  readonly values: ExternalBytes;
  /** float32 [outputs]. */
  readonly scales: ExternalBytes;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * Quantises the weights of a linear layer symmetrically, each output with a scale of its own, so that its largest
 * weight becomes ±127.
 * @param weights [outputs, inputs], row-major, as checkpoints have them
 * @param values [inputs, width], row-major: takes the result in its columns from `column` on
 * @param scales [width], likewise
 */
export function quantiseMatrix(
  weights: Float32Array,
  values: Int8Array,
  scales: Float32Array,
  column: number,
): void {
  const width = scales.length;
  const inputs = values.length / width;
  const outputs = weights.length / inputs;
  for (let output = 0; output < outputs; output++) {
    const row = weights.subarray(output * inputs, (output + 1) * inputs);
    let largest = 0;
    for (const weight of row) largest = Math.max(largest, Math.abs(weight));
    const scale = Math.fround(largest / 127) || 1;
    scales[column + output] = scale;
  }
  // Blocks of inputs, so that the columns written stay in the cache.
  const BLOCK = 64;
  for (let first = 0; first < inputs; first += BLOCK) {
    const last = Math.min(inputs, first + BLOCK);
    for (let output = 0; output < outputs; output++) {
      const factor = 1 / scales[column + output]!;
      for (let input = first; input < last; input++) {
        // Not beyond 127 but by the rounding of the scale.
        const value = Math.round(weights[output * inputs + input]! * factor);
        values[input * width + column + output] = Math.max(-127, Math.min(127, value));
      }
    }
  }
}

/**
 * Quantises linear layers that share their input, side by side as one matrix.
 * @param names of their weights in the checkpoint
 */
export async function writeQuantised(
  checkpoint: Checkpoint,
  names: readonly string[],
  file: WeightsFile,
): Promise<QuantisedMatrix> {
  const inputs = checkpoint.shape(names[0]!)[1]!;
  const outputs = names.reduce((sum, name) => sum + checkpoint.shape(name)[0]!, 0);
  const values = new Int8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  let column = 0;
  for (const name of names) {
    quantiseMatrix(await checkpoint.floats(name), values, scales, column);
    column += checkpoint.shape(name)[0]!;
  }
  return append(values, scales, file);
}

/** The matrices of an LSTM's layer, one for its input and one for its own state; the gates in ONNX's order. */
export interface QuantisedLstmLayer {
  readonly input: QuantisedMatrix;
  readonly recurrent: QuantisedMatrix;
}

/** Quantises the weights of a layer of an LSTM. @param name prefix of its tensors */
export async function writeQuantisedLstm(
  checkpoint: Checkpoint,
  name: string,
  layer: number,
  file: WeightsFile,
): Promise<QuantisedLstmLayer> {
  const matrix = async (side: string): Promise<QuantisedMatrix> => {
    const weights = reorderGates(await checkpoint.floats(`${name}.weight_${side}_l${layer}`));
    const scales = new Float32Array(checkpoint.shape(`${name}.weight_${side}_l${layer}`)[0]!);
    const values = new Int8Array(weights.length);
    quantiseMatrix(weights, values, scales, 0);
    return append(values, scales, file);
  };
  return { input: await matrix('ih'), recurrent: await matrix('hh') };
}

async function append(values: Int8Array, scales: Float32Array, file: WeightsFile): Promise<QuantisedMatrix> {
  const outputs = scales.length;
  return {
    values: await file.append(values),
    scales: await file.append(scales),
    inputs: values.length / outputs,
    outputs,
  };
}
