import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../datasets/dataset.ts';
import { type ExperimentRequest, type ExperimentResult, experiment } from '../experiment.ts';
import { readManifest, writeWhole } from '../features/manifest.ts';
import { experimentName, readResults, writeExperiment } from '../results.ts';
import type { TrainProgress } from '../train.ts';
import { gapsOf, measurementOf, reportPage } from './page.ts';
import { buildTable, type TableRow } from './table.ts';

export interface ReportRequest {
  /** Feature folders, absolute. */
  readonly folders: readonly string[];
  /** Where `report.html` and `report.json` go. */
  readonly out: string;
  /** Train a probe for each representation that has no result yet, by these settings; null: only what there is. */
  readonly train: Omit<ExperimentRequest, 'folder' | 'representations' | 'id'> | null;
  /** ISO date, without a time. */
  readonly date: string;
}

export interface ReportSummary {
  readonly page: string;
  readonly json: string;
  readonly experiments: number;
  readonly table: readonly TableRow[];
  /** Rows of the seed's table that lack a comparable figure. */
  readonly gaps: { readonly genre: readonly string[]; readonly key: readonly string[] };
}

/**
 * Trains what is missing and writes the report.
 * @throws DatasetError where the folders hold no result and nothing to train on
 */
export function* writeReport(request: ReportRequest): Generator<TrainProgress, ReportSummary, void> {
  const results: ExperimentResult[] = [];
  for (const folder of request.folders) {
    if (request.train) yield* trainMissing(folder, request.train);
    results.push(...readResults(folder));
    yield { done: results.length, total: 0, steps: 0 };
  }
  if (results.length === 0) {
    throw new DatasetError('There is no result to report. “cratewise lab train” makes one.');
  }
  mkdirSync(request.out, { recursive: true });
  const page = join(request.out, 'report.html');
  const json = join(request.out, 'report.json');
  const table = buildTable(results.map(measurementOf));
  const gaps = gapsOf(results);
  writeWhole(page, reportPage(results, request.date));
  const report = {
    format: 'cratewise-lab-report',
    formatVersion: 1,
    date: request.date,
    table,
    gaps,
    results,
  };
  writeWhole(json, `${JSON.stringify(report, null, 1)}\n`);
  return { page, json, experiments: results.length, table, gaps };
}

function* trainMissing(
  folder: string,
  settings: NonNullable<ReportRequest['train']>,
): Generator<TrainProgress, void, void> {
  const { representations } = readManifest(folder);
  const known = new Set(readResults(folder).map((result) => key(result.representations)));
  const missing = representations.filter((representation) => !known.has(key([representation])));
  for (const [done, { id }] of missing.entries()) {
    yield { done, total: missing.length, steps: 0 };
    const request = { ...settings, folder, representations: [id], id: experimentName([id]) };
    const steps = experiment(request);
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done) {
        writeExperiment(folder, experimentName([id]), next.value.probe, next.value.result);
        break;
      }
      yield { done, total: missing.length, steps: next.value.done };
    }
  }
}

function key(representations: readonly { id: string; version: string }[]): string {
  return representations.map(({ id, version }) => `${id}@${version}`).join(' ');
}
