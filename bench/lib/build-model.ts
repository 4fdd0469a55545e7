import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from '../../src/main/models/recipe.ts';
import type { InstalledModel } from '../../src/shared/installed-model.ts';

/**
 * Runs a recipe on files that are at hand, without manifest and manager.
 * @param files absolute paths by their path in the manifest
 * @param folder gets a folder named like the recipe
 */
export async function buildModel(
  recipe: Recipe,
  files: Readonly<Record<string, string>>,
  folder: string,
): Promise<InstalledModel> {
  const output = join(folder, recipe.id);
  await mkdir(output, { recursive: true });
  const file = (path: string) => {
    const found = files[path];
    if (found === undefined) throw new Error(`The recipe ${recipe.id} asks for ${path}.`);
    return found;
  };
  await recipe.build({
    model: recipe.id,
    file,
    output,
    keep: (path, name) => copyFile(file(path), join(output, name)),
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  const record = {
    format: 'cratewise-installed',
    formatVersion: 1,
    id: recipe.id,
    version: '1',
    installedAt: 0,
    source: 'built directly',
    acceptedLicence: null,
    files: [],
  };
  await writeFile(join(output, 'installed.json'), JSON.stringify(record));
  return { id: recipe.id, version: '1', digest: '', folder: output };
}
