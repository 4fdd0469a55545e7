import { readExactly } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';

/** One chunk of an IFF-like file (RIFF is little-endian, AIFF big-endian). Offsets are in the file. */
export interface Chunk {
  readonly id: string;
  /** Where its eight-byte header starts. */
  readonly start: number;
  /** Its data, without the padding byte. */
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Where the next chunk starts: behind the padding byte, if there is one. */
  readonly end: number;
}

/** The chunks of one form, in order. */
export interface Form {
  readonly chunks: readonly Chunk[];
  /** End of the form by its own size; bytes behind it belong to nothing. */
  readonly end: number;
  /** The last chunk has an odd size and no padding byte: one has to be made before anything is appended. */
  readonly lacksPadding: boolean;
}

const MAX_CHUNKS = 100_000;
const CHUNK_ID = /^[\x20-\x7e\xa9]{4}$/;

/**
 * Walks the chunks of a form from byte 12 on.
 * @param formEnd end of the form by its size field
 * @param sizeOf size of a chunk from its header: endianness, 64-bit sizes
 * @throws RefusedError when the chunks don't fill the form exactly, or the form doesn't fit the file
 */
export function walkChunks(
  source: ByteSource,
  formEnd: number,
  sizeOf: (header: Buffer, id: string) => number,
): Form {
  // Some software counts a padding byte at the very end that it doesn't write.
  if (formEnd > source.size + 1)
    throw new RefusedError(
      `The file says that it has ${formEnd} bytes, but it has ${source.size}: it is cut off, or was never finished.`,
    );
  const chunks: Chunk[] = [];
  let at = 12;
  while (at + 8 <= formEnd) {
    const header = readExactly(source, at, 8, 'chunks');
    const id = header.toString('latin1', 0, 4);
    const dataStart = at + 8;
    const dataEnd = dataStart + sizeOf(header, id);
    if (!CHUNK_ID.test(id) || dataEnd > formEnd || dataEnd > source.size || chunks.length >= MAX_CHUNKS)
      throw new RefusedError(
        `The chunks of the file don’t fit together (at byte ${at}); it is left as it is.`,
      );
    const padded = dataEnd + ((dataEnd - dataStart) & 1);
    const end = Math.min(padded, formEnd, source.size);
    chunks.push({ id, start: at, dataStart, dataEnd, end });
    at = end;
  }
  const last = chunks.at(-1);
  const lacksPadding =
    last !== undefined && ((last.dataEnd - last.dataStart) & 1) === 1 && last.end === last.dataEnd;
  const end = Math.min(formEnd, source.size);
  if (at !== end)
    throw new RefusedError('There are stray bytes behind the last chunk; the file is left as it is.');
  refuseHiddenChunks(source, end);
  return { chunks, end, lacksPadding };
}

/** Chunks behind the end of the form are read by some software and not by other: what an edit would mean is unclear. */
function refuseHiddenChunks(source: ByteSource, end: number): void {
  if (source.size - end < 8) return;
  const header = source.read(end, 8);
  const little = header.readUInt32LE(4);
  const big = header.readUInt32BE(4);
  const rest = source.size - end - 8;
  const isTag = header.toString('latin1', 0, 3) === 'TAG';
  if (!isTag && /^[A-Za-z0-9 ]{4}$/.test(header.toString('latin1', 0, 4)) && (little <= rest || big <= rest))
    throw new RefusedError(
      'There are chunks behind the end that the file itself states; it is left as it is.',
    );
}

/** A chunk for the end of the file, padded to an even number of bytes. */
export function encodeChunk(id: string, data: Uint8Array, bigEndian: boolean): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  if (bigEndian) header.writeUInt32BE(data.length, 4);
  else header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length & 1)]);
}
