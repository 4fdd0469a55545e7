import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_LABELS } from '../../shared/music/key.ts';
import { SECOND_OPINION } from '../../shared/tier.ts';
import type { Predictor, PredictorContext } from '../predictors/predictor.ts';
import type { PreparedWindow } from '../prepared-window.ts';
import { SAMPLE_RATE } from '../representations/chroma/constant-q.ts';
import type { Representation } from '../representations/representation.ts';
import { openBuiltinKeyNet } from './builtin.ts';
import { fuse, type KeySource, parseKeyFusion, weightsFor } from './fusion.ts';
import { KeyModelError } from './manifest.ts';
import { poolLogits } from './pool.ts';
import { MINIMUM_SECONDS } from './predictor.ts';

/** A net that answers with 24 numbers, up to a constant the logarithms of its probabilities. */
interface Source {
  readonly id: KeySource;
  readonly version: string;
  readonly weight: number;
  logits(window: PreparedWindow): Promise<ArrayLike<number>>;
}

/**
 * Key by the standard tier: S-KEY, KeyNet and the built-in net, as far as they are there, fused with weights that
 * `scripts/train-standard-key.ts` chose for just these.
 * @returns nothing where neither S-KEY nor KeyNet is installed: then the built-in net answers alone
 * @throws KeyModelError where the weights are damaged, or were made for other versions of the nets
 */
export async function loadStandardKey({
  modelsFolder,
  representations,
}: Pick<PredictorContext, 'modelsFolder' | 'representations'>): Promise<Predictor | undefined> {
  const file = join(modelsFolder, 'standard-key.json');
  const installed = representations.filter(isKeyNet);
  if (installed.length === 0 || !existsSync(file)) return undefined;
  const fusion = parseKeyFusion(await readFile(file, 'utf8'));
  const builtin = await openBuiltinKeyNet(modelsFolder);

  const nets: Omit<Source, 'weight'>[] = installed.map((net) => ({
    id: net.id,
    version: net.version,
    logits: (window) => window.vector(net),
  }));
  if (builtin) {
    nets.push({ id: 'builtin-key', version: builtin.manifest.version, logits: builtin.logits });
  }
  for (const { id, version } of nets) {
    if (fusion.versions[id] !== version) {
      throw new KeyModelError(
        `Keys can't be fused: ${id} is version ${version}, the weights are for ${fusion.versions[id]}.`,
      );
    }
  }
  const weights = weightsFor(
    fusion,
    nets.map(({ id }) => id),
  );
  if (!weights) throw new KeyModelError('There are no weights for the key nets that are installed.');
  const sources: Source[] = nets.map((net) => ({ ...net, weight: weights.get(net.id)! }));
  return predictorOf(fusion, sources, builtin !== undefined);
}

function predictorOf(
  fusion: { readonly id: string; readonly version: string },
  sources: readonly Source[],
  withBuiltin: boolean,
): Predictor {
  const ids = sources.map(({ id }) => id).sort();
  const heard = async (window: PreparedWindow) =>
    fuse(
      await Promise.all(sources.map((source) => source.logits(window))),
      sources.map(({ weight }) => weight),
    );
  return {
    id: fusion.id,
    // Another net more or less changes what is predicted.
    version: `${fusion.version}:${ids.join('+')}`,
    task: 'key',
    // Measured to be no better than the built-in net alone (docs/decisions/0101): it may not overrule it by default.
    tier: SECOND_OPINION,
    labels: KEY_LABELS,
    representations: ids.filter((id) => id !== 'builtin-key'),
    sampleRates: withBuiltin ? [SAMPLE_RATE] : [],
    minimumSeconds: MINIMUM_SECONDS,
    async prepare(window) {
      await heard(window);
    },
    async predict(windows) {
      return poolLogits(
        await Promise.all(windows.map(heard)),
        windows.map(({ length }) => length),
        1,
      );
    },
  };
}

type KeyNetRepresentation = Representation & { readonly id: 'keynet' | 'skey' };

const isKeyNet = (representation: Representation): representation is KeyNetRepresentation =>
  representation.id === 'keynet' || representation.id === 'skey';
