import { createHash } from 'node:crypto';
import { RefusedError } from '../errors.ts';
import type { AudioRange } from '../format.ts';
import { readFully } from '../source.ts';
import { maskPage, OggPageSplitter } from './ogg-pages.ts';

const PIECE = 1 << 20;
const buffer = Buffer.allocUnsafeSlow(PIECE);

/**
 * SHA-256 (hex) over the audio ranges of an open file, laid end to end and masked as they say.
 * @throws RefusedError when the file ends before a range does
 */
export function audioHash(fd: number, ranges: readonly AudioRange[]): string {
  const hash = createHash('sha256');
  for (const { start, end, mask } of ranges) {
    const splitter = mask === 'ogg-page-headers' ? new OggPageSplitter() : null;
    for (let at = start; at < end; at += PIECE) {
      const wanted = Math.min(PIECE, end - at);
      const piece = buffer.subarray(0, wanted);
      if (readFully(fd, piece, at) !== wanted)
        throw new RefusedError('The file ends in the middle of its audio.');
      if (!splitter) hash.update(piece);
      else
        for (const page of splitter.push(piece)) {
          maskPage(page);
          hash.update(page);
        }
    }
    splitter?.finish();
  }
  return hash.digest('hex');
}
