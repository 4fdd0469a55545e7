import { installedModelsFolder } from '../analysis/analyser-places.ts';
import { modelsFolder } from '../host/places.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { ModelManager } from './manager.ts';

/**
 * The models of this user. `CRATEWISE_MODEL_SOURCE` names a folder or a mirror to fetch from instead of the authors'
 * own places: for networks without access to these, and for tests.
 */
export function userModels(host: ProcessHost): ModelManager {
  const source = process.env.CRATEWISE_MODEL_SOURCE;
  return new ModelManager({
    host,
    shipped: modelsFolder,
    models: installedModelsFolder(),
    ...(source ? { source } : {}),
  });
}
