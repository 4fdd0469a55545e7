import type { ErrorShape } from '../errors.ts';

/** Main → worker. */
export interface CallMessage {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Worker → main. `ready` comes once, before anything is asked. */
export type WorkerMessage =
  | { readonly ready: true }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorShape };

/** An interface whose methods another process answers: arguments and results are structured-cloned. */
// biome-ignore lint/suspicious/noExplicitAny: the constraint must accept every parameter list.
export type Calls<T> = { [K in keyof T]: (...params: any[]) => Promise<unknown> };
