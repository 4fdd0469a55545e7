import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WindowPolicy } from '../../../shared/analysis.ts';
import type { Embedding } from '../../../shared/prediction.ts';
import type { Dataset, DatasetRow, LeftOut } from '../datasets/dataset.ts';
import { DatasetError } from '../datasets/dataset.ts';
import {
  formatRows,
  type Manifest,
  mergeRows,
  readManifest,
  readRows,
  vectorFileName,
  writeManifest,
  writeWhole,
} from './manifest.ts';
import { VectorFile } from './vector-file.ts';

/** A representation to be extracted. */
export interface WantedRepresentation {
  readonly id: string;
  readonly version: string;
  readonly dimension: number;
}

/** A passage that still lacks some vectors. */
export interface PendingRow {
  readonly index: number;
  readonly path: string;
  readonly clip: number | null;
  readonly representations: readonly string[];
}

/** Where an extraction stands when it is opened. */
export interface ExtractionState {
  readonly rows: number;
  readonly pending: number;
  /** Rows that failed before and are not tried again. */
  readonly failed: number;
  readonly leftOut: readonly LeftOut[];
  readonly windows: WindowPolicy;
}

/**
 * A feature folder being filled: `dataset.json`, `rows.tsv`, `vectors/<representation>@<version>.npy`, `failures.tsv`.
 * Each vector is written where it belongs as soon as it is known, so a kill loses what was in hand and no more.
 */
export class Extraction {
  readonly state: ExtractionState;
  readonly #folder: string;
  readonly #rows: readonly DatasetRow[];
  readonly #files: ReadonlyMap<string, VectorFile>;
  readonly #failed: Set<number>;
  #next = 0;

  /**
   * @param retry forget failures, try those rows again
   * @throws DatasetError where the folder holds another data set or other windows
   */
  constructor(
    folder: string,
    dataset: Dataset,
    representations: readonly WantedRepresentation[],
    windows: WindowPolicy,
    retry: boolean,
  ) {
    mkdirSync(join(folder, 'vectors'), { recursive: true });
    const old = existsSync(join(folder, 'dataset.json')) ? readManifest(folder) : null;
    if (old) requireSame(folder, old, dataset, windows);
    this.#folder = folder;
    const rows = mergeRows(old ? readRows(folder, null) : [], dataset);
    this.#rows = rows;
    const files = representations.map(({ id, version, dimension }) => {
      const file = vectorFileName(id, version);
      return { id, version, dimension, file };
    });
    // The rows are written before the manifest that a reader begins with, and only ever grow.
    writeWhole(join(folder, 'rows.tsv'), formatRows(rows));
    this.#files = new Map(
      files.map(({ id, file, dimension }) => [
        id,
        VectorFile.open(join(folder, 'vectors', file), rows.length, dimension),
      ]),
    );
    const others = (old?.representations ?? []).filter(
      ({ file }) => !files.some((each) => each.file === file),
    );
    for (const other of others) {
      VectorFile.open(join(folder, 'vectors', other.file), rows.length, other.dimension).close();
    }
    writeManifest(folder, {
      format: 'cratewise-features',
      formatVersion: 1,
      name: dataset.name,
      kind: dataset.kind,
      task: dataset.task,
      labels: [...new Set([...(old?.labels ?? []), ...dataset.labels])],
      windows: { count: windows.count, seconds: windows.seconds },
      representations: [...others, ...files],
    });
    if (retry) rmSync(join(folder, 'failures.tsv'), { force: true });
    this.#failed = readFailures(folder);
    const unfinished = rows.flatMap((row, index) => (this.#missing(row, index).length > 0 ? [index] : []));
    const failed = unfinished.filter((index) => this.#failed.has(index)).length;
    this.state = {
      rows: rows.length,
      pending: unfinished.length - failed,
      failed,
      leftOut: dataset.leftOut,
      windows,
    };
  }

  /** The next passages to listen to, at most `count`; none at the end. */
  next(count: number): PendingRow[] {
    const found: PendingRow[] = [];
    while (found.length < count && this.#next < this.#rows.length) {
      const index = this.#next++;
      const row = this.#rows[index]!;
      const representations = this.#missing(row, index);
      if (representations.length === 0 || this.#failed.has(index)) continue;
      found.push({ index, path: row.path, clip: row.clip, representations });
    }
    return found;
  }

  /** @throws ArrayFileError where a vector is not what the representation promises */
  store(index: number, embeddings: readonly Embedding[]): void {
    for (const { representation, vector } of embeddings) {
      this.#files.get(representation)?.write(index, Float32Array.from(vector));
    }
  }

  fail(index: number, code: string, message: string): void {
    this.#failed.add(index);
    const line = [index, code, message].join('\t').replace(/[\r\n]+/g, ' ');
    appendFileSync(join(this.#folder, 'failures.tsv'), `${line}\n`);
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #missing(row: DatasetRow, index: number): string[] {
    if (row.label === '') return [];
    return [...this.#files].filter(([, file]) => !file.has(index)).map(([id]) => id);
  }
}

function requireSame(folder: string, old: Manifest, dataset: Dataset, windows: WindowPolicy): void {
  if (old.kind !== dataset.kind || old.task !== dataset.task || old.name !== dataset.name) {
    throw new DatasetError(`${folder} holds features of another data set (${old.name}); name a new folder.`);
  }
  if (old.windows.count !== windows.count || old.windows.seconds !== windows.seconds) {
    throw new DatasetError(
      `${folder} holds features of ${old.windows.count} windows of ${old.windows.seconds} s; name a new folder for others.`,
    );
  }
}

function readFailures(folder: string): Set<number> {
  const file = join(folder, 'failures.tsv');
  if (!existsSync(file)) return new Set();
  return new Set(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^\d+\t/.test(line))
      .map((line) => Number.parseInt(line, 10)),
  );
}
