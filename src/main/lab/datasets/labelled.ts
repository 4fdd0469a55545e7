import { isAbsolute, resolve } from 'node:path';
import { parseGenres } from '../../../shared/music/genre.ts';
import { KEY_LABELS, keyLabel, keyOf } from '../../../shared/music/key.ts';
import type { Task } from '../../../shared/prediction.ts';
import { isWithin, parentPath, SEPARATOR } from '../../scan/names.ts';
import { audioFiles } from './audio-files.ts';
import { type Dataset, DatasetError, type DatasetRow, keepCommonLabels, type LeftOut } from './dataset.ts';
import { readTable } from './delimited.ts';
import { splitNamed } from './split.ts';

/** A key in the protocol's spelling, or null. */
export function keyLabelOf(text: string): string | null {
  const key = keyOf(text);
  return key ? keyLabel(key) : null;
}

/** A folder of folders: the name of each is the label of what lies below it. */
export async function readLabelledFolders(folder: string, task: Task, minimum: number): Promise<Dataset> {
  const rows: DatasetRow[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of await audioFiles(folder)) {
    const inside = path.slice(folder.endsWith(SEPARATOR) ? folder.length : folder.length + 1);
    const name = inside.split(SEPARATOR)[0]!;
    const label = task === 'key' ? keyLabelOf(name) : name;
    if (!isWithin(path, folder) || inside === name || label === null) {
      leftOut.push({ what: path, why: task === 'key' ? 'its folder names no key' : 'it is in no folder' });
      continue;
    }
    // An album is one folder: its tracks stay together.
    rows.push({ id: inside, path, clip: null, label, split: null, group: parentGroup(inside), song: '' });
  }
  return finish('folders', folder, task, rows, minimum, leftOut);
}

/** The album of a path below the label's folder; none directly in it. */
function parentGroup(inside: string): string {
  const parts = inside.split(SEPARATOR);
  return parts.length > 2 ? parentPath(inside) : '';
}

/**
 * A list of files: columns `path` and `label`, optionally `split` and `group`; CSV or tab-separated. Paths may be
 * relative to the list.
 */
export function readList(file: string, task: Task, minimum: number): Dataset {
  const { rows: lines, columns } = readTable(file, ['path', 'label']);
  const leftOut: LeftOut[] = [];
  const rows: DatasetRow[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    const path = line.get('path')!;
    const label = task === 'key' ? keyLabelOf(line.get('label')!) : line.get('label')!;
    if (path === '' || label === null || label === '' || seen.has(path)) {
      leftOut.push({
        what: path || '(no path)',
        why: seen.has(path) ? 'it is listed twice' : 'it has no label',
      });
      continue;
    }
    seen.add(path);
    rows.push({
      id: path,
      path: isAbsolute(path) ? path : resolve(parentPath(file), path),
      clip: null,
      label,
      split: columns.includes('split') && line.get('split') ? splitNamed(line.get('split')!, file) : null,
      group: line.get('group') ?? '',
      song: '',
    });
  }
  if (rows.some(({ split }) => split) && rows.some(({ split }) => !split)) {
    throw new DatasetError(`${file} names the part of some files and not of others.`);
  }
  return finish('csv', file, task, rows, minimum, leftOut);
}

/** What the user's library says of one file. */
export interface TaggedFile {
  readonly path: string;
  readonly genre: readonly string[];
  readonly key: readonly string[];
  /** Artist, or album where there is none. */
  readonly group: string;
}

/**
 * The user's own library by its tags: the first genre, spellings of one genre merged; or the key.
 * @param minimum examples that a label must have
 */
export function readTaggedFiles(
  name: string,
  files: readonly TaggedFile[],
  task: Task,
  minimum: number,
  mergeGenre: (label: string) => string,
): Dataset {
  const rows = files.flatMap(({ path, genre, key, group }): DatasetRow[] => {
    const first = parseGenres(genre)[0];
    const label = task === 'key' ? keyLabelOf(key[0] ?? '') : first ? mergeGenre(first) : null;
    return label ? [{ id: path, path, clip: null, label, split: null, group, song: '' }] : [];
  });
  return finish('library', name, task, rows, minimum, []);
}

function finish(
  kind: Dataset['kind'],
  name: string,
  task: Task,
  rows: readonly DatasetRow[],
  minimum: number,
  leftOut: readonly LeftOut[],
): Dataset {
  // All 24 keys are the labels of a key probe, whatever keys there are examples of.
  if (task === 'key') {
    if (rows.length === 0) throw new DatasetError(`${name} has no file with a key.`);
    return { name, kind, task, labels: KEY_LABELS, rows, leftOut };
  }
  const kept = keepCommonLabels(rows, minimum);
  return { name, kind, task, labels: kept.labels, rows: kept.rows, leftOut: [...leftOut, ...kept.leftOut] };
}
