import type { ProbeProblem } from '../../shared/analysis.ts';
import type { DeviceSettings } from '../../shared/device.ts';
import type { InstalledModel } from '../../shared/installed-model.ts';
import { choi } from './choi/index.ts';
import { chroma } from './chroma/index.ts';
import { clmr } from './clmr/index.ts';
import { jukebox } from './jukebox/index.ts';
import { keynetRepresentations } from './keynet/index.ts';
import { mfcc, mfcc12k } from './mfcc/index.ts';
import { musicgen } from './musicgen/index.ts';
import { musicnn } from './musicnn/index.ts';
import type { Representation } from './representation.ts';
import { skeyRepresentations } from './skey/index.ts';
import { spectralShape } from './spectral-shape/index.ts';

/** What a representation may need when it is made. */
export interface RepresentationContext {
  /** The models that are installed, by id. */
  readonly installed: ReadonlyMap<string, InstalledModel>;
  /** Threads that a large model may use; the small nets take one, since several processes share the cores. */
  readonly threads?: number;
  /** Where large nets are to run. */
  readonly devices?: DeviceSettings | undefined;
  /** Gets what is wrong with a model that is therefore left out. */
  readonly problems?: ProbeProblem[];
}

/** Makes the representations of one model; none where it is not installed. Sessions are opened when first used. */
export type RepresentationFactory = (context: RepresentationContext) => Promise<readonly Representation[]>;

/** Those that need nothing to be installed. */
export const builtinRepresentations: readonly Representation[] = [chroma, mfcc, mfcc12k, spectralShape];

/** Those of installed models. */
const factories: readonly RepresentationFactory[] = [
  choi,
  clmr,
  jukebox,
  keynetRepresentations,
  musicgen,
  musicnn,
  skeyRepresentations,
];

/** Every representation that can be computed here and now. */
export async function loadRepresentations(context: RepresentationContext): Promise<Representation[]> {
  const made = await Promise.all(factories.map((make) => make(context)));
  return [...builtinRepresentations, ...made.flat()];
}
