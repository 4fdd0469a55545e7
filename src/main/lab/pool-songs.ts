import { softmax } from '../../shared/probe.ts';
import { type Matrix, row, takeRows } from './matrix.ts';
import { argmax } from './metrics.ts';

/**
 * How the clips of one song become one answer (Castellon et al. 2021): the most clips' vote, the largest logit, the
 * mean of logits, the mean of probabilities.
 */
export const POOLINGS = ['vote', 'max-logit', 'mean-logit', 'mean-probability'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** Scores by song instead of by clip. */
export interface PooledScores {
  readonly songs: readonly string[];
  /** One row a song. For `mean-probability` and `vote` they are logarithms of shares: a softmax gives these back. */
  readonly scores: Matrix;
  readonly y: readonly number[];
}

/** A share of 0 as a logarithm: far below any other, and finite. */
const NOTHING = Math.log(1e-9);

/**
 * Clips to songs.
 * @param songs song of each row of `logits`
 * @throws RangeError where clips of one song have different labels
 */
export function poolSongs(
  logits: Matrix,
  y: readonly number[],
  songs: readonly string[],
  pooling: Pooling,
): PooledScores {
  const members = new Map<string, number[]>();
  songs.forEach((song, index) => {
    const known = members.get(song);
    if (!known) members.set(song, [index]);
    else if (y[known[0]!] === y[index]) known.push(index);
    else throw new RangeError(`The clips of ${song} have different labels.`);
  });
  const names = [...members.keys()];
  const data = new Float64Array(names.length * logits.columns);
  names.forEach((name, at) => {
    data.set(poolOne(takeRows(logits, members.get(name)!), pooling), at * logits.columns);
  });
  return {
    songs: names,
    scores: { rows: names.length, columns: logits.columns, data },
    y: names.map((name) => y[members.get(name)![0]!]!),
  };
}

function poolOne(clips: Matrix, pooling: Pooling): Float64Array {
  const pooled = new Float64Array(clips.columns);
  if (pooling === 'max-logit') pooled.fill(Number.NEGATIVE_INFINITY);
  for (let clip = 0; clip < clips.rows; clip++) {
    const logits = row(clips, clip);
    if (pooling === 'vote') pooled[argmax(logits)]! += 1 / clips.rows;
    else if (pooling === 'max-logit') {
      for (let k = 0; k < pooled.length; k++) pooled[k] = Math.max(pooled[k]!, logits[k]!);
    } else {
      const values = pooling === 'mean-logit' ? logits : softmax(logits);
      for (let k = 0; k < pooled.length; k++) pooled[k]! += values[k]! / clips.rows;
    }
  }
  if (pooling === 'vote' || pooling === 'mean-probability') {
    return pooled.map((share) => (share > 0 ? Math.log(share) : NOTHING));
  }
  return pooled;
}
