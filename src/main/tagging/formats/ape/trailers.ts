import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';
import { APE_FRAME_SIZE, type ApeTag, isApeFrame, readApeTagEndingAt } from './tag.ts';

/** A block of metadata behind the audio. */
export interface Trailer {
  readonly kind: 'id3v1' | 'id3v1-enhanced' | 'lyrics3' | 'id3v2' | 'ape';
  readonly start: number;
  readonly end: number;
  /** Set where `kind` is `ape`. */
  readonly ape?: ApeTag;
}

const ID3V1 = 128;
const ID3V1_ENHANCED = 227;
/** Lyrics3 v1 has no size field; its specification limits it to this. */
const LYRICS3_V1_MAX = 5100;
const MAX_TRAILERS = 16;

const text = (source: ByteSource, at: number, length: number): string =>
  at < 0 ? '' : source.read(at, length).toString('latin1');

/** ID3v1 stands only at the very end; `APETAGEX` holds the letters TAG too. */
function id3v1(source: ByteSource, end: number, floor: number): Trailer | undefined {
  const start = end - ID3V1;
  if (end !== source.size || start < floor || text(source, start, 3) !== 'TAG') return undefined;
  if (text(source, start - 3, 8) === 'APETAGEX') return undefined;
  return { kind: 'id3v1', start, end };
}

function enhanced(source: ByteSource, end: number, floor: number, inFront: Trailer | undefined) {
  const start = end - ID3V1_ENHANCED;
  if (inFront?.kind !== 'id3v1' || start < floor || text(source, start, 4) !== 'TAG+') return undefined;
  return { kind: 'id3v1-enhanced', start, end } as const;
}

function lyrics3(source: ByteSource, end: number, floor: number): Trailer | undefined {
  const mark = text(source, end - 9, 9);
  if (mark === 'LYRICS200') {
    const digits = text(source, end - 15, 6);
    const start = end - 15 - Number(digits);
    if (!/^\d{6}$/.test(digits) || start < floor || text(source, start, 11) !== 'LYRICSBEGIN')
      throw new RefusedError('The Lyrics3 tag at the end of the file is damaged.');
    return { kind: 'lyrics3', start, end };
  }
  if (mark !== 'LYRICSEND') return undefined;
  const from = Math.max(floor, end - 9 - LYRICS3_V1_MAX - 11);
  const begin = text(source, from, end - from).lastIndexOf('LYRICSBEGIN');
  if (begin < 0) throw new RefusedError('The Lyrics3 tag at the end of the file is damaged.');
  return { kind: 'lyrics3', start: from + begin, end };
}

/** An ID3v2.4 tag appended with its footer. */
function appendedId3v2(source: ByteSource, end: number, floor: number): Trailer | undefined {
  const footer = end - 10 >= floor ? source.read(end - 10, 10) : Buffer.alloc(0);
  if (footer.length < 10 || footer.toString('latin1', 0, 3) !== '3DI') return undefined;
  let size = 0;
  for (const byte of footer.subarray(6, 10)) {
    if (byte > 0x7f) return undefined;
    size = size * 128 + byte;
  }
  const start = end - size - 20;
  return start >= floor && text(source, start, 3) === 'ID3' ? { kind: 'id3v2', start, end } : undefined;
}

function ape(source: ByteSource, end: number, floor: number): Trailer | undefined {
  const footerAt = end - APE_FRAME_SIZE;
  if (footerAt < floor || !isApeFrame(source, footerAt)) return undefined;
  const tag = readApeTagEndingAt(source, end, floor);
  return { kind: 'ape', start: tag.start, end, ape: tag };
}

/**
 * All metadata behind the audio, outermost (last in the file) first: ID3v1, enhanced ID3v1, Lyrics3, APE and
 * appended ID3v2 tags in whatever order they stand. The audio ends where the last of them starts.
 * @param floor offset that no trailer may reach below: where the audio starts
 * @throws RefusedError where one is there but damaged
 */
export function findTrailers(source: ByteSource, floor: number): readonly Trailer[] {
  const trailers: Trailer[] = [];
  let end = source.size;
  for (;;) {
    const found =
      id3v1(source, end, floor) ??
      enhanced(source, end, floor, trailers.at(-1)) ??
      ape(source, end, floor) ??
      lyrics3(source, end, floor) ??
      appendedId3v2(source, end, floor);
    if (!found || found.start >= end) return trailers;
    if (trailers.length === MAX_TRAILERS)
      throw new RefusedError('There are too many tags at the end of the file.');
    trailers.push(found);
    end = found.start;
  }
}
