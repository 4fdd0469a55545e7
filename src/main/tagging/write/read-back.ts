import { type IAudioMetadata, parseFromTokenizer } from 'music-metadata';
import type { FieldChange, FieldName, TagValues } from '../../../shared/tags.ts';
import { ReaderTokenizer } from '../../scan/tokenizer.ts';
import { RefusedError } from '../errors.ts';
import type { ByteSource } from '../format.ts';

/** Containers whose tags music-metadata reads; the others have only our own reader to check. */
const KNOWN: ReadonlySet<string> = new Set(
  'mp3 aac flac ogg-vorbis opus speex mp4 wav aiff aifc asf ape wavpack musepack dsf'.split(' '),
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

/** What an edit is to have done, for the other reader to confirm. */
export interface Expectation {
  /** What our own reader finds in the file before the edit. */
  readonly known: TagValues;
  readonly changes: readonly FieldChange[];
}

/** Texts of a list of values, as a reader may have taken them apart. */
const partsOf = (values: readonly string[]): string[] =>
  values
    .flatMap((value) => value.split(SEPARATORS))
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Checks with music-metadata, a reader that is not ours, that the new values are in the edited file.
 *
 * It can only confirm where it understands the file: extended headers, unsynchronised ID3v2.3, grouped frames and
 * iTunes' frame sizes, for instance, are lost on it. Where it doesn't find the values that were there before, what
 * it doesn't find after says nothing.
 * @param container as our parser names it
 * @throws RefusedError when a value isn't found, or the copy can't be opened though the file can
 */
export async function readBack(
  container: string,
  before: ByteSource,
  after: ByteSource,
  { known, changes }: Expectation,
): Promise<void> {
  if (!KNOWN.has(container)) return;
  let metadata: IAudioMetadata;
  try {
    metadata = await read(after);
  } catch (error) {
    if (await fails(before)) return;
    throw new RefusedError('Another reader could not open the edited copy.', { cause: error });
  }
  const missing = firstMissing(metadata, changes);
  if (missing !== undefined && (await understands(before, known)))
    throw new RefusedError(`Another reader did not find ${missing} in the edited copy.`);
}

/** The first new value that music-metadata does not have, with its field. */
function firstMissing(metadata: IAudioMetadata, changes: readonly FieldChange[]): string | undefined {
  const found = new Set<string>();
  leaves(Object.values(metadata.native), found);
  for (const { field, after } of changes) {
    const missing = field === 'rating' ? undefined : partsOf(after).find((part) => !isFound(found, part));
    if (missing !== undefined) return `“${missing}” (${field})`;
  }
  return undefined;
}

/** Whether music-metadata finds all that our reader finds in the file before the edit. */
async function understands(before: ByteSource, known: TagValues): Promise<boolean> {
  const changes = Object.entries(known).map(([field, after = []]) => ({
    field: field as FieldName,
    before: [],
    after,
    location: '',
  }));
  try {
    return firstMissing(await read(before), changes) === undefined;
  } catch {
    return false;
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
