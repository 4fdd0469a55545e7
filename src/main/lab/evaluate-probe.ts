import { readFileSync, statSync } from 'node:fs';
import { ProbeError, parseProbe } from '../../shared/probe.ts';
import { systemPath } from '../scan/names.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { loadFeatures, storedRepresentation } from './features/load.ts';
import { readManifest } from './features/manifest.ts';
import { takeRows } from './matrix.ts';
import { logitsOf } from './train-probe.ts';

/** A probe file that is larger is none of ours. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What a probe file is worth on a feature folder. */
export interface ProbeEvaluation {
  readonly probe: string;
  readonly task: 'genre' | 'key';
  readonly labels: readonly string[];
  /** `test` where the folder has such rows, else `all`. */
  readonly measuredOn: 'test' | 'all';
  readonly evaluation: Evaluation;
  /** Rows whose label the probe does not know; they count as wrong nowhere. */
  readonly unknownLabels: number;
}

/**
 * Measures any probe file, ours or another's, on the vectors of a folder.
 * @throws ProbeError where the file is damaged or was made for other representations or another task
 */
export function evaluateProbeFile(folder: string, file: string): ProbeEvaluation {
  if (statSync(systemPath(file)).size > MAX_BYTES)
    throw new ProbeError('The probe file is larger than any probe.');
  const probe = parseProbe(readFileSync(systemPath(file), 'utf8'));
  const manifest = readManifest(folder);
  if (probe.task !== manifest.task) {
    throw new ProbeError(
      `Probe ${probe.id} answers for ${probe.task}; the data set is labelled by ${manifest.task}.`,
    );
  }
  for (const { representation, version, dimension } of probe.inputs) {
    const stored = storedRepresentation(folder, manifest, representation);
    if (stored.version !== version || stored.dimension !== dimension) {
      throw new ProbeError(
        `Probe ${probe.id} needs ${representation} version ${version} of ${dimension} numbers; the folder has ` +
          `version ${stored.version} of ${stored.dimension}.`,
      );
    }
  }
  const features = loadFeatures(
    folder,
    probe.inputs.map(({ representation }) => representation),
  );
  const isTest = features.rows.some(({ split }) => split === 'test');
  const asked = features.rows.flatMap((row, at) => (!isTest || row.split === 'test' ? [at] : []));
  const known = asked.filter((at) => probe.labels.includes(features.rows[at]!.label));
  if (known.length === 0) throw new ProbeError(`Probe ${probe.id} knows none of the data set's labels.`);
  const logits = logitsOf(probe, takeRows(features.x, known));
  const y = known.map((at) => probe.labels.indexOf(features.rows[at]!.label));
  return {
    probe: probe.id,
    task: probe.task,
    labels: probe.labels,
    measuredOn: isTest ? 'test' : 'all',
    evaluation: evaluate(probe.task, logits, y, probe.temperature),
    unknownLabels: asked.length - known.length,
  };
}
