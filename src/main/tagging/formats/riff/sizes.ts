import { RefusedError } from '../../errors.ts';
import type { ByteSource, Splice } from '../../format.ts';

/** `size` field of chunks whose size is in `ds64`. */
const IN_DS64 = 0xffff_ffff;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Where the 64-bit sizes of an RF64 or BW64 file are (EBU Tech 3306, ITU-R BS.2088). */
export interface Ds64 {
  /** Offset of the size of the whole form. */
  readonly formSizeAt: number;
  readonly formSize: number;
  readonly sizes: ReadonlyMap<string, number>;
}

function number64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > MAX_SAFE) throw new RefusedError('A 64-bit size in the file is impossible.');
  return Number(value);
}

/** @throws RefusedError when `ds64` isn't the first chunk, or is damaged */
export function readDs64(source: ByteSource): Ds64 {
  const header = source.read(12, 8);
  const size = header.length === 8 ? header.readUInt32LE(4) : 0;
  const bytes = source.read(20, Math.min(size, 1 << 20));
  if (header.toString('latin1', 0, 4) !== 'ds64' || size < 24 || bytes.length < size)
    throw new RefusedError('The file is RF64, but its sizes (ds64) are missing or damaged.');
  const sizes = new Map([['data', number64(bytes, 8)]]);
  const count = size >= 28 ? bytes.readUInt32LE(24) : 0;
  if (28 + 12 * count > Math.max(28, size)) throw new RefusedError('The table of sizes (ds64) is damaged.');
  for (let i = 0; i < count; i += 1)
    sizes.set(bytes.toString('latin1', 28 + 12 * i, 32 + 12 * i), number64(bytes, 32 + 12 * i));
  return { formSizeAt: 20, formSize: number64(bytes, 0), sizes };
}

/** Size of a chunk from its header. */
export function chunkSize(header: Buffer, id: string, ds64: Ds64 | null): number {
  const size = header.readUInt32LE(4);
  if (size !== IN_DS64) return size;
  const real = ds64?.sizes.get(id);
  if (real === undefined)
    throw new RefusedError('The size of the audio was never filled in: the recording was not finished.');
  return real;
}

/**
 * The splice that sets the size of the whole form.
 * @throws RefusedError when a RIFF file would pass 4 GB
 */
export function formSizeSplice(ds64: Ds64 | null, size: number): Splice {
  if (ds64) {
    const insert = Buffer.alloc(8);
    insert.writeBigUInt64LE(BigInt(size));
    return { offset: ds64.formSizeAt, length: 8, insert };
  }
  if (size >= IN_DS64)
    throw new RefusedError('The file would become larger than the 4 GB that WAV can hold.');
  const insert = Buffer.alloc(4);
  insert.writeUInt32LE(size);
  return { offset: 4, length: 4, insert };
}
