import { digestOfRange, isZero, readExactly } from '../../bytes/reading.ts';
import type { ByteSource, ParsedFile, TagFormat, Unit } from '../../format.ts';
import { parseVorbisComment } from '../vorbis-comment/block.ts';
import { commentUnits } from '../vorbis-comment/edit.ts';
import { readFields } from '../vorbis-comment/fields.ts';
import { blockName, type FlacBlock, findFlac, PADDING, readLayout, VORBIS_COMMENT } from './blocks.ts';
import { planFlac, readComment } from './plan.ts';

/** FLAC in its own container, with or without ID3v2 tags in front (which stay as they are). */
export const flacFormat: TagFormat = {
  id: 'flac',
  matches: (source) => findFlac(source) >= 0,
  parse: parseFlac,
  plan: (source, edits) => planFlac(source, edits),
};

function parseFlac(source: ByteSource): ParsedFile {
  const layout = readLayout(source);
  const units: Unit[] = [];
  if (layout.start > 0) units.push({ id: 'FLAC/(in front)', digest: digestOfRange(source, 0, layout.start) });
  for (const block of layout.blocks) units.push(...blockUnits(source, block));
  return {
    container: 'flac',
    values: readFields(readComment(source, layout)?.entries ?? []),
    units,
    audio: [{ start: layout.audioStart, end: source.size }],
  };
}

/** Zero padding is no unit: it means nothing, and its length is ours to change. */
function blockUnits(source: ByteSource, { type, offset, length }: FlacBlock): Unit[] {
  const start = offset + 4;
  if (type === PADDING && isZero(source, start, start + length)) return [];
  if (type === VORBIS_COMMENT) {
    return commentUnits(parseVorbisComment(readExactly(source, start, length, 'FLAC comments')));
  }
  return [{ id: `FLAC/${blockName(type)}`, digest: digestOfRange(source, start, start + length) }];
}
