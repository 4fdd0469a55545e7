import { displayGenre, GTZAN_GENRES } from '../../shared/music/genre.ts';
import { formatKey, type KeyNotation, keyOf } from '../../shared/music/key.ts';
import { type Prediction, rank, type Task } from '../../shared/prediction.ts';
import type { FieldEdit, TagValues } from '../../shared/tags.ts';

/** Under which conditions a prediction becomes a tag. */
export interface PredictionPolicy {
  /** Tasks whose field may be written. */
  readonly tasks: readonly Task[];
  /** Calibrated probability from which a prediction is written, by task. */
  readonly minConfidence: Readonly<Record<Task, number>>;
  /** Also where the field says something already. */
  readonly overwrite: boolean;
  readonly keyNotation: KeyNotation;
}

/** Why a task's field is left as it is. */
export type SkipReason = 'no-prediction' | 'unsure' | 'filled';

export interface PredictedEdits {
  readonly edits: readonly FieldEdit[];
  readonly skipped: Readonly<Partial<Record<Task, SkipReason>>>;
}

const SHIPPED: ReadonlySet<string> = new Set(GTZAN_GENRES);

/** What a field would say if this prediction were written, in the user's notation. */
export function predictedValue(task: Task, label: string, notation: KeyNotation): string {
  // Labels of shipped probes are short names; learnt ones are spelt as the user spells them.
  if (task === 'genre') return SHIPPED.has(label) ? displayGenre(label) : label;
  const key = keyOf(label);
  return key ? formatKey(key, notation) : label;
}

/** The edits that a track's predictions ask for, and why others were not made. Pure. */
export function predictedEdits(
  tags: TagValues,
  predictions: readonly Prediction[],
  policy: PredictionPolicy,
): PredictedEdits {
  const edits: FieldEdit[] = [];
  const skipped: Partial<Record<Task, SkipReason>> = {};
  for (const task of policy.tasks) {
    const prediction = predictions.find((candidate) => candidate.task === task);
    const filled = (tags[task] ?? []).some((value) => value.trim() !== '');
    if (!prediction) skipped[task] = 'no-prediction';
    else if (filled && !policy.overwrite) skipped[task] = 'filled';
    else {
      const { label, confidence } = rank(prediction);
      if (confidence < policy.minConfidence[task]) skipped[task] = 'unsure';
      else edits.push({ field: task, values: [predictedValue(task, label, policy.keyNotation)] });
    }
  }
  return { edits, skipped };
}
