/** The weights of tests/reference/keynets.py: no one's, but the same in both languages. */
export function madeUp(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, d) => product * d, 1);
  return Float32Array.from({ length: size }, (_, i) => {
    const wave = Math.cos(0.7 * i + name.length);
    if (name.endsWith('running_var') || name.endsWith('lenghts')) return 1.5 + wave;
    if (name.endsWith('bn.weight')) return 1 + 0.2 * wave;
    if (shape.length < 2) return 0.1 * wave;
    return (1.5 * wave) / Math.sqrt(size / shape[0]!);
  });
}
