import { KEY_LABELS } from '../../shared/music/key.ts';
import type { Predictor, PredictorContext } from '../predictors/predictor.ts';
import { SAMPLE_RATE } from '../representations/chroma/constant-q.ts';
import { openBuiltinKeyNet } from './builtin.ts';
import { poolLogits } from './pool.ts';

/** Seconds of the shortest window: a cadence takes a few seconds; less than that names a chord. */
export const MINIMUM_SECONDS = 4;

/**
 * Key by the built-in tier: a small convolutional net over the constant-Q transform, `models/builtin-key.json`.
 * @returns nothing where the file is not installed
 * @throws KeyModelError where it is damaged
 */
export async function loadBuiltinKey({
  modelsFolder,
  representations = [],
}: Pick<PredictorContext, 'modelsFolder'> & Partial<PredictorContext>): Promise<Predictor | undefined> {
  const net = await openBuiltinKeyNet(modelsFolder);
  if (!net) return undefined;
  const { id, version, task, temperature } = net.manifest;
  return {
    id,
    version,
    task,
    labels: KEY_LABELS,
    // What it says of a track is kept for learning where it can be asked for as a vector, too.
    representations: representations.filter((each) => each.id === id).map((each) => each.id),
    sampleRates: [SAMPLE_RATE],
    minimumSeconds: MINIMUM_SECONDS,
    async prepare(window) {
      await net.logits(window);
    },
    async predict(windows) {
      const logits = await Promise.all(windows.map((window) => net.logits(window)));
      return poolLogits(
        logits,
        windows.map(({ length }) => length),
        temperature,
      );
    },
  };
}
