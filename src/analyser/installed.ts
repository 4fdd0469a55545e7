import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  INSTALLED_FILE,
  type InstalledModel,
  type InstalledRecord,
  installedSchema,
} from '../shared/installed-model.ts';

/**
 * The models in a folder of installed models, by id. A folder without a sound `installed.json` is no installed model:
 * it is left out, for an install may be under way there or have been cut off.
 */
export async function findInstalled(
  folder: string | undefined,
): Promise<ReadonlyMap<string, InstalledModel>> {
  const found = new Map<string, InstalledModel>();
  if (folder === undefined || !existsSync(folder)) return found;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const at = join(folder, entry.name);
    const text = await readFile(join(at, INSTALLED_FILE), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const record = installedSchema.safeParse(parseJson(text));
    if (record.data?.id === entry.name) {
      const { version, files } = record.data;
      found.set(entry.name, { id: entry.name, version, digest: digestOf(files), folder: at });
    }
  }
  return found;
}

function digestOf(files: InstalledRecord['files']): string {
  const lines = files.map(({ path, sha256 }) => `${sha256} ${path}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
