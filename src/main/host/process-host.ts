import type { CallMessage, WorkerMessage } from '../../shared/worker/protocol.ts';

/** A child process that speaks our worker protocol. */
export interface WorkerHandle {
  readonly pid: number | undefined;
  post(message: CallMessage): void;
  onMessage(listener: (message: WorkerMessage) => void): void;
  /** Called once, however the process ended. */
  onExit(listener: (reason: string) => void): void;
  /** Ends the process at once; harmless when it is gone already. */
  kill(): void;
}

/** Where a worker's code is: the module, without its extension, below `src` (or the built folder). */
export type WorkerModule =
  | 'analyser/peaks/worker'
  | 'analyser/worker'
  | 'main/catalogue/worker'
  | 'main/lab/worker'
  | 'main/learn/worker'
  | 'main/map/worker'
  | 'main/models/worker'
  | 'main/scan/worker'
  | 'main/similar/worker'
  | 'main/tagging/worker';

/**
 * Starts worker processes. Two implementations: Node's `child_process.fork` (`node-host.ts`) and Electron's
 * `utilityProcess.fork` (`main/shell`). Nothing else knows which one runs.
 */
export interface ProcessHost {
  start(module: WorkerModule, args?: readonly string[]): WorkerHandle;
}
