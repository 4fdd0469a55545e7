import type { ErrorShape } from '../errors.ts';

/** Main → worker. */
export interface CallMessage {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The method that asks for an end of the call whose id is its parameter; it is not answered itself. */
export const CANCEL = '$cancel';

/** Worker → main. `ready` comes once, before anything is asked; `progress` as often as a call likes. */
export type WorkerMessage =
  | { readonly ready: true }
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorShape };

/** What a worker's method gets after its parameters: long calls tell how far they are and end when asked to. */
export interface CallContext {
  progress(value: unknown): void;
  readonly signal: AbortSignal;
}

/** An interface whose methods another process answers: arguments and results are structured-cloned. */
// biome-ignore lint/suspicious/noExplicitAny: the constraint must accept every parameter list.
export type Calls<T> = { [K in keyof T]: (...params: any[]) => Promise<unknown> };
