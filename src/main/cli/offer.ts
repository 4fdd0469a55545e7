import { nodeHost } from '../host/node-host.ts';
import { userModels } from '../models/user-models.ts';
import { bytesText } from './model-text.ts';
import type { Output } from './output.ts';

/**
 * Says once that there is a better ear to be had, where nothing of the standard tier is installed. For people only, and
 * never a reason to fail.
 */
export async function offerStandardTier(out: Output): Promise<void> {
  if (out.json) return;
  const models = await userModels(nodeHost)
    .list()
    .catch(() => []);
  const standard = models.filter(({ manifest }) => manifest.tier === 'standard');
  if (standard.length === 0 || standard.some(({ record }) => record)) return;
  const bytes = standard.reduce((sum, { manifest }) => sum + manifest.downloadBytes, 0);
  out.note(
    `For better predictions: “cratewise models install standard” (${bytesText(bytes)}, free licences), then “autotag --again”.`,
  );
}
