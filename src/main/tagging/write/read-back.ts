import { type IAudioMetadata, parseFromTokenizer } from 'music-metadata';
import type { FieldChange } from '../../../shared/tags.ts';
import { ReaderTokenizer } from '../../scan/tokenizer.ts';
import { RefusedError } from '../errors.ts';
import type { ByteSource } from '../format.ts';

/** Containers that music-metadata reads; the others have only our own reader to check. */
const KNOWN: ReadonlySet<string> = new Set(
  'mp3 aac flac ogg-vorbis opus speex ogg-flac mp4 wav rf64 bw64 aiff aifc asf ape wavpack musepack dsf matroska webm'.split(
    ' ',
  ),
);

async function read(source: ByteSource): Promise<IAudioMetadata> {
  const readNow = (at: number, length: number): Buffer => source.read(at, length);
  const reader = {
    size: source.size,
    readNow,
    read: async (at: number, length: number) => readNow(at, length),
  };
  return parseFromTokenizer(new ReaderTokenizer(reader), { duration: false, skipCovers: true });
}

/** All texts and numbers anywhere in a value, without what separators were made of. */
function leaves(value: unknown, into: Set<string>): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    for (const part of String(value).split(SEPARATORS)) into.add(part.trim());
  else if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value))
    for (const inner of Object.values(value)) leaves(inner, into);
}

/** Readers disagree on what separates values, so both sides are taken apart at all of them. */
const SEPARATORS = /[\0;/\r\n]+/;

/**
 * Checks with music-metadata, a reader that is not ours, that the new values are in the edited file.
 * @param container as our parser names it; where music-metadata doesn't know it, or can't read even the old file,
 *   there is nothing to check
 * @throws RefusedError when a value isn't found
 */
export async function readBack(
  container: string,
  before: ByteSource,
  after: ByteSource,
  changes: readonly FieldChange[],
): Promise<void> {
  if (!KNOWN.has(container)) return;
  const wanted = changes.filter(({ field, after: values }) => field !== 'rating' && values.length > 0);
  let metadata: IAudioMetadata;
  try {
    metadata = await read(after);
  } catch (error) {
    if (await fails(before)) return;
    throw new RefusedError('Another reader could not open the edited copy.', { cause: error });
  }
  const found = new Set<string>();
  leaves(Object.values(metadata.native), found);
  for (const { field, after: values } of wanted) {
    const parts = values.flatMap((value) => value.split(SEPARATORS)).map((part) => part.trim());
    const missing = parts.find((part) => part !== '' && !isFound(found, part));
    if (missing !== undefined)
      throw new RefusedError(`Another reader did not find “${missing}” (${field}) in the edited copy.`);
  }
}

/** Numbers may be read as numbers: `05` is 5, `127.50` is 127.5. */
function isFound(found: ReadonlySet<string>, part: string): boolean {
  if (found.has(part)) return true;
  const number = Number(part);
  return !Number.isNaN(number) && [...found].some((text) => text !== '' && Number(text) === number);
}

async function fails(source: ByteSource): Promise<boolean> {
  try {
    await read(source);
    return false;
  } catch {
    return true;
  }
}
