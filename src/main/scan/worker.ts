import { serveCalls } from '../../shared/worker/serve.ts';
import type { ReadFile } from './read.ts';
import { readFile } from './read.ts';

/** What the metadata readers answer. */
export interface ScanCalls {
  /** Reads files; results in the order of `paths`, one for each, whatever happens. */
  readFiles(paths: readonly string[]): Promise<ReadFile[]>;
}

/** Files in flight in one process: reading waits for the disk most of the time, more so on network mounts. */
const CONCURRENCY = 8;

export async function readFiles(paths: readonly string[]): Promise<ReadFile[]> {
  const results: ReadFile[] = new Array(paths.length);
  let next = 0;
  const lane = async () => {
    while (next < paths.length) {
      const index = next++;
      results[index] = await readFile(paths[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, paths.length) }, lane));
  return results;
}

serveCalls<ScanCalls>({ readFiles });
