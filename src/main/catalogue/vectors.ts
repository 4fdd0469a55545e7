import { endianness } from 'node:os';

const LITTLE = endianness() === 'LE';

/** 32-bit floats, little endian, as the catalogue keeps vectors and distributions. */
export function floatsToBlob(values: Float32Array | readonly number[]): Buffer {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  const blob = Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
  return LITTLE ? blob : Buffer.from(blob).swap32();
}

/** The inverse of `floatsToBlob`; the result has memory of its own. */
export function floatsFromBlob(blob: Uint8Array): Float32Array {
  // Not `blob.slice`: of a Buffer that is a view, and floats need memory that begins at a multiple of four.
  const copy = Buffer.from(Uint8Array.prototype.slice.call(blob).buffer);
  if (!LITTLE) copy.swap32();
  return new Float32Array(copy.buffer, copy.byteOffset, Math.floor(copy.byteLength / 4));
}
