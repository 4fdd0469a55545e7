import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyProbe, meanDistribution, parseProbe, requireRepresentations } from '../../shared/probe.ts';
import type { Predictor, PredictorContext } from './predictor.ts';

/**
 * Genre by the built-in tier: a probe over hand-made features, `models/builtin-genre.json`.
 * @returns nothing where the file is not installed
 * @throws ProbeError where it is damaged, or made for other representations than this build has
 */
export async function loadBuiltinGenre({
  modelsFolder,
  representations,
}: PredictorContext): Promise<Predictor | undefined> {
  const file = join(modelsFolder, 'builtin-genre.json');
  if (!existsSync(file)) return undefined;
  const probe = parseProbe(await readFile(file, 'utf8'));
  requireRepresentations(probe, representations);
  const needed = representations.filter(({ id }) => probe.inputs.some((i) => i.representation === id));
  return {
    id: probe.id,
    version: probe.version,
    task: probe.task,
    labels: probe.labels,
    representations: needed.map(({ id }) => id),
    sampleRates: [],
    // Deviations over less than that say little: the features were measured over 29 s in training.
    minimumSeconds: 5,
    async predict(windows) {
      const distributions: number[][] = [];
      for (const window of windows) {
        const vectors = new Map<string, Float32Array>();
        for (const representation of needed) {
          vectors.set(representation.id, await window.vector(representation));
        }
        distributions.push(applyProbe(probe, vectors));
      }
      return meanDistribution(distributions);
    },
  };
}
