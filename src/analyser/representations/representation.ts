import type { DeviceProspect, DeviceReport } from '../../shared/device.ts';
import type { EmbeddingOrigin } from '../../shared/prediction.ts';
import type { PreparedWindow } from '../prepared-window.ts';

/** Turns a window of audio into one vector. One folder each, listed in `index.ts`. */
export interface Representation {
  /** Short and stable, the key under which embeddings are stored: `mfcc`, `chroma`. */
  readonly id: string;
  /** Changes when vectors do: stored embeddings of another version are due again. */
  readonly version: string;
  /** Hz of the mono samples it reads with `window.pcm(sampleRate)`. */
  readonly sampleRate: number;
  /** Length of the vector. */
  readonly dimension: number;
  /** Seconds below which the vector would mean nothing; shorter windows are not given to it. */
  readonly minimumSeconds: number;
  /**
   * The vector of one window. Intermediate results that others may need (a constant-Q transform) are kept with
   * `window.memo(name, …)`.
   */
  compute(window: PreparedWindow): Float32Array | Promise<Float32Array>;
  /** The arithmetic behind the vectors computed last, where that is not always the same. */
  readonly origin?: EmbeddingOrigin | undefined;
  /** The large net that it comes out of; several representations may share one. */
  readonly net?: LargeNet;
}

/** A net that picks the device it runs on. */
export interface LargeNet {
  /** Where it runs, and why. */
  report(): DeviceReport;
  /** What may be tried and what is known of that already, without opening anything. */
  outlook(): Promise<readonly DeviceProspect[]>;
  /** Windows that it likes to have at once: more than one on devices that are faster then. */
  batch(): Promise<number>;
  /** Computes several windows together and keeps the results there (`window.memo`). */
  prepare(windows: readonly PreparedWindow[]): Promise<void>;
}
