import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Probe, serialiseProbe } from '../../shared/probe.ts';
import { DATASET_KINDS, DatasetError } from './datasets/dataset.ts';
import type { ExperimentResult } from './experiment.ts';
import { writeWhole } from './features/manifest.ts';
import { POOLINGS } from './pool-songs.ts';

/** A result with ten thousands of wrong answers is a few megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;

const text = z.string().max(10_000);
const count = z.int().nonnegative();
const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

const resultSchema = z.strictObject({
  format: z.literal('cratewise-lab-result'),
  formatVersion: z.literal(1),
  dataset: z.strictObject({
    name: text,
    kind: z.enum(DATASET_KINDS),
    task: z.enum(['genre', 'key']),
    labels: z.array(text).min(2).max(4096),
    train: count,
    valid: count,
    test: count,
    missing: count,
  }),
  representations: z.array(z.strictObject({ id: text, version: text, dimension: z.int().positive() })).min(1),
  probe: text,
  chosen: text,
  date: z.iso.date(),
  trials: z.array(z.strictObject({ candidate: text, loss: z.number(), score: z.number() })),
  measuredOn: z.enum(['test', 'folds']),
  evaluation: z.strictObject({
    n: count,
    accuracy: estimate,
    mirex: estimate.nullable(),
    loss: z.number(),
    calibrationError: z.number(),
    bins: z.array(
      z.strictObject({
        low: z.number(),
        high: z.number(),
        n: count,
        confidence: z.number(),
        accuracy: z.number(),
      }),
    ),
    confusion: z.array(z.array(count)),
  }),
  bySong: z
    .strictObject({ pooling: z.enum(POOLINGS), n: count, mirex: estimate, accuracy: estimate })
    .nullable(),
  score: estimate,
  comparable: z.boolean(),
  wrong: z.array(
    z.strictObject({
      id: text,
      path: text,
      clip: z.int().nullable(),
      label: text,
      answer: text,
      confidence: z.number(),
    }),
  ),
});

/** Name of the files of an experiment: `choi_musicnn-tags`. */
export function experimentName(representations: readonly string[]): string {
  return representations
    .join('_')
    .replaceAll(':', '+')
    .replace(/[^\w.@+-]/g, '_')
    .slice(0, 150);
}

/** Writes `probes/<name>.json` and `results/<name>.json` in a feature folder. Returns where the probe is. */
export function writeExperiment(
  folder: string,
  name: string,
  probe: Probe,
  result: ExperimentResult,
): string {
  for (const part of ['probes', 'results']) mkdirSync(join(folder, part), { recursive: true });
  const file = join(folder, 'probes', `${name}.json`);
  writeWhole(file, serialiseProbe(probe));
  writeWhole(join(folder, 'results', `${name}.json`), `${JSON.stringify(result)}\n`);
  return file;
}

/**
 * The results that a feature folder holds, in the order of their names.
 * @throws DatasetError where a file there is not one
 */
export function readResults(folder: string): ExperimentResult[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, 'results')).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.sort().map((name) => readResult(join(folder, 'results', name)));
}

function readResult(file: string): ExperimentResult {
  try {
    if (statSync(file).size > MAX_BYTES) throw new RangeError('too large');
    const result = resultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const { length } = result.dataset.labels;
    const { confusion } = result.evaluation;
    if (confusion.length !== length || confusion.some((counts) => counts.length !== length)) {
      throw new RangeError('the confusion matrix does not fit the labels');
    }
    return result;
  } catch (cause) {
    throw new DatasetError(`${file} is not a result of “cratewise lab train”.`, { cause });
  }
}
