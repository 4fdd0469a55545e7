import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError, type DatasetRow } from '../datasets/dataset.ts';
import { type Matrix, matrix } from '../matrix.ts';
import { readNpy } from '../npy.ts';
import { type Manifest, readManifest, readRows, type StoredRepresentation } from './manifest.ts';

/** Labelled vectors of one data set. */
export interface Features {
  readonly manifest: Manifest;
  readonly inputs: readonly StoredRepresentation[];
  /** Only rows that have a label and all vectors. */
  readonly rows: readonly DatasetRow[];
  /** Their vectors, those of several representations side by side. */
  readonly x: Matrix;
  /** Index of each row's label in `manifest.labels`. */
  readonly y: readonly number[];
  /** Labelled rows without a vector. */
  readonly missing: number;
}

/**
 * Reads the vectors of some representations from a feature folder.
 * @throws DatasetError where the folder lacks one; ArrayFileError where a file is not what it should be
 */
export function loadFeatures(folder: string, representations: readonly string[]): Features {
  const manifest = readManifest(folder);
  const all = readRows(folder, manifest.labels);
  const inputs = representations.map((id) => storedRepresentation(folder, manifest, id));
  const parts = inputs.map((input) => readVectors(folder, input, all.length));
  const width = inputs.reduce((sum, { dimension }) => sum + dimension, 0);
  const there = all.flatMap((row, index) =>
    row.label !== '' && parts.every((part) => isFinished(part, index)) ? [index] : [],
  );
  if (there.length === 0)
    throw new DatasetError(`${folder} holds no labelled row of ${representations.join(' + ')}.`);
  const data = new Float64Array(there.length * width);
  there.forEach((index, at) => {
    let to = at * width;
    for (const part of parts) {
      data.set(part.data.subarray(index * part.columns, (index + 1) * part.columns), to);
      to += part.columns;
    }
  });
  const rows = there.map((index) => all[index]!);
  const places = new Map(manifest.labels.map((label, at) => [label, at]));
  return {
    manifest,
    inputs,
    rows,
    x: matrix(there.length, width, data),
    y: rows.map(({ label }) => places.get(label)!),
    missing: all.filter(({ label }) => label !== '').length - rows.length,
  };
}

/** What a folder knows of a representation. @throws DatasetError where it does not have it */
export function storedRepresentation(folder: string, manifest: Manifest, id: string): StoredRepresentation {
  const found = manifest.representations.filter((each) => each.id === id).at(-1);
  if (found) return found;
  const there = manifest.representations.map((each) => each.id).join(', ');
  throw new DatasetError(`${folder} has no vectors of ${id}. It has: ${there || 'none'}.`);
}

function readVectors(folder: string, { file, dimension }: StoredRepresentation, rows: number): Matrix {
  const path = join(folder, 'vectors', file);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new DatasetError(`${path} can't be read.`, { cause });
  }
  const { kind, shape, data } = readNpy(bytes);
  const [stored = 0, columns] = shape;
  // Fewer rows than there are names: the folder was being brought up to date when it was interrupted.
  if (kind !== 'number' || shape.length !== 2 || columns !== dimension || stored > rows) {
    throw new DatasetError(`${path} does not hold ${dimension} numbers for each row.`);
  }
  return { rows: stored, columns: dimension, data };
}

function isFinished(part: Matrix, row: number): boolean {
  if (row >= part.rows) return false;
  for (let at = row * part.columns; at < (row + 1) * part.columns; at++) {
    if (!Number.isFinite(part.data[at]!)) return false;
  }
  return true;
}
