import { contentStart } from '../../bytes/leading-id3.ts';
import { readExactly, WindowedSource } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';

/** Metadata block types (RFC 9639, section 8.1). */
export const STREAMINFO = 0;
export const PADDING = 1;
export const VORBIS_COMMENT = 4;

const NAMES = ['STREAMINFO', 'PADDING', 'APPLICATION', 'SEEKTABLE', 'VORBIS_COMMENT', 'CUESHEET', 'PICTURE'];

/** Name of a block type for units and messages. */
export const blockName = (type: number): string => NAMES[type] ?? `block type ${type}`;

/** The 24-bit length field's limit. */
export const MAX_BLOCK_LENGTH = 2 ** 24 - 1;

/** No real file comes near; a file made of empty blocks must not keep us for hours. */
const MAX_BLOCKS = 10_000;

/** A metadata block: a four-byte header at `offset`, then `length` bytes. */
export interface FlacBlock {
  readonly type: number;
  readonly offset: number;
  readonly length: number;
}

export interface FlacLayout {
  /** Where `fLaC` stands: 0, or after ID3v2 tags. */
  readonly start: number;
  readonly blocks: readonly FlacBlock[];
  /** Where the first audio frame begins. */
  readonly audioStart: number;
}

/** Where `fLaC` stands, behind any ID3v2 tags; -1 when this is not a FLAC file. */
export function findFlac(source: ByteSource): number {
  const start = contentStart(source);
  return source.read(start, 4).toString('latin1') === 'fLaC' ? start : -1;
}

/**
 * Walks the metadata blocks and checks that audio follows them.
 * @throws RefusedError when the blocks don't lead to a frame: some program wrote a wrong length
 */
export function readLayout(original: ByteSource): FlacLayout {
  const source = new WindowedSource(original);
  const start = findFlac(source);
  if (start < 0) throw new RefusedError('Not a FLAC file');
  const blocks: FlacBlock[] = [];
  let at = start + 4;
  for (let last = false; !last; ) {
    const head = readExactly(source, at, 4, 'FLAC metadata');
    const type = head[0]! & 0x7f;
    const length = head.readUIntBE(1, 3);
    last = (head[0]! & 0x80) !== 0;
    if (type === 0x7f) throw new RefusedError('Invalid FLAC metadata block (type 127)');
    if (at + 4 + length > source.size) {
      throw new RefusedError(`The FLAC ${blockName(type)} block is longer than the file`);
    }
    if (blocks.length === MAX_BLOCKS)
      throw new RefusedError('More FLAC metadata blocks than any real file has');
    blocks.push({ type, offset: at, length });
    at += 4 + length;
  }
  if (blocks[0]?.type !== STREAMINFO || blocks[0].length !== 34) {
    throw new RefusedError('The FLAC file does not begin with a STREAMINFO block');
  }
  const sync = source.read(at, 2);
  // Fourteen bits of sync code, a reserved zero bit, then the blocking strategy (RFC 9639, section 9.1).
  if (at < source.size && (sync.length < 2 || sync[0] !== 0xff || (sync[1]! & 0xfe) !== 0xf8)) {
    throw new RefusedError('No FLAC frame follows the metadata: a block length must be wrong');
  }
  return { start, blocks, audioStart: at };
}
