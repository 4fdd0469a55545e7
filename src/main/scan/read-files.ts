import { type ReadFile, readFile } from './read.ts';

/** Files in flight in one process, for the sake of slow disks and network mounts; see `Pace`. */
const CONCURRENCY = 8;

/** Reads files; results in the order of `paths`, one for each, whatever happens. */
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
