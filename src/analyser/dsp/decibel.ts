/**
 * Powers to decibels in place: `librosa.power_to_db(ref=1)`, 10·log10(max(floor, x)), then nothing lower than
 * `range` below the loudest value of all.
 * @param range dB (librosa's `top_db`)
 * @param floor power (librosa's `amin`)
 */
export function powerToDecibel(values: Float64Array, range = 80, floor = 1e-10): void {
  let loudest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const decibel = 10 * Math.log10(Math.max(floor, values[i]!));
    values[i] = decibel;
    if (decibel > loudest) loudest = decibel;
  }
  const lowest = loudest - range;
  for (let i = 0; i < values.length; i++) if (values[i]! < lowest) values[i] = lowest;
}
