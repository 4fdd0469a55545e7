import { Walk } from '../../scan/walk.ts';
import { DatasetError } from './dataset.ts';

/**
 * Audio files at or below a folder, in the order of their paths.
 * @throws DatasetError where the folder can't be listed or holds none
 */
export async function audioFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const entries of new Walk(folder).entries()) {
      for (const entry of entries) if (entry.kind === 'file') paths.push(entry.path);
    }
  } catch (cause) {
    throw new DatasetError(`${folder} can't be listed.`, { cause });
  }
  if (paths.length === 0) throw new DatasetError(`${folder} holds no audio file.`);
  return paths.sort();
}

/** The last part of a path, without its extension. */
export function stem(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
