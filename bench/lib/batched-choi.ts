import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from '../../src/analyser/onnx/session.ts';
import { ChoiMel } from '../../src/analyser/representations/choi/mel.ts';
import { Hdf5File } from '../../src/main/models/readers/hdf5.ts';
import { buildChoi } from '../../src/main/models/recipes/choi.ts';

/** What scripts/choi-statistics found of a batch of the published features. */
export interface Batch {
  readonly reference: number;
  readonly means: readonly (readonly number[])[];
  readonly variances: readonly (readonly number[])[];
}

/** The four batches of 256 clips. */
export function readBatches(): readonly Batch[] {
  const file = new URL('../data/choi-statistics.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { batches: Batch[] }).batches;
}

const sessions = new Map<Batch, Promise<InferenceSession>>();

/**
 * `choi` as the published features have it: normalised by a batch's statistics.
 * @param weights path of the HDF5 file
 * @param folder for the models
 */
export async function batchedChoi(
  weights: string,
  batch: Batch,
  samples: Float32Array,
  folder: string,
): Promise<Float32Array> {
  let session = sessions.get(batch);
  if (!session) {
    const statistics = batch.means.map((mean, layer) => ({ mean, variance: batch.variances[layer]! }));
    const file = join(folder, `batch-${sessions.size}.onnx`);
    writeFileSync(file, buildChoi(new Hdf5File(readFileSync(weights)), statistics));
    session = openSession(file);
    sessions.set(batch, session);
  }
  const mel = new Tensor('float32', new ChoiMel(batch.reference).compute(samples), [1, 1, 96, 1360]);
  const { activations } = await (await session).run({ mel });
  return activations!.data as Float32Array;
}
