import type { TagValues } from '../../../../shared/tags.ts';
import { RefusedError } from '../../errors.ts';
import type { AudioRange, ByteSource, TagFormat } from '../../format.ts';
import { children, type Element, ID, readElement } from './ebml.ts';
import { readMatroskaTags, textOf } from './tags.ts';

/** A day of audio in clusters of a tenth of a second is below this. */
const MAX_LEVEL_1 = 1_000_000;
/** The EBML header is some 40 bytes. */
const MAX_EBML_HEADER = 1024;

/** `matroska` or `webm`; nothing for other files. */
function docType(source: ByteSource): { name: string; end: number } | undefined {
  if (source.read(0, 4).toString('hex') !== ID.ebml.toString(16)) return undefined;
  try {
    const header = readElement(source, 0, source.size);
    if (header.end > MAX_EBML_HEADER) return undefined;
    const type = children(source, header, 64).find(({ id }) => id === ID.docType);
    const name = type && source.read(type.dataStart, type.end - type.dataStart).toString('latin1');
    return name === undefined ? undefined : { name: name.replace(/\0+$/, ''), end: header.end };
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

/** Clusters that follow one another make one range: what lies between ranges is no audio. */
function clusterRanges(elements: readonly Element[]): AudioRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { start, end } of elements.filter(({ id }) => id === ID.cluster)) {
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}

/** The title in the Segment's Info, where FFmpeg and mkvmerge put it; a title among the tags counts more. */
function segmentTitle(source: ByteSource, elements: readonly Element[]): TagValues {
  const info = elements.find(({ id }) => id === ID.info);
  const title = info && children(source, info, MAX_LEVEL_1).find(({ id }) => id === ID.title);
  const text = title ? textOf(source, title) : '';
  return text === '' ? {} : { title: [text] };
}

/**
 * Matroska and WebM audio: read, never edited. Tags may stand before the audio, whose positions are written down
 * in several indexes (SeekHead, Cues), some under checksums: an edit that is provably safe is not worked out yet.
 */
export const matroskaFormat: TagFormat = {
  id: 'matroska',
  matches(source) {
    const type = docType(source)?.name;
    return type === 'matroska' || type === 'webm';
  },
  parse(source) {
    const type = docType(source);
    if (!type) throw new RefusedError('This is no Matroska file.');
    const segment = readElement(source, type.end, source.size);
    if (segment.id !== ID.segment)
      throw new RefusedError('The Matroska file has no Segment behind its header.');
    const elements = children(source, segment, MAX_LEVEL_1);
    let values: TagValues = segmentTitle(source, elements);
    for (const tags of elements.filter(({ id }) => id === ID.tags))
      values = { ...values, ...readMatroskaTags(source, tags) };
    return { container: type.name, values, units: [], audio: clusterRanges(elements) };
  },
  plan() {
    throw new RefusedError(
      'Matroska and WebM files are read but not written: their indexes hold positions in the file that an edit would move. Convert to Opus, FLAC or M4A to tag.',
    );
  },
};
