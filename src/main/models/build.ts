import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { InstalledRecord } from '../../shared/installed-model.ts';
import type { ModelManifest } from '../../shared/model-manifest.ts';
import { sha256Of } from './digest.ts';
import { ModelError, writeError } from './errors.ts';
import type { Recipe } from './recipe.ts';

export interface BuildOptions {
  readonly manifest: ModelManifest;
  readonly recipe: Recipe;
  /** Where the fetched files are. */
  readonly fetched: string;
  /** The folder to make; what is there already goes. */
  readonly output: string;
  progress(fraction: number): void;
  readonly signal: AbortSignal;
}

/**
 * Runs a recipe on fetched files, and sees to it that what it wrote is on the disk.
 * @returns the files of the output, with their hashes
 * @throws BadWeightsError from the recipe, ModelError `disk-full`
 */
export async function buildModel(options: BuildOptions): Promise<InstalledRecord['files']> {
  const { manifest, recipe, fetched, output, progress, signal } = options;
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const file = (path: string): string => {
    if (manifest.files.some((f) => f.path === path)) return join(fetched, path);
    throw new ModelError('no-recipe', `The manifest of ${manifest.id} has no file ${path}.`);
  };
  try {
    await recipe.build({
      model: manifest.id,
      file,
      output,
      keep: (path, name) => linkOrCopy(file(path), join(output, name)),
      progress,
      signal,
    });
    return await sealed(output, signal);
  } catch (error) {
    throw writeError(error, output);
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await link(from, to);
  } catch {
    // FAT, some network drives: no hard links. Other reasons will show here too.
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}

async function sealed(folder: string, signal: AbortSignal): Promise<InstalledRecord['files']> {
  const files: { path: string; size: number; sha256: string }[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await flush(path);
    const { size } = await stat(path);
    const name = relative(folder, path).split(sep).join('/');
    files.push({ path: name, size, sha256: await sha256Of(path, { signal }) });
  }
  if (files.length === 0) throw new ModelError('no-recipe', 'The recipe made no files.');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Has a file's bytes written to the disk. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
