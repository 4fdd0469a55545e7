/** What an installation does at the moment, in this order; `removing` and `verifying` are calls of their own too. */
export const INSTALL_PHASES = [
  'waiting',
  'fetching',
  'verifying',
  'building',
  'checking',
  'activating',
] as const;
export type InstallPhase = (typeof INSTALL_PHASES)[number];

/** How far an installation is. */
export interface InstallProgress {
  readonly phase: InstallPhase;
  /** Bytes where something is fetched or verified, thousandths otherwise. */
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
  /** While fetching: smoothed over some seconds; 0 where nothing came yet. */
  readonly bytesPerSecond: number;
  /** While fetching; null where it can't be told. */
  readonly secondsLeft: number | null;
  /** Why nothing comes at the moment, while it is tried again. */
  readonly trouble?: string;
}
