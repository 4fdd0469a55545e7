import { basename } from 'node:path';
import type { KeyNotation } from '../../shared/music/key.ts';
import type { Task } from '../../shared/prediction.ts';
import type { FileDetails, StoredPrediction } from '../catalogue/index.ts';
import { predictedValue } from '../library/predicted-edits.ts';
import { pathRecord } from './output.ts';
import { fitWidth, percent, safeText } from './text.ts';

const TASKS: readonly Task[] = ['key', 'genre'];

/** The prediction that counts for a task. */
export function currentPrediction(
  predictions: readonly StoredPrediction[],
  task: Task,
): StoredPrediction | undefined {
  return predictions.find((prediction) => prediction.task === task && prediction.current);
}

function predictionRecord(prediction: StoredPrediction, notation: KeyNotation, whole: boolean) {
  const { label, confidence, runnerUp, margin, predictor, version } = prediction;
  return {
    value: predictedValue(prediction.task, label, notation),
    label,
    confidence,
    runnerUp,
    margin,
    predictor,
    version,
    ...(whole
      ? {
          distribution: Object.fromEntries(prediction.labels.map((l, i) => [l, prediction.probabilities[i]])),
        }
      : {}),
  };
}

/** A `track` record, see docs/cli.md. */
export function trackRecord(file: FileDetails, notation: KeyNotation, whole = false) {
  const predictions: Record<string, unknown> = {};
  for (const task of TASKS) {
    const prediction = currentPrediction(file.predictions, task);
    if (prediction) predictions[task] = predictionRecord(prediction, notation, whole);
  }
  return {
    type: 'track',
    ...pathRecord(file.path),
    container: file.container,
    durationSeconds: file.track?.durationSeconds ?? null,
    tags: file.tags,
    predictions,
    state: file.state,
    ...(file.track?.silentReason ? { silentReason: file.track.silentReason } : {}),
    ...(file.problem ? { problem: { code: file.problem.code, message: file.problem.message } } : {}),
  };
}

/** Head of the columns of `trackLine`. */
export const TRACK_HEADER = [
  fitWidth('File', 44),
  fitWidth('Key', 4),
  fitWidth('sure', 5),
  fitWidth('Genre', 10),
  fitWidth('sure', 5),
  'Tagged as',
].join('  ');

/** One line for people: file, predicted key and genre with confidence, what the tags say. */
export function trackLine(file: FileDetails, notation: KeyNotation): string {
  const cells = [fitWidth(safeText(basename(file.path)), 44)];
  for (const task of TASKS) {
    const prediction = currentPrediction(file.predictions, task);
    cells.push(
      fitWidth(
        prediction ? safeText(predictedValue(task, prediction.label, notation)) : '–',
        task === 'key' ? 4 : 10,
      ),
      fitWidth(prediction ? percent(prediction.confidence) : '', 5),
    );
  }
  const tagged = TASKS.map((task) => (file.tags[task] ?? []).join('; ')).filter((text) => text !== '');
  const { silentReason } = file.track ?? {};
  cells.push(
    silentReason
      ? `no prediction: ${SILENT_REASONS[silentReason] ?? silentReason}`
      : safeText(tagged.join(' · ')),
  );
  return cells.join('  ').trimEnd();
}

const SILENT_REASONS: Readonly<Record<string, string>> = {
  silence: 'silent',
  'too-short': 'too short to tell',
};
