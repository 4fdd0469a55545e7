import type { FileHandle } from 'node:fs/promises';
import { BadWeightsError } from './bad-weights.ts';

/**
 * So many bytes of a file from a place on, in a buffer of their own.
 * @throws BadWeightsError where the file ends before
 */
export async function readAt(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw new BadWeightsError('The weights file ends too early.');
    at += bytesRead;
  }
  return bytes;
}
