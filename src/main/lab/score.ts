import { keyFromIndex } from '../../shared/music/key.ts';
import { mirexScore } from '../../shared/music/mirex.ts';
import type { Task } from '../../shared/prediction.ts';
import { type Matrix, row } from './matrix.ts';
import { accuracy, argmax } from './metrics.ts';

/** Mean MIREX weighted score of scores over `KEY_LABELS`, in that order. */
export function meanMirex(scores: Matrix, labels: readonly number[]): number {
  const each = labels.map((label, index) =>
    mirexScore(keyFromIndex(label), keyFromIndex(argmax(row(scores, index)))),
  );
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

/** The protocol's score of a task, higher is better: accuracy for genre, MIREX for key. */
export function taskScore(task: Task, scores: Matrix, labels: readonly number[]): number {
  return task === 'key' ? meanMirex(scores, labels) : accuracy(scores, labels);
}
