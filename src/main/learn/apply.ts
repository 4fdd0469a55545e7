import { readFile } from 'node:fs/promises';
import type { Task } from '../../shared/prediction.ts';
import { applyProbe, ProbeError, parseProbe, probeVersion } from '../../shared/probe.ts';
import type { Catalogue, TrackDistribution } from '../catalogue/index.ts';

/** A track shorter than that is not predicted, as when it is listened to (see `probe-predictor.ts`). */
const MINIMUM_SECONDS = 5;

/**
 * What a probe of stored vectors says of tracks, without listening to them again.
 * @param file path of a probe file that pools vectors
 * @param afterTrack only tracks with a larger id
 * @returns of at most `limit` tracks, in order; fewer only where there are no more
 * @throws ProbeError where the file is damaged or its probe does not read tracks' mean vectors
 */
export async function applyStored(
  catalogue: Catalogue,
  file: string,
  afterTrack: number,
  limit: number,
): Promise<{ task: Task; predictor: string; version: string; said: readonly TrackDistribution[] }> {
  const probe = parseProbe(await readFile(file, 'utf8'));
  if (probe.pooling !== 'vectors')
    throw new ProbeError(`Probe ${probe.id} reads windows, not the vectors of whole tracks.`);
  const [first, ...others] = probe.inputs;
  const said: TrackDistribution[] = [];
  for (const { trackId, vector } of catalogue.learning.vectors(
    first!.representation,
    first!.version,
    afterTrack,
  )) {
    const vectors = new Map([[first!.representation, vector]]);
    for (const { representation, version } of others) {
      const embedding = catalogue.predictions.embedding(trackId, representation);
      if (embedding?.version === version) vectors.set(representation, embedding.vector);
    }
    if (vectors.size < probe.inputs.length) continue;
    if ((catalogue.tracks.get(trackId)?.durationSeconds ?? 0) < MINIMUM_SECONDS) continue;
    said.push({ trackId, labels: probe.labels, probabilities: applyProbe(probe, vectors) });
    if (said.length >= limit) break;
  }
  return { task: probe.task, predictor: probe.id, version: probeVersion(probe), said };
}
