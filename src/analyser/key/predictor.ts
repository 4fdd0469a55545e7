import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_LABELS } from '../../shared/music/key.ts';
import type { Predictor, PredictorContext } from '../predictors/predictor.ts';
import type { PreparedWindow } from '../prepared-window.ts';
import { constantQOf } from '../representations/chroma/analysis.ts';
import { SAMPLE_RATE } from '../representations/chroma/constant-q.ts';
import { keyInput } from './input.ts';
import { parseKeyManifest } from './manifest.ts';
import { KeyNet } from './net.ts';
import { poolLogits } from './pool.ts';

/** Name under which a window keeps its logits. */
const MEMO = 'builtin-key:logits';

/**
 * Key by the built-in tier: a small convolutional net over the constant-Q transform, `models/builtin-key.json`.
 * @returns nothing where the file is not installed
 * @throws KeyModelError where it is damaged
 */
export async function loadBuiltinKey({
  modelsFolder,
}: Pick<PredictorContext, 'modelsFolder'>): Promise<Predictor | undefined> {
  const file = join(modelsFolder, 'builtin-key.json');
  if (!existsSync(file)) return undefined;
  const manifest = parseKeyManifest(await readFile(file, 'utf8'));
  // Loaded when it is first needed: asking what there is should not cost an inference session.
  let net: Promise<KeyNet> | undefined;

  function logitsOf(window: PreparedWindow): Promise<Float64Array> {
    return window.memo(MEMO, async () => {
      const input = keyInput(constantQOf(window));
      net ??= KeyNet.load(join(modelsFolder, manifest.model));
      return (await net).logits(input);
    });
  }

  return {
    id: manifest.id,
    version: manifest.version,
    task: manifest.task,
    labels: KEY_LABELS,
    representations: [],
    sampleRates: [SAMPLE_RATE],
    // A cadence takes a few seconds; less than that names a chord.
    minimumSeconds: 4,
    async prepare(window) {
      await logitsOf(window);
    },
    async predict(windows) {
      const logits = await Promise.all(windows.map(logitsOf));
      return poolLogits(
        logits,
        windows.map(({ length }) => length),
        manifest.temperature,
      );
    },
  };
}
