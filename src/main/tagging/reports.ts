import type { ErrorShape } from '../../shared/errors.ts';
import type { FieldChange } from '../../shared/tags.ts';

/** What a write would do to one file, for people to look at before. */
export interface FilePreview {
  /** As it was asked for. */
  readonly path: string;
  readonly container: string | null;
  /** Empty when the file says all that already, or on an error. */
  readonly changes: readonly FieldChange[];
  /** Bytes that the file would grow by; negative when it shrinks. */
  readonly bytesGrown: number;
  readonly error: ErrorShape | null;
}

/** What became of one file. Whenever it isn't `written`, the file is as it was. */
export interface FileResult {
  readonly path: string;
  readonly state: 'written' | 'unchanged' | 'failed';
  readonly changes: readonly FieldChange[];
  /** The journal's entry, by which this write can be undone. */
  readonly entryId: number | null;
  /** The file as written: bytes, and nanoseconds since 1970 (decimal). */
  readonly written: { readonly path: string; readonly size: number; readonly mtime: string } | null;
  readonly error: ErrorShape | null;
}

export interface WriteReport {
  /** `null` when there was nothing to write. */
  readonly batchId: number | null;
  /** In the order of the request; files that a cancelled write didn't come to are left out. */
  readonly files: readonly FileResult[];
}

export interface WriteProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}
