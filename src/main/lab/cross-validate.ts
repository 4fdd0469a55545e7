import { type Matrix, row, takeRows } from './matrix.ts';
import { negativeLogLikelihood } from './metrics.ts';
import { randomFrom, shuffle } from './random.ts';
import {
  COMPARED,
  type Examples,
  fitProbes,
  joinExamples,
  logitsOf,
  type ProbeDescription,
  takeExamples,
} from './train-probe.ts';

/** Result of one strength of the penalty over all folds. */
export interface FoldedTrial {
  /** As in `fitProbe`. */
  readonly c: number;
  /** Scores of each example by the probe that had not seen it: for accuracy, loss and the temperature. */
  readonly logits: Matrix;
  /** Mean negative log-likelihood of `logits`, in nats. */
  readonly loss: number;
}

/**
 * Deals examples into folds so that each fold has its share of every label. Examples of one group (an artist, an
 * album, the excerpts of one song) stay together: a probe tested on an artist that it was fitted on looks better
 * than it is.
 *
 * @param groups group of each example; each is a group of its own where absent
 * @param seed same seed, same folds
 * @returns fold of each example, 0..folds−1
 */
export function dealFolds(
  labels: readonly number[],
  folds: number,
  seed: number,
  groups: readonly string[] = labels.map((_, index) => String(index)),
): number[] {
  if (!Number.isInteger(folds) || folds < 2)
    throw new RangeError('Cross-validation needs two folds or more.');
  if (groups.length !== labels.length)
    throw new RangeError(`${groups.length} groups for ${labels.length} labels.`);
  const members = new Map<string, number[]>();
  groups.forEach((group, index) => {
    const known = members.get(group);
    if (known) known.push(index);
    else members.set(group, [index]);
  });
  if (members.size < folds)
    throw new RangeError(`${members.size} groups can't be dealt into ${folds} folds.`);

  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const counts = Array.from({ length: folds }, () => new Array<number>(classes).fill(0));
  const foldOf = new Array<number>(labels.length).fill(0);
  // Large groups first: they are hard to place once the folds are nearly full.
  const dealt = shuffle([...members.values()], randomFrom(seed)).sort((a, b) => b.length - a.length);
  for (const group of dealt) {
    let best = 0;
    let bestCost = Number.POSITIVE_INFINITY;
    counts.forEach((count, fold) => {
      const size = count.reduce((sum, each) => sum + each, 0);
      // Fullest in this group's labels first, then fullest altogether.
      const cost = group.reduce((sum, index) => sum + count[labels[index]!]!, 0) * (labels.length + 1) + size;
      if (cost < bestCost) [best, bestCost] = [fold, cost];
    });
    for (const index of group) {
      foldOf[index] = best;
      counts[best]![labels[index]!]! += 1;
    }
  }
  return foldOf;
}

/**
 * One trial for each strength: every fold is scored by a probe fitted on the others.
 * @param foldOf fold of each example, see `dealFolds`
 * @param more examples that every fold is fitted on too
 */
export function crossValidate(
  description: ProbeDescription,
  examples: Examples,
  foldOf: readonly number[],
  strengths: readonly number[],
  more?: Examples,
): FoldedTrial[] {
  if (foldOf.length !== examples.y.length) throw new RangeError('There must be a fold for each example.');
  const folds = [...new Set(foldOf)].sort((a, b) => a - b);
  if (folds.length < 2) throw new RangeError('Cross-validation needs two folds or more.');
  const columns = description.labels.length;
  const all = strengths.map(
    (): Matrix => ({
      rows: examples.x.rows,
      columns,
      data: new Float64Array(examples.x.rows * columns),
    }),
  );
  for (const fold of folds) {
    const held = indicesWhere(foldOf, (each) => each === fold);
    const rest = indicesWhere(foldOf, (each) => each !== fold);
    const others = takeExamples(examples, rest);
    const probes = fitProbes(description, more ? joinExamples([others, more]) : others, strengths, COMPARED);
    const heldVectors = takeRows(examples.x, held);
    probes.forEach((probe, trial) => {
      const scores = logitsOf(probe, heldVectors);
      held.forEach((index, at) => {
        all[trial]!.data.set(row(scores, at), index * columns);
      });
    });
  }
  return strengths.map((c, trial) => ({
    c,
    logits: all[trial]!,
    loss: negativeLogLikelihood(all[trial]!, examples.y),
  }));
}

function indicesWhere(values: readonly number[], test: (value: number) => boolean): number[] {
  return values.flatMap((value, index) => (test(value) ? [index] : []));
}
