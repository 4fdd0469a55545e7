/** How classes are weighed: all examples alike, each class alike, or as given, one weight a class. */
export type ClassWeights = 'none' | 'balanced' | readonly number[];

/**
 * Weight of each example. `balanced` is scikit-learn's: `n / (classes · count)`, so that each class counts the same
 * and the weights sum to n.
 * @throws RangeError where weights are given for another number of classes, or are not positive numbers
 */
export function exampleWeights(
  y: readonly number[],
  classes: number,
  weights: ClassWeights,
): number[] | undefined {
  if (weights === 'none') return undefined;
  if (weights === 'balanced') {
    const counts = new Array<number>(classes).fill(0);
    for (const label of y) counts[label]! += 1;
    const present = counts.filter((count) => count > 0).length;
    return y.map((label) => y.length / (present * counts[label]!));
  }
  if (weights.length !== classes || !weights.every((weight) => Number.isFinite(weight) && weight > 0)) {
    throw new RangeError(`Class weights must be ${classes} positive numbers.`);
  }
  return y.map((label) => weights[label]!);
}
