import { BadWeightsError } from '../bad-weights.ts';
import { cancelled, ModelError } from '../errors.ts';
import {
  headerLength,
  inFile,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsHeader,
} from '../readers/safetensors.ts';
import { parseShardIndex } from '../readers/safetensors-index.ts';
import { type ByteSource, SourceError } from './byte-source.ts';
import { Patience, type RetryPolicy } from './retry.ts';

/** As much as the header of most models has: one request is enough for these. */
const FIRST_BYTES = 512 * 1024;

const MAX_INDEX_BYTES = 16 * 1024 * 1024;

export interface HeaderOptions {
  readonly source: ByteSource;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

/** The beginning of a safetensors file at the source. */
export interface RemoteHeader {
  readonly path: string;
  readonly header: SafetensorsHeader;
  readonly version: string | null;
  /** Whether the source gives parts of the file. */
  readonly ranged: boolean;
}

/**
 * The headers of a model's safetensors files: of the one, or, where there is an index instead, of each shard.
 * @param path of the one
 * @throws SourceError `missing` where there is neither; BadWeightsError for headers that lie
 */
export async function readRemoteHeaders(path: string, options: HeaderOptions): Promise<RemoteHeader[]> {
  try {
    return [await readRemoteHeader(path, options)];
  } catch (error) {
    if (!(error instanceof SourceError) || error.problem !== 'missing') throw error;
    const index = await readShards(path, options).catch((second: unknown) => {
      const neither = second instanceof SourceError && second.problem === 'missing';
      throw neither ? error : second;
    });
    const headers: RemoteHeader[] = [];
    for (const shard of index) headers.push(await readRemoteHeader(shard, options));
    return headers;
  }
}

async function readRemoteHeader(path: string, options: HeaderOptions): Promise<RemoteHeader> {
  try {
    return await readBelievedHeader(path, options);
  } catch (error) {
    throw inFile(`${path} from ${options.source.name}`, error);
  }
}

async function readBelievedHeader(path: string, options: HeaderOptions): Promise<RemoteHeader> {
  const first = await readStart(path, FIRST_BYTES, options, (bytes) =>
    bytes.length < LENGTH_BYTES ? FIRST_BYTES : LENGTH_BYTES + headerLength(bytes),
  );
  const end = LENGTH_BYTES + headerLength(first.bytes);
  const { bytes, version, ranged, size } =
    first.bytes.length >= end ? first : await readStart(path, end, options, () => end);
  if (bytes.length < end) throw new BadWeightsError('The weights file ends within its header.');
  if (version !== first.version) throw new SourceError('changed', `${path} was changed meanwhile.`);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, end), size ?? undefined);
  return { path, header, version, ranged };
}

/** Files that the index names, in order. */
async function readShards(path: string, options: HeaderOptions): Promise<string[]> {
  const index = `${path}.index.json`;
  const { bytes, size } = await readStart(index, MAX_INDEX_BYTES, options, () => MAX_INDEX_BYTES);
  if (size !== null && size > MAX_INDEX_BYTES) {
    throw new ModelError('wrong-bytes', `${index} from ${options.source.name} is far too long.`);
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const shards = parseShardIndex(new TextDecoder().decode(bytes)).values();
  return [...new Set(shards)].sort().map((name) => folder + name);
}

interface Start {
  readonly bytes: Uint8Array;
  readonly version: string | null;
  readonly ranged: boolean;
  readonly size: number | null;
}

/**
 * The beginning of a file, up to the end of the file.
 * @param enough how many bytes are enough, by the first `LENGTH_BYTES` or more
 */
async function readStart(
  path: string,
  most: number,
  { source, retry, signal }: HeaderOptions,
  enough: (bytes: Uint8Array) => number,
): Promise<Start> {
  const patience = new Patience(retry, signal);
  for (;;) {
    try {
      const opened = await source.open(path, { from: 0, to: most }, null, signal);
      try {
        const pieces: Uint8Array[] = [];
        let length = 0;
        let wanted = most;
        for await (const piece of opened.body) {
          pieces.push(piece);
          length += piece.length;
          // Once, of few bytes: a source that sends them one by one must not have all joined each time.
          if (length >= LENGTH_BYTES && length - piece.length < LENGTH_BYTES)
            wanted = Math.min(most, enough(Buffer.concat(pieces)));
          if (length >= wanted) break;
        }
        const all = Math.min(wanted, opened.size ?? 0);
        if (length < all) throw new SourceError('temporary', `${source.name} broke off.`);
        const { version, ranged, size } = opened;
        return { bytes: Buffer.concat(pieces), version, ranged, size };
      } finally {
        opened.close();
      }
    } catch (error) {
      if (signal.aborted) throw cancelled();
      await patience.afterFailure(error);
    }
  }
}
