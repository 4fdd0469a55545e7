import type { Precision, Provider } from '../../shared/device.ts';

/** A net opened on one device. One call at a time: sessions of some providers crash otherwise. */
export interface Engine<I, O> {
  /** One answer for each input, in order. */
  run(inputs: readonly I[]): Promise<O[]>;
  /** Lets go of the device's memory. Harmless when the device is gone. */
  close(): Promise<void>;
}

/** A way of running a net: where, and with which arithmetic. */
export interface Candidate {
  readonly provider: Provider;
  readonly precision: Precision;
  /** The device as the system names it. */
  readonly device: string;
  /** Names net, version, device, driver and runtime: what a verdict is good for. */
  readonly key: string;
  /** Inputs at once, at most: what fits its memory. */
  readonly batch: number;
}

/** Closes an engine whatever state its device is in. */
export async function closeQuietly<I, O>(engine: Engine<I, O> | undefined): Promise<void> {
  try {
    await engine?.close();
  } catch {
    // A device that is gone can't be closed.
  }
}
