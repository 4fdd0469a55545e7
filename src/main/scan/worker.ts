import { serveCalls } from '../../shared/worker/serve.ts';
import type { ReadFile } from './read.ts';
import { readFiles } from './read-files.ts';

/** What the metadata readers answer. */
export interface ScanCalls {
  /** Reads files; results in the order of `paths`, one for each, whatever happens. */
  readFiles(paths: readonly string[]): Promise<ReadFile[]>;
}

serveCalls<ScanCalls>({ readFiles });
