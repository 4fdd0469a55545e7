/** The weights of tests/reference/made_up.py: no one's, but the same in both languages. */
export function madeUp(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, d) => product * d, 1);
  // A quantiser whose codewords are all but the same would always answer with one.
  const irregular = name.startsWith('encoders.') || name.startsWith('bottleneck.');
  return Float32Array.from({ length: size }, (_, i) => {
    const wave = irregular ? Math.cos(0.37 * i * i + name.length) : Math.cos(0.7 * i + name.length);
    if (name.endsWith('running_var') || name.endsWith('lenghts')) return 1.5 + wave;
    if (name.endsWith('bn.weight') || /ln_[01]\.weight$/.test(name)) return 1 + 0.2 * wave;
    if (shape.length < 2) return 0.1 * wave;
    return ((irregular ? 3 : 1.5) * wave) / Math.sqrt(size / shape[0]!);
  });
}
