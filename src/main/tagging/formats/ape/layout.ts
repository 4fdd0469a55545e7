import { id3Size, isId3Header } from '../../bytes/leading-id3.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';
import { type ApeTag, isApeFrame, readApeTagStartingAt } from './tag.ts';
import { findTrailers, type Trailer } from './trailers.ts';

/** What stands in front of the audio: ID3v2 tags that some programs put there, rarely an APE tag. */
export interface LeadingTag {
  readonly kind: 'id3v2' | 'ape';
  readonly start: number;
  readonly end: number;
  readonly ape?: ApeTag;
}

/** A file whose tags are APE, taken apart: tags, audio, tags. */
export interface ApeLayout {
  readonly leading: readonly LeadingTag[];
  readonly trailers: readonly Trailer[];
  readonly audioStart: number;
  readonly audioEnd: number;
  /** The one APE tag, wherever it stands. */
  readonly tag: ApeTag | undefined;
}

const MAX_LEADING = 8;

/** The tags in front of the audio, first one first. Reads only their headers (and an APE tag whole). */
export function findLeading(source: ByteSource): readonly LeadingTag[] {
  const tags: LeadingTag[] = [];
  for (let at = 0; tags.length < MAX_LEADING; ) {
    const header = source.read(at, 10);
    if (isId3Header(header)) tags.push({ kind: 'id3v2', start: at, end: at + id3Size(header) });
    else if (isApeFrame(source, at)) {
      const ape = readApeTagStartingAt(source, at);
      tags.push({ kind: 'ape', start: at, end: ape.end, ape });
    } else break;
    at = tags.at(-1)?.end ?? at;
    if (at > source.size)
      throw new RefusedError('A tag at the front of the file claims more than the file has.');
  }
  return tags;
}

/**
 * Takes a file apart.
 * @throws RefusedError where a tag is damaged or where there are two APE tags: programs would read different ones
 */
export function readApeLayout(source: ByteSource): ApeLayout {
  const leading = findLeading(source);
  const audioStart = leading.at(-1)?.end ?? 0;
  const trailers = findTrailers(source, audioStart);
  const tags = [...leading, ...trailers].flatMap((block) => (block.ape ? [block.ape] : []));
  if (tags.length > 1)
    throw new RefusedError(`The file has ${tags.length} APE tags; it is unclear which counts.`);
  return { leading, trailers, audioStart, audioEnd: trailers.at(-1)?.start ?? source.size, tag: tags[0] };
}
