/**
 * Folds weight normalisation (Salimans & Kingma 2016) into plain weights: w = g · v / ‖v‖, with one norm for each
 * output, over its inputs and kernel. As torch computes it in float32, up to rounding.
 * @param g magnitudes [outputs]
 * @param v directions [outputs, …], row-major
 */
export function foldWeightNorm(g: Float32Array, v: Float32Array): Float32Array {
  const each = v.length / g.length;
  const w = new Float32Array(v.length);
  for (let output = 0; output < g.length; output++) {
    const start = output * each;
    let squares = 0;
    for (let i = start; i < start + each; i++) squares += v[i]! ** 2;
    const factor = squares === 0 ? 0 : g[output]! / Math.sqrt(squares);
    for (let i = start; i < start + each; i++) w[i] = v[i]! * factor;
  }
  return w;
}

/** Order of the gates in torch is input, forget, cell, output; in ONNX input, output, forget, cell. */
const ONNX_GATES = [0, 3, 1, 2] as const;

/** Rows of an LSTM's weights or biases, from torch's order of the gates to ONNX's. @param array [4 · hidden, …] */
export function reorderGates(array: Float32Array): Float32Array {
  const gate = array.length / 4;
  const reordered = new Float32Array(array.length);
  ONNX_GATES.forEach((from, to) => {
    reordered.set(array.subarray(from * gate, (from + 1) * gate), to * gate);
  });
  return reordered;
}
