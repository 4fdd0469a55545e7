import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const PIECE_BYTES = 1024 * 1024;

export interface DigestOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: (count: number) => void;
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string, options: DigestOptions = {}): Promise<string> {
  return (await digest(path, [createHash('sha256')], options))[0] ?? '';
}

/** SHA-256 of a file and the id that git gives to a blob of its bytes. */
export async function digestsOf(
  path: string,
  options: DigestOptions = {},
): Promise<{ readonly sha256: string; readonly gitBlob: string }> {
  const { size } = await stat(path);
  const blob = createHash('sha1').update(`blob ${size}\0`);
  const [sha256 = '', gitBlob = ''] = await digest(path, [createHash('sha256'), blob], options);
  return { sha256, gitBlob };
}

async function digest(path: string, hashes: readonly Hash[], options: DigestOptions): Promise<string[]> {
  const { signal, onBytes } = options;
  const stream = createReadStream(path, { highWaterMark: PIECE_BYTES, ...(signal ? { signal } : {}) });
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    for (const hash of hashes) hash.update(piece);
    onBytes?.(piece.length);
  }
  return hashes.map((hash) => hash.digest('hex'));
}
