import { availableParallelism } from 'node:os';
import { type AnalyserCalls, defaultWindows, type WindowPolicy } from '../../shared/analysis.ts';
import type { DeviceReport } from '../../shared/device.ts';
import { CratewiseError } from '../../shared/errors.ts';
import type { Embedding } from '../../shared/prediction.ts';
import { installedTier, isLargeTier } from '../../shared/tier.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import { devicesInUse, LARGE_WINDOWS } from './analyse.ts';
import { type AnalyserPower, analyserArguments } from './analyser-places.ts';

export interface EmbedRequest {
  /** Absolute, in our escaped form. */
  readonly path: string;
  /** Id of a representation. */
  readonly representation: string;
  /** Numbers of layers, or all; for models that have them. */
  readonly layers?: readonly number[] | 'all';
  readonly windows?: WindowPolicy;
  readonly devices?: AnalyserPower['devices'];
  /** Ends the process in the middle of a file: a large model takes seconds for each half-minute. */
  readonly signal?: AbortSignal;
}

export interface Embedded {
  readonly durationSeconds: number;
  readonly windows: readonly { readonly start: number; readonly length: number }[];
  /** One, or one a layer in order. */
  readonly embeddings: readonly Embedding[];
  /** Where a large model ran, and why there. */
  readonly devices: readonly DeviceReport[];
}

/**
 * One file's vectors, by a process of its own; nothing is stored.
 * @throws CratewiseError `unknown-representation` with those that there are, `nothing-to-hear`, `closed` where it
 * was aborted; FileError
 */
export async function embedFile(host: ProcessHost, request: EmbedRequest): Promise<Embedded> {
  const { path, representation, devices, signal } = request;
  const large = isLargeTier(installedTier(representation));
  const pool = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args: analyserArguments('none', { threads: availableParallelism(), ...(devices ? { devices } : {}) }),
    size: 1,
  });
  const abort = () => pool.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (signal?.aborted) pool.close();
    const { representations } = await pool.call('describe');
    const ids = chosenIds(
      request,
      representations.map(({ id }) => id),
    );
    const result = await pool.call('analyse', {
      path,
      representations: ids,
      predictors: [],
      windows: request.windows ?? (large ? LARGE_WINDOWS : defaultWindows),
    });
    if (result.embeddings.length === 0)
      throw new CratewiseError('nothing-to-hear', 'The file is silent or too short to describe.');
    const { durationSeconds, windows, embeddings } = result;
    const devices = large ? await devicesInUse(pool) : [];
    return { durationSeconds, windows, embeddings, devices };
  } finally {
    signal?.removeEventListener('abort', abort);
    pool.close();
  }
}

function chosenIds({ representation, layers }: EmbedRequest, there: readonly string[]): string[] {
  const ofModel = there
    .map((id) => ({ id, layer: Number(id.startsWith(`${representation}:`) ? id.split(':')[1] : Number.NaN) }))
    .filter(({ layer }) => Number.isInteger(layer))
    .sort((a, b) => a.layer - b.layer);
  const known = there.includes(representation) || ofModel.length > 0;
  if (!known) {
    const install = isLargeTier(installedTier(representation))
      ? ` Install it with: cratewise models install ${installedTier(representation)}`
      : ` There are: ${there.filter((id) => !id.includes(':')).join(', ')}.`;
    throw new CratewiseError(
      'unknown-representation',
      `The representation ${representation} is not installed.${install}`,
    );
  }
  if (layers === undefined) return [representation];
  if (ofModel.length === 0)
    throw new CratewiseError('no-layers', `The representation ${representation} has no layers to choose.`);
  if (layers === 'all') return ofModel.map(({ id }) => id);
  return layers.map((layer) => {
    const found = ofModel.find((each) => each.layer === layer);
    if (found) return found.id;
    throw new CratewiseError(
      'no-layers',
      `${representation} has no layer ${layer}; its layers are ${ofModel[0]!.layer} to ${ofModel.at(-1)!.layer}.`,
    );
  });
}
