import { z } from 'zod';
import type { AnalyserCalls } from '../../shared/analysis.ts';
import { type DeviceOverview, type DeviceReport, PROVIDERS } from '../../shared/device.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import { settingsOf } from '../library/settings.ts';
import { analyserArguments } from './analyser-places.ts';
import { libraryId } from './library-id.ts';

/** The setting that holds where large models ran when they last listened. */
const LAST = 'devices.last';

const lastSchema = z.record(
  z.string(),
  z.object({
    at: z.number(),
    provider: z.enum(PROVIDERS),
    device: z.string(),
    precision: z.enum(['fp32', 'fp16', 'int8']),
    batch: z.number(),
    reason: z.string(),
  }),
);

/** Where a large model ran, and when. */
export type LastDevice = z.infer<typeof lastSchema>[string];

/** Where large models ran when they last listened, by model. */
export function lastDevices({ settings }: Pick<Catalogue, 'settings'>): Readonly<Record<string, LastDevice>> {
  const { data } = lastSchema.safeParse(settings.get(LAST) ?? {});
  return data ?? {};
}

/** Remembers where large models run, for whoever asks later. */
export function noteDevices(
  { settings }: Pick<Catalogue, 'settings'>,
  reports: readonly DeviceReport[],
  now = Date.now(),
): void {
  const used = reports.flatMap(({ model, inUse }) =>
    inUse ? [[model, { at: now, ...inUse }] as const] : [],
  );
  if (used.length > 0) settings.set(LAST, { ...lastDevices({ settings }), ...Object.fromEntries(used) });
}

/** Asks an analyser what there is to compute with, as this library's settings have it. */
export async function describeDevices(
  catalogue: Pick<Catalogue, 'settings' | 'readOnly'>,
  host: ProcessHost,
): Promise<DeviceOverview> {
  const pool = new WorkerPool<AnalyserCalls>(host, {
    module: 'analyser/worker',
    args: analyserArguments(libraryId(catalogue), { devices: settingsOf(catalogue) }),
    size: 1,
  });
  try {
    return await pool.call('devices');
  } finally {
    pool.close();
  }
}
