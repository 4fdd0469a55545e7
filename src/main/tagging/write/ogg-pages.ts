import { RefusedError } from '../errors.ts';

/** Offsets of a page's number, of its CRC, and of the byte behind it (RFC 3533 §6). */
const NUMBER_AT = 18;
const END_OF_CRC = 26;
const HEADER = 27;

/**
 * Splits a stream of bytes, given piece by piece, into whole Ogg pages. Only pages may come.
 * @throws RefusedError (from `push` and `finish`) when something else does
 */
export class OggPageSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** Each page that is complete now; the bytes may be written into. */
  *push(piece: Uint8Array): Generator<Buffer> {
    const bytes = Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (bytes.length - at >= HEADER) {
      if (bytes.toString('latin1', at, at + 4) !== 'OggS')
        throw new RefusedError('Ogg pages do not follow each other.');
      const segments = bytes[at + 26]!;
      if (bytes.length - at < HEADER + segments) break;
      let length = HEADER + segments;
      for (let i = 0; i < segments; i += 1) length += bytes[at + HEADER + i]!;
      if (bytes.length - at < length) break;
      yield bytes.subarray(at, at + length);
      at += length;
    }
    this.#rest = bytes.subarray(at);
  }

  finish(): void {
    if (this.#rest.length > 0) throw new RefusedError('The last Ogg page is cut short.');
  }
}

/** Zeroes what renumbering changes, so that a hash doesn't see it. */
export function maskPage(page: Buffer): void {
  page.fill(0, NUMBER_AT, END_OF_CRC);
}
