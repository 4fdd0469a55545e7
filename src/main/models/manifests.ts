import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelManifest, parseManifest } from '../../shared/model-manifest.ts';

/** Order of the tiers in a list. */
const TIERS: readonly ModelManifest['tier'][] = ['standard', 'musicgen', 'experimental'];

/**
 * The manifests in a folder, by tier, then by size.
 * @throws ManifestError where one is damaged: they are ours, and come with the program
 */
export async function readManifests(folder: string): Promise<ModelManifest[]> {
  const names = await readdir(folder);
  const texts = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFile(join(folder, name), 'utf8'));
  const manifests = (await Promise.all(texts)).map(parseManifest);
  return manifests.sort(
    (a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.downloadBytes - b.downloadBytes,
  );
}
