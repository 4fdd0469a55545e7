/**
 * Sinusoidal positions as transformers' MusicgenSinusoidalPositionalEmbedding has them: cosines in the first half of
 * the width, sines in the second. Every step is rounded to float32 as there, since angles of late positions are large:
 * unrounded frequencies would differ by 1e-4 in their cosine.
 * @returns [positions, hidden], row-major
 */
export function sinusoidalPositions(positions: number, hidden: number): Float32Array {
  const half = hidden / 2;
  const step = Math.fround(-Math.log(10_000) / (half - 1));
  const table = new Float32Array(positions * hidden);
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(Math.exp(Math.fround(i * step)));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      table[position * hidden + i] = Math.cos(angle);
      table[position * hidden + half + i] = Math.sin(angle);
    }
  }
  return table;
}
