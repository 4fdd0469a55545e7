/**
 * Mean and population standard deviation over time of a feature, of its first and of its second difference: the
 * moments by which Choi et al. (2017) and Castellon et al. (2021) turn a clip into a vector.
 * @param frames time-major, `count` frames of `width` values; 3 frames or more
 * @returns 6·width values: mean and deviation of the feature, of x[t+1] − x[t], of the difference of that
 */
export function differenceMoments(frames: Float64Array, count: number, width: number): Float32Array {
  const out = new Float32Array(6 * width);
  let current = frames;
  let length = count;
  for (let order = 0; order < 3; order++) {
    if (order > 0) {
      length -= 1;
      const next = new Float64Array(Math.max(0, length) * width);
      for (let i = 0; i < next.length; i++) next[i] = current[i + width]! - current[i]!;
      current = next;
    }
    if (length < 1) break;
    const [mean, deviation] = meanAndDeviation(current, length, width);
    out.set(mean, 2 * order * width);
    out.set(deviation, (2 * order + 1) * width);
  }
  return out;
}

/**
 * Mean and population standard deviation of each column.
 * @param rows `count` rows of `width` values
 */
export function meanAndDeviation(
  rows: Float64Array,
  count: number,
  width: number,
): [mean: Float64Array, deviation: Float64Array] {
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (let row = 0, at = 0; row < count; row++) for (let i = 0; i < width; i++, at++) mean[i]! += rows[at]!;
  for (let i = 0; i < width; i++) mean[i]! /= count;
  for (let row = 0, at = 0; row < count; row++) {
    for (let i = 0; i < width; i++, at++) {
      const d = rows[at]! - mean[i]!;
      deviation[i]! += d * d;
    }
  }
  for (let i = 0; i < width; i++) deviation[i] = Math.sqrt(deviation[i]! / count);
  return [mean, deviation];
}
