import { env } from 'onnxruntime-node';
import { type Device, deviceOf, processor } from './devices.ts';
import { type ProviderPresence, presentProviders } from './providers.ts';

/** What is known of the machine. */
export interface Machine {
  readonly processor: Device;
  /** Providers that this ONNX Runtime has beside the processor, with what they would run on. */
  readonly others: readonly (ProviderPresence & { readonly device: Device | undefined })[];
  /** Version of ONNX Runtime. */
  readonly runtime: string;
}

/** Looks at the machine that we are on. */
export async function thisMachine(): Promise<Machine> {
  const others = await Promise.all(
    presentProviders().map(async (presence) => ({
      ...presence,
      // Asking takes a program's start: not for what can't be used anyway.
      device: presence.missing === undefined ? await deviceOf(presence.provider) : undefined,
    })),
  );
  return { processor: processor(), others, runtime: env.versions.node ?? env.versions.common };
}
