import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbeProblem } from '../../shared/analysis.ts';
import { toErrorShape } from '../../shared/errors.ts';
import { type Probe, ProbeError, parseProbe, requireRepresentations } from '../../shared/probe.ts';
import type { Representation } from '../representations/representation.ts';
import type { Predictor } from './predictor.ts';
import { probePredictor } from './probe-predictor.ts';

/** Far above any real probe: what is larger is not even read. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A folder of more probes than that is no folder of probes. */
const MAX_FILES = 200;

/** The start of every probe file, as `serialiseProbe` and people write it; other JSON may lie beside it. */
const IS_PROBE = /"format"\s*:\s*"cratewise-probe"/;

export interface LoadedProbes {
  readonly predictors: readonly Predictor[];
  readonly problems: readonly ProbeProblem[];
}

/** A folder of probes and what they count as. */
export interface ProbeFolder {
  readonly path: string;
  /** The user's own: a file that is no probe is a problem there, and the probes count as the user's. */
  readonly own: boolean;
}

/**
 * Makes a predictor of every probe file (`*.json`) in the folders whose representations are there. Where two have one
 * id the first counts. A file that is damaged or does not fit is told of and left out: it never throws.
 */
export async function loadProbes(
  folders: readonly ProbeFolder[],
  representations: readonly Representation[],
): Promise<LoadedProbes> {
  const predictors = new Map<string, Predictor>();
  const problems: ProbeProblem[] = [];
  for (const folder of folders) {
    for (const file of await probeFilesOf(folder.path)) {
      try {
        const text = await readProbeText(join(folder.path, file));
        if (!folder.own && !IS_PROBE.test(text)) continue;
        const probe = parseProbe(text);
        const missing = missingRepresentations(probe, representations);
        if (missing.length > 0) {
          const message = `Probe ${probe.id} needs ${missing.join(' and ')}, not installed here.`;
          problems.push({ file, code: 'not-installed', message });
          continue;
        }
        requireRepresentations(probe, representations);
        if (predictors.has(probe.id)) throw new ProbeError(`Another probe is called ${probe.id} too.`);
        predictors.set(probe.id, probePredictor(probe, representations, folder.own));
      } catch (error) {
        problems.push({ file, code: 'bad-probe', message: toErrorShape(error).message });
      }
    }
  }
  return { predictors: [...predictors.values()], problems };
}

async function probeFilesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort()
    .slice(0, MAX_FILES);
}

async function readProbeText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw new ProbeError('The probe file is larger than any probe can be.');
  return readFile(path, 'utf8');
}

function missingRepresentations(probe: Probe, available: readonly Representation[]): string[] {
  return probe.inputs
    .map((input) => input.representation)
    .filter((id) => !available.some((representation) => representation.id === id));
}
