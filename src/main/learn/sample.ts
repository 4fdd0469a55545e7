import { randomFrom, shuffle } from '../lab/random.ts';

/** Examples of a label that are kept however small its share is. */
const KEEP = 10;

/**
 * Places of at most about `limit` examples, in order; of each label its share, small labels nearly whole. All where
 * there are no more.
 */
export function sampleByLabel(labels: readonly number[], limit: number, seed: number): number[] {
  if (labels.length <= limit) return labels.map((_, at) => at);
  const places = new Map<number, number[]>();
  labels.forEach((label, at) => {
    const known = places.get(label);
    if (known) known.push(at);
    else places.set(label, [at]);
  });
  const random = randomFrom(seed);
  const share = limit / labels.length;
  return [...places.values()]
    .flatMap((of) => shuffle(of, random).slice(0, Math.max(KEEP, Math.round(share * of.length))))
    .sort((a, b) => a - b);
}
