import { CratewiseError } from '../../../shared/errors.ts';
import type { Task } from '../../../shared/prediction.ts';
import type { Split } from '../gtzan.ts';

/** One labelled passage of audio. */
export interface DatasetRow {
  /** Unique in the data set, and the same each time it is read. */
  readonly id: string;
  /** Absolute, in our escaped form. */
  readonly path: string;
  /** Which half-minute of the file, from 0; null: the file as the windows of the extraction have it. */
  readonly clip: number | null;
  /** One of the data set's labels; empty where the row is known but must not be used. */
  readonly label: string;
  /** Part of a given split; null where there is none. */
  readonly split: Split | null;
  /** Rows of one group (artist, song) are never on both sides of a fold; empty: a group of its own. */
  readonly group: string;
  /** Rows of one song are answered together; empty: a song of its own. */
  readonly song: string;
}

export const DATASET_KINDS = ['gtzan', 'giantsteps', 'folders', 'csv', 'library'] as const;
export type DatasetKind = (typeof DATASET_KINDS)[number];

/** Something that was left out, and why. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** Labelled audio. */
export interface Dataset {
  readonly name: string;
  readonly kind: DatasetKind;
  readonly task: Task;
  readonly labels: readonly string[];
  readonly rows: readonly DatasetRow[];
  readonly leftOut: readonly LeftOut[];
}

/** A data set that can't be used, or a file of it that is not what it should be. */
export class DatasetError extends CratewiseError {
  override readonly name = 'DatasetError';

  constructor(message: string, options?: ErrorOptions) {
    super('bad-dataset', message, options);
  }
}

/**
 * Leaves out labels with too few examples; the rest in the order of `order`, or by name.
 * @throws DatasetError where fewer than two labels are left
 */
export function keepCommonLabels(
  rows: readonly DatasetRow[],
  minimum: number,
  order?: readonly string[],
): { rows: DatasetRow[]; labels: string[]; leftOut: LeftOut[] } {
  const counts = new Map<string, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  const rare = [...counts].filter(([, count]) => count < minimum);
  const labels = order
    ? order.filter((label) => counts.has(label))
    : [...counts.keys()].filter((label) => counts.get(label)! >= minimum).sort();
  const kept = new Set(labels);
  if (labels.length < 2) {
    throw new DatasetError(
      `Fewer than two labels have ${minimum} examples or more; there is nothing to tell apart.`,
    );
  }
  return {
    rows: rows.filter(({ label }) => kept.has(label)),
    labels,
    leftOut: rare
      .filter(([label]) => !kept.has(label))
      .map(([label, count]) => ({ what: label, why: `${count} of ${minimum} examples that are needed` })),
  };
}
