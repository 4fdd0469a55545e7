import type { FieldEdit } from '../../../../shared/tags.ts';
import { isZero, readExactly } from '../../bytes/reading.ts';
import { growth as growthOf, tidySplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, EditPlan, Splice } from '../../format.ts';
import {
  EMPTY_COMMENT,
  parseVorbisComment,
  serialiseVorbisComment,
  spliceEntries,
  type VorbisComment,
} from '../vorbis-comment/block.ts';
import { editVorbisComment } from '../vorbis-comment/edit.ts';
import {
  type FlacBlock,
  type FlacLayout,
  MAX_BLOCK_LENGTH,
  PADDING,
  readLayout,
  VORBIS_COMMENT,
} from './blocks.ts';

const LAST = 0x80;

/** The comments of a FLAC file: those of its first VORBIS_COMMENT block, as every reader takes them. */
export function readComment(source: ByteSource, layout: FlacLayout): VorbisComment | undefined {
  const block = layout.blocks.find(({ type }) => type === VORBIS_COMMENT);
  if (!block) return undefined;
  return parseVorbisComment(readExactly(source, block.offset + 4, block.length, 'FLAC comments'));
}

/** Plans an edit of the VORBIS_COMMENT block. Zero padding gives or takes room, so the size mostly stays. */
export function planFlac(source: ByteSource, edits: readonly FieldEdit[]): EditPlan {
  const layout = readLayout(source);
  const old = readComment(source, layout);
  const edit = editVorbisComment(old ?? EMPTY_COMMENT, edits);
  if (edit.touched.length === 0) return { splices: [], changes: [], touched: [] };
  const commentBlocks = layout.blocks.filter(({ type }) => type === VORBIS_COMMENT);
  if (commentBlocks.length > 1) {
    throw new RefusedError(
      'The FLAC file has several comment blocks (one is allowed); readers would disagree',
    );
  }
  const body = serialiseVorbisComment(edit.comment);
  if (body.length > MAX_BLOCK_LENGTH)
    throw new RefusedError('The comments would exceed the 16 MiB of a FLAC block');
  const [block] = commentBlocks;
  const growth = block ? body.length - block.length : 4 + body.length;
  const padding = growth === 0 ? undefined : findPadding(source, layout, growth);
  const parts = [
    ...(block && old ? replaceComment(layout, block, old, edit.comment) : insertComment(layout, body)),
    ...(padding ? resizePadding(layout, padding, -growth) : []),
  ];
  const splices = tidySplices(parts, (offset, length) => source.read(offset, length));
  const touched = block ? edit.touched : [...edit.touched, 'Vorbis/(vendor)'];
  return { splices, changes: edit.changes, touched };
}

/** Splices of one four-byte block header; only its length and its last flag may change. */
function header(layout: FlacLayout, block: FlacBlock, length: number): Splice {
  const insert = Buffer.alloc(4);
  insert.writeUInt32BE(length);
  insert[0] = block.type | (block === layout.blocks.at(-1) ? LAST : 0);
  return { offset: block.offset, length: 4, insert };
}

function replaceComment(
  layout: FlacLayout,
  block: FlacBlock,
  old: VorbisComment,
  edited: VorbisComment,
): Splice[] {
  const splices = spliceEntries(block.offset + 4, old, edited);
  const growth = growthOf(splices);
  return growth === 0 ? splices : [header(layout, block, block.length + growth), ...splices];
}

/** A new block after STREAMINFO, which hands over its last flag if it has it. */
function insertComment(layout: FlacLayout, body: Buffer): Splice[] {
  const streaminfo = layout.blocks[0]!;
  const alone = layout.blocks.length === 1;
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  head[0] = VORBIS_COMMENT | (alone ? LAST : 0);
  const at = streaminfo.offset + 4 + streaminfo.length;
  const insertion = { offset: at, length: 0, insert: Buffer.concat([head, body]) };
  if (!alone) return [insertion];
  return [{ offset: streaminfo.offset, length: 1, insert: Buffer.from([streaminfo.type]) }, insertion];
}

/**
 * A padding block that can give (or take, for a negative growth) this many bytes. Padding that is not zero is
 * somebody's data and left alone.
 */
function findPadding(source: ByteSource, layout: FlacLayout, growth: number): FlacBlock | undefined {
  return layout.blocks.findLast(
    ({ type, offset, length }) =>
      type === PADDING &&
      length >= growth &&
      length - growth <= MAX_BLOCK_LENGTH &&
      isZero(source, offset + 4, offset + 4 + length),
  );
}

function resizePadding(layout: FlacLayout, block: FlacBlock, change: number): Splice[] {
  const at = block.offset + 4;
  return [
    header(layout, block, block.length + change),
    change < 0
      ? { offset: at, length: -change, insert: Buffer.alloc(0) }
      : { offset: at, length: 0, insert: Buffer.alloc(change) },
  ];
}
