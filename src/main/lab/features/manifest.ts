import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DATASET_KINDS, type Dataset, DatasetError, type DatasetRow } from '../datasets/dataset.ts';

const text = z.string().max(4096);

const representationSchema = z.strictObject({
  id: text.min(1),
  version: text.min(1),
  dimension: z.int().min(1).max(65_536),
  /** Name of its file in `vectors`. */
  file: z.string().regex(/^[\w.@+-]{1,200}\.npy$/),
});

const manifestSchema = z.strictObject({
  format: z.literal('cratewise-features'),
  formatVersion: z.literal(1),
  name: text,
  kind: z.enum(DATASET_KINDS),
  task: z.enum(['genre', 'key']),
  labels: z.array(text.min(1)).min(2).max(4096),
  windows: z.strictObject({ count: z.int().min(0).max(1000), seconds: z.number().positive().max(3600) }),
  representations: z.array(representationSchema).max(1024),
});

/** A representation whose vectors a feature folder holds. */
export type StoredRepresentation = z.infer<typeof representationSchema>;

/** What a feature folder says of itself: `dataset.json`. */
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws DatasetError where the folder is not one of features */
export function readManifest(folder: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')));
  } catch (cause) {
    throw new DatasetError(`${folder} is not a folder that “cratewise lab extract” made.`, { cause });
  }
}

/** Replaces the file as a whole: whoever reads it sees the old one or the new one. */
export function writeWhole(file: string, content: string): void {
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

export function writeManifest(folder: string, manifest: Manifest): void {
  writeWhole(join(folder, 'dataset.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** `musicgen-small:12` version 1 → `musicgen-small+12@1.npy`. */
export function vectorFileName(id: string, version: string): string {
  return `${`${id}@${version}`.replaceAll(':', '+').replace(/[^\w.@+-]/g, '_')}.npy`;
}

const COLUMNS = ['id', 'path', 'clip', 'label', 'split', 'group', 'song'] as const;

/** The rows as a table: `rows.tsv`. Tabs, line breaks and backslashes in a cell are escaped. */
export function formatRows(rows: readonly DatasetRow[]): string {
  const lines = rows.map((row) =>
    COLUMNS.map((column) => escapeCell(row[column] === null ? '' : String(row[column]))).join('\t'),
  );
  return `${[COLUMNS.join('\t'), ...lines].join('\n')}\n`;
}

/**
 * @param labels those that a row may have; any where null
 * @throws DatasetError where a line is not a row, or names another label
 */
export function parseRows(content: string, labels: readonly string[] | null): DatasetRow[] {
  const lines = content.split('\n');
  const known = labels && new Set(labels);
  if (lines[0] !== COLUMNS.join('\t')) throw new DatasetError('rows.tsv does not begin as it should.');
  return lines
    .slice(1)
    .filter((line) => line !== '')
    .map((line, at) => {
      const cells = line.split('\t').map(unescapeCell);
      const [id = '', path = '', clip = '', label = '', split = '', group = '', song = ''] = cells;
      if (cells.length !== COLUMNS.length || id === '' || (label !== '' && known && !known.has(label))) {
        throw new DatasetError(`rows.tsv: line ${at + 2} is not a row of this data set.`);
      }
      if (split !== '' && split !== 'train' && split !== 'valid' && split !== 'test') {
        throw new DatasetError(`rows.tsv: line ${at + 2} names no part of the split.`);
      }
      return {
        id,
        path,
        clip: clip === '' ? null : Number(clip),
        label,
        split: split === '' ? null : split,
        group,
        song,
      };
    });
}

/**
 * The rows of a folder.
 * @param labels as in `parseRows`
 */
export function readRows(folder: string, labels: readonly string[] | null): DatasetRow[] {
  let content: string;
  try {
    content = readFileSync(join(folder, 'rows.tsv'), 'utf8');
  } catch (cause) {
    throw new DatasetError(`${folder} has no rows.tsv.`, { cause });
  }
  return parseRows(content, labels);
}

/**
 * The rows of a folder brought up to date with its data set: what was there stays in its place (without a label where
 * it is gone from the data set), what is new comes after.
 */
export function mergeRows(old: readonly DatasetRow[], dataset: Dataset): DatasetRow[] {
  const fresh = new Map(dataset.rows.map((row) => [row.id, row]));
  const kept = old.map((row) => {
    const now = fresh.get(row.id);
    fresh.delete(row.id);
    if (now && now.path !== row.path) {
      throw new DatasetError(
        `${row.id} lies elsewhere than when its features were extracted; use a new folder.`,
      );
    }
    return now ?? { ...row, label: '', split: null };
  });
  return [...kept, ...fresh.values()];
}

function escapeCell(cell: string): string {
  return cell
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

function unescapeCell(cell: string): string {
  return cell.replace(/\\([\\tnr])/g, (_, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? '\\');
}
