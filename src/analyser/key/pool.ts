/**
 * One distribution from the logits of several windows: their mean, weighted by length, divided by the temperature,
 * through a softmax.
 *
 * @param logits one array a window, all of one length
 * @param seconds length of each window
 * @param temperature above 0; over 1 makes the distribution flatter
 * @returns probabilities that sum to 1
 */
export function poolLogits(
  logits: readonly Float64Array[],
  seconds: readonly number[],
  temperature: number,
): number[] {
  const total = seconds.reduce((sum, length) => sum + length, 0);
  const mean = new Float64Array(logits[0]?.length ?? 0);
  for (const [i, window] of logits.entries()) {
    for (let k = 0; k < mean.length; k++) mean[k] = mean[k]! + (window[k]! * seconds[i]!) / total;
  }
  const largest = Math.max(...mean);
  const weights = Array.from(mean, (value) => Math.exp((value - largest) / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
