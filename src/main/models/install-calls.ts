import type { InstalledRecord } from '../../shared/installed-model.ts';
import type { InstallProgress } from '../../shared/model-install.ts';
import type { ModelManifest } from '../../shared/model-manifest.ts';
import type { RetryPolicy } from './fetch/retry.ts';

/** What the install worker is asked to fetch and build. */
export interface PrepareRequest {
  readonly manifest: ModelManifest;
  /** The folder for this model's unfinished work. */
  readonly work: string;
  /** The folder to build the model in. */
  readonly output: string;
  /** A folder or the address of a mirror; undefined for the authors' own place. */
  readonly source: string | undefined;
  /** Allows a whole file to be fetched for a part of it. */
  readonly wholeFile: boolean;
  readonly retry: RetryPolicy;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly stallMs: number;
  /** Bytes that are proven at a time, see `ChunkedFile`; left out: its default. */
  readonly chunkBytes: number | undefined;
}

export interface Prepared {
  readonly files: InstalledRecord['files'];
  /** Where the bytes came from. */
  readonly source: string;
}

/** What is wrong with an installed model's files; `changed`, `missing` and `extra` are names in its folder. */
export interface FileReport {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/**
 * Calls that the install worker answers: all that reads bytes from outside. Both tell `InstallProgress` on their way
 * and can be cancelled.
 */
export interface InstallCalls {
  prepare(request: PrepareRequest): Promise<Prepared>;
  /** Whether the place that files come from answers; what it is called. `problem`: why it can't be used now. */
  reach(
    manifest: ModelManifest,
    source: string | undefined,
  ): Promise<{ name: string; problem: string | null }>;
  verify(folder: string, files: InstalledRecord['files']): Promise<FileReport>;
}

export type { InstallProgress };
