import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** What is known of a file that is being fetched. */
export interface FetchRecord {
  /** SHA-256 of each chunk that is on the disk, in order. */
  readonly hashes: readonly string[];
  /** Which version each file of the source had. */
  readonly versions: ReadonlyMap<string, string>;
  /** Bytes of the whole, once it is all there. */
  readonly end: number | null;
}

export const NOTHING_FETCHED: FetchRecord = { hashes: [], versions: new Map(), end: null };

const lineSchema = z.union([
  z.strictObject({ identity: z.string() }),
  z.strictObject({ sha256: z.string().length(64) }),
  z.strictObject({ path: z.string(), version: z.string() }),
  z.strictObject({ end: z.int().nonnegative() }),
]);
export type FetchLine = z.infer<typeof lineSchema>;

export const fetchLine = (line: FetchLine): string => `${JSON.stringify(line)}\n`;

/**
 * Reads a log as far as it is sound: a kill may have cut its last line.
 * @param identity what the file has to become; a log of something else is no log
 */
export async function readFetchLog(path: string, identity: string): Promise<FetchRecord> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const hashes: string[] = [];
  const versions = new Map<string, string>();
  let end: number | null = null;
  let same = false;
  for (const row of text.split('\n').slice(0, -1)) {
    const line = lineSchema.safeParse(parsed(row)).data;
    if (!line) break;
    if ('identity' in line) same = line.identity === identity;
    else if ('sha256' in line) hashes.push(line.sha256);
    else if ('path' in line) versions.set(line.path, line.version);
    else end = line.end;
  }
  return same ? { hashes, versions, end } : NOTHING_FETCHED;
}

/** Writes a log anew, whole or not at all. */
export async function writeFetchLog(path: string, identity: string, record: FetchRecord): Promise<void> {
  const lines: FetchLine[] = [{ identity }];
  for (const [file, version] of record.versions) lines.push({ path: file, version });
  for (const sha256 of record.hashes) lines.push({ sha256 });
  if (record.end !== null) lines.push({ end: record.end });
  await writeFile(`${path}.new`, lines.map(fetchLine).join(''), { flush: true });
  await rename(`${path}.new`, path);
}

function parsed(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return undefined;
  }
}
