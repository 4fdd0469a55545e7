import { digest } from '../../bytes/digest.ts';
import { digestOfRange, readExactly } from '../../bytes/reading.ts';
import { shiftSplices, tidySplices } from '../../bytes/splices.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource, TagFormat } from '../../format.ts';
import { type Id3Tag, id3Units, parseId3, planId3, readId3Values } from '../id3/index.ts';

/** Offsets in the first chunk (Sony, "DSF File Format Specification" 1.01). */
const TOTAL_SIZE_AT = 12;
const METADATA_AT = 20;
const HEADER = 28;
const MAX_TAG = 128 * 1024 * 1024;

interface DsfFile {
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Where the tag is or will be: the end of the file without it. */
  readonly tagAt: number;
  readonly bytes: Buffer | null;
  readonly tag: Id3Tag | null;
}

function number64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RefusedError('A size in the DSF header is impossible.');
  return Number(value);
}

function open(source: ByteSource): DsfFile {
  const header = readExactly(source, 0, HEADER, 'DSF header');
  if (number64(header, TOTAL_SIZE_AT) !== source.size)
    throw new RefusedError('The DSF header states another file size: the file is cut off or has grown.');
  const format = readExactly(source, HEADER, 12, 'DSF header');
  const dataAt = HEADER + number64(format, 4);
  const data = readExactly(source, dataAt, 12, 'DSF header');
  if (format.toString('latin1', 0, 4) !== 'fmt ' || data.toString('latin1', 0, 4) !== 'data')
    throw new RefusedError('The DSF file’s chunks are not where they belong.');
  const dataEnd = dataAt + number64(data, 4);
  const pointer = number64(header, METADATA_AT);
  if (dataEnd > source.size) throw new RefusedError('The DSF file is cut off.');
  const base = { dataStart: dataAt + 12, dataEnd };
  if (pointer === 0) {
    if (dataEnd !== source.size)
      throw new RefusedError('There is something unknown behind the audio of the DSF file.');
    return { ...base, tagAt: source.size, bytes: null, tag: null };
  }
  const length = source.size - pointer;
  if (pointer < dataEnd || length < 10 || length > MAX_TAG)
    throw new RefusedError('The DSF header points to a tag where none can be.');
  const bytes = readExactly(source, pointer, length, 'ID3v2 tag');
  return { ...base, tagAt: pointer, bytes, tag: parseId3(bytes) };
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** DSF (DSD audio): an ID3v2 tag at the end of the file, found by a pointer in the header. */
export const dsfFormat: TagFormat = {
  id: 'dsf',
  matches: (source) => {
    const header = source.read(0, 12);
    return (
      header.toString('latin1', 0, 4) === 'DSD ' && header.length === 12 && header.readBigUInt64LE(4) === 28n
    );
  },
  parse(source) {
    const { dataStart, dataEnd, tagAt, tag, bytes } = open(source);
    const rest = bytes && tag ? bytes.subarray(tag.size) : Buffer.alloc(0);
    return {
      container: 'dsf',
      values: tag ? readId3Values(tag) : {},
      units: [
        { id: 'DSF/fmt', digest: digest(source.read(HEADER, dataStart - HEADER)) },
        { id: 'DSF/gap', digest: digestOfRange(source, dataEnd, tagAt) },
        ...(tag ? id3Units(tag) : []),
        ...(rest.length > 0 ? [{ id: 'File/trailing', digest: digest(rest) }] : []),
      ],
      audio: [{ start: dataStart, end: dataEnd }],
    };
  },
  plan(source, edits, options) {
    const { tagAt, bytes, tag } = open(source);
    const plan = planId3(bytes, edits, options);
    const splices = shiftSplices(plan.splices, tagAt);
    if (splices.length > 0) {
      const total = source.size - (tag?.size ?? 0) + plan.sizeAfter;
      splices.push({
        offset: TOTAL_SIZE_AT,
        length: 16,
        insert: Buffer.concat([uint64(total), uint64(tagAt)]),
      });
    }
    return {
      splices: tidySplices(splices, (offset, length) => source.read(offset, length)),
      changes: plan.changes,
      touched: plan.touched,
    };
  },
};
