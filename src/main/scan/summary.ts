/** A file or folder that could not be read, and why. */
export interface ScanFailure {
  /** In our escaped form. */
  readonly path: string;
  readonly code: string;
  /** For the user to act on. */
  readonly message: string;
}

/** What a scan found. */
export interface ScanSummary {
  /** Audio files that were come upon. */
  readonly seen: number;
  /** Known and untouched; not read. */
  readonly unchanged: number;
  readonly new: number;
  /** Known, with another size or time; read again. */
  readonly changed: number;
  /** Known under another path. */
  readonly moved: number;
  /** Were missing and are there again, as they were. */
  readonly returned: number;
  /** Known and gone now. */
  readonly missing: number;
  /** Files (and folders) that can't be read, those known from earlier scans included. */
  readonly failed: readonly ScanFailure[];
  /** Roots, or folders in them, that can't be reached: what is known of them stays as it is. */
  readonly offline: readonly ScanFailure[];
  /** The scan was stopped; what was found until then is kept, and the next scan goes on from there. */
  readonly cancelled: boolean;
}

export interface ScanProgress {
  readonly phase: 'scanning' | 'finishing';
  readonly seen: number;
  readonly unchanged: number;
  /** Files read, with or without success. */
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly moved: number;
  readonly failed: number;
  /** Files that the catalogue had at the start: what to expect, 0 for a first scan. */
  readonly expected: number;
  readonly elapsedSeconds: number;
  /** Files seen a second, over the whole scan. */
  readonly perSecond: number;
}

/** Counts while a scan goes on. */
export class ScanTally {
  seen = 0;
  unchanged = 0;
  read = 0;
  new = 0;
  changed = 0;
  moved = 0;
  returned = 0;
  missing = 0;
  readonly failed: ScanFailure[] = [];
  readonly offline: ScanFailure[] = [];
  readonly #started = performance.now();

  progress(phase: ScanProgress['phase'], expected: number): ScanProgress {
    const { seen, unchanged, read, changed, moved } = this;
    const elapsedSeconds = (performance.now() - this.#started) / 1000;
    return {
      phase,
      seen,
      unchanged,
      read,
      new: this.new,
      changed,
      moved,
      failed: this.failed.length,
      expected,
      elapsedSeconds,
      perSecond: elapsedSeconds > 0 ? seen / elapsedSeconds : 0,
    };
  }

  summary(cancelled: boolean): ScanSummary {
    const { seen, unchanged, changed, moved, returned, missing, failed, offline } = this;
    return { seen, unchanged, new: this.new, changed, moved, returned, missing, failed, offline, cancelled };
  }
}
