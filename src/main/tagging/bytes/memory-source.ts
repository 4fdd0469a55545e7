import type { ByteSource } from '../format.ts';

/** A `ByteSource` over bytes in memory: for tests, and for tags that sit inside a chunk. */
export function memorySource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: buffer.length,
    read: (offset, length) => buffer.subarray(Math.max(0, offset), Math.max(0, offset + length)),
  };
}
