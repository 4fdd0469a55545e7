import { WindowedSource } from '../../bytes/reading.ts';
import { RefusedError } from '../../errors.ts';
import type { ByteSource } from '../../format.ts';
import { parseVorbisComment, type VorbisComment } from '../vorbis-comment/block.ts';
import { codecOf, type OggCodec } from './codecs.ts';
import {
  CONTINUED,
  FIRST_PAGE,
  headerLength,
  LAST_PAGE,
  type OggPage,
  readPage,
  readSoundPage,
} from './page.ts';

/** Comments with several large covers stay far below; beyond it, something is wrong. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;
const MAX_HEADER_PACKETS = 1000;

/** A page of the headers with its body. */
export interface HeaderPage extends OggPage {
  readonly body: Buffer;
}

/** A place among the segments of the header pages: `segment` is an index into that page's lacing values. */
interface SegmentPlace {
  readonly page: number;
  readonly segment: number;
}

/** A packet: from `first` to `last`, both included. */
export interface HeaderPacket {
  readonly bytes: Buffer;
  readonly first: SegmentPlace;
  readonly last: SegmentPlace;
}

/** All that stands before the audio of the first (or only) stream of an Ogg file. */
export interface OggHeaders {
  readonly codec: OggCodec;
  readonly pages: readonly HeaderPage[];
  readonly packets: readonly HeaderPacket[];
  /** Index among the packets. */
  readonly comment: number;
  /** Where the first page after the headers begins. */
  readonly audioStart: number;
}

/**
 * Reads the header packets of the first stream. Every page is checked by its CRC, number and flags.
 * @throws RefusedError for damage, for streams that run side by side, and where audio shares a page with headers
 */
export function readHeaders(original: ByteSource): OggHeaders {
  const source = new WindowedSource(original);
  const pages: HeaderPage[] = [];
  const packets: HeaderPacket[] = [];
  let codec: OggCodec | undefined;
  let parts: Buffer[] = [];
  let first: SegmentPlace = { page: 0, segment: 0 };
  for (let offset = 0, done = false; !done; ) {
    const page = readHeaderPage(source, offset, pages.at(-1), parts.length > 0);
    pages.push(page);
    offset += page.length;
    if (offset > MAX_HEADER_BYTES) throw new RefusedError('The Ogg headers are larger than any real ones');
    let at = 0;
    page.lacing.forEach((length, segment) => {
      if (done)
        throw new RefusedError('Audio begins on the same Ogg page as the headers end, which is not allowed');
      if (parts.length === 0) first = { page: pages.length - 1, segment };
      parts.push(page.body.subarray(at, at + length));
      at += length;
      if (length === 255) return;
      packets.push({ bytes: Buffer.concat(parts), first, last: { page: pages.length - 1, segment } });
      parts = [];
      if (packets.length > MAX_HEADER_PACKETS)
        throw new RefusedError('More Ogg headers than any real file has');
      codec ??= codecOf(packets[0]!.bytes);
      done = codec.complete(packets.map(({ bytes }) => bytes));
    });
    if (pages.length === 1 && packets.length !== 1) {
      throw new RefusedError('The first Ogg page does not hold exactly the first header');
    }
  }
  return finish(codec!, pages, packets);
}

function finish(codec: OggCodec, pages: readonly HeaderPage[], packets: readonly HeaderPacket[]): OggHeaders {
  const comment = codec.commentPacket(packets.map(({ bytes }) => bytes));
  if (comment < 0) throw new RefusedError('The stream has no comment header, though its format demands one');
  const last = pages.at(-1)!;
  return { codec, pages, packets, comment, audioStart: last.offset + last.length };
}

function readHeaderPage(
  source: ByteSource,
  offset: number,
  previous: OggPage | undefined,
  packetIsOpen: boolean,
): HeaderPage {
  const page = readPage(source, offset);
  if (previous && page.serial !== previous.serial) {
    throw new RefusedError(
      'The Ogg file holds several streams side by side; only single ones can be edited safely',
    );
  }
  if (((page.flags & FIRST_PAGE) !== 0) !== (previous === undefined)) {
    throw new RefusedError('An Ogg stream begins where none may begin');
  }
  if (previous && page.sequence !== (previous.sequence + 1) >>> 0) {
    throw new RefusedError('A page is missing among the Ogg headers');
  }
  if (previous && previous.flags & LAST_PAGE)
    throw new RefusedError('The Ogg stream ends before its headers do');
  if (((page.flags & CONTINUED) !== 0) !== packetIsOpen || page.flags > 7) {
    throw new RefusedError('The flags of an Ogg header page contradict the pages before');
  }
  const bytes = Buffer.from(readSoundPage(source, page));
  return { ...page, body: bytes.subarray(headerLength(page)) };
}

/** The comments in the headers. */
export function commentOf({ codec, packets, comment }: OggHeaders): VorbisComment {
  const { bytes } = packets[comment]!;
  if (bytes.length < codec.prefixLength) throw new RefusedError('The comment header is cut short');
  return parseVorbisComment(bytes.subarray(codec.prefixLength));
}
