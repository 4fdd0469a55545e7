import { z } from 'zod';
import { PROVIDERS, type Provider } from './provider.ts';

export { PROVIDER_NAMES, PROVIDERS, type Provider } from './provider.ts';

/** What arithmetic a net's weights are kept in. */
export type Precision = 'fp32' | 'fp16' | 'int8';

/**
 * Where large nets are to run. `auto` takes the first of ours that is shown to be right and faster than the processor;
 * a provider or a precision that is named is taken where it is right, however fast.
 */
export const deviceSettingsSchema = z.strictObject({
  device: z.enum(['auto', ...PROVIDERS]).default('auto'),
  precision: z.enum(['auto', 'fp32', 'fp16', 'int8']).default('auto'),
  /** File to keep what was found out about devices in; without it that is found out at each start. */
  remember: z.string().optional(),
});

export type DeviceSettings = z.infer<typeof deviceSettingsSchema>;

export const defaultDeviceSettings: DeviceSettings = { device: 'auto', precision: 'auto' };

/** One way of running a net that was considered, and what became of it. */
export interface DeviceVerdict {
  readonly provider: Provider;
  /** `NVIDIA H100`, `AMD EPYC 9B14`: as the system names it. */
  readonly device: string;
  readonly precision: Precision;
  readonly accepted: boolean;
  /** In words: “cosine 0.99998, 4.1 times as fast as the processor”, “out of memory”. */
  readonly reason: string;
}

/** A way of running a net as far as it is known before it is run. */
export interface DeviceProspect extends DeviceVerdict {
  /** Whether it was tried, or is out of the question; if not, `accepted` means nothing. */
  readonly tried: boolean;
}

/** What there is to compute with, and what was found out about it for the large nets that are installed. */
export interface DeviceOverview {
  readonly processor: string;
  /** What ONNX Runtime knows beside the processor. `missing`: why it can't be used here. */
  readonly others: readonly {
    readonly provider: Exclude<Provider, 'cpu'>;
    readonly device: string | null;
    readonly missing: string | null;
  }[];
  readonly models: readonly { readonly model: string; readonly prospects: readonly DeviceProspect[] }[];
}

/** Where a large net runs, and why there. */
export interface DeviceReport {
  /** Id of the installed model. */
  readonly model: string;
  /** What is in use; null until the net is first needed, since finding out takes some seconds. */
  readonly inUse: {
    readonly provider: Provider;
    readonly device: string;
    readonly precision: Precision;
    /** Windows that go through the net at once. */
    readonly batch: number;
    readonly reason: string;
  } | null;
  /** Everything that was considered, in order. */
  readonly considered: readonly DeviceVerdict[];
}
