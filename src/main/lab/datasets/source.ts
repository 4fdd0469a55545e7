import { displayGenre, genreKey } from '../../../shared/music/genre.ts';
import type { Task } from '../../../shared/prediction.ts';
import { type Dataset, DatasetError } from './dataset.ts';
import { readGiantstepsFolder } from './giantsteps-folder.ts';
import { readGtzanFolder } from './gtzan-folder.ts';
import { readLabelledFolders, readList, readTaggedFiles, type TaggedFile } from './labelled.ts';

/** Where labelled audio is to be found. Paths are absolute, in our escaped form. */
export type DatasetSource =
  | { readonly kind: 'gtzan'; readonly folder: string; readonly split?: string }
  | { readonly kind: 'giantsteps'; readonly folder: string; readonly split: string }
  | { readonly kind: 'folders'; readonly folder: string; readonly task: Task; readonly minimum: number }
  | { readonly kind: 'csv'; readonly file: string; readonly task: Task; readonly minimum: number }
  | { readonly kind: 'library'; readonly name: string; readonly task: Task; readonly minimum: number };

/**
 * Reads a data set.
 * @param tagged the library's files, for that kind
 * @throws DatasetError
 */
export async function readDataset(source: DatasetSource, tagged: readonly TaggedFile[]): Promise<Dataset> {
  switch (source.kind) {
    case 'gtzan':
      return await readGtzanFolder(source.folder, source.split);
    case 'giantsteps':
      return await readGiantstepsFolder(source.folder, source.split);
    case 'folders':
      return await readLabelledFolders(source.folder, source.task, source.minimum);
    case 'csv':
      return readList(source.file, source.task, source.minimum);
    case 'library':
      if (tagged.length === 0) throw new DatasetError('The library holds no file.');
      return readTaggedFiles(source.name, tagged, source.task, source.minimum, mergeSpellings());
  }
}

/** One spelling for all that name one genre: the usual one, else the first that is met. */
function mergeSpellings(): (label: string) => string {
  const spelling = new Map<string, string>();
  return (label) => {
    const key = genreKey(label);
    const known = spelling.get(key) ?? displayGenre(label);
    spelling.set(key, known);
    return known;
  };
}
