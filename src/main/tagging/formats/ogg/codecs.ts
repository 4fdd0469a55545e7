import { RefusedError } from '../../errors.ts';

/** How one codec lays out the header packets at the start of an Ogg stream. */
export interface OggCodec {
  /** `ParsedFile.container`. */
  readonly container: 'ogg-vorbis' | 'opus' | 'speex' | 'ogg-flac';
  /** Whether the stream's first packet is this codec's. */
  readonly recognises: (first: Buffer) => boolean;
  /** Whether these are all the header packets. @throws RefusedError when one is not what must stand there */
  readonly complete: (packets: readonly Buffer[]) => boolean;
  /** Which packet holds the comments, -1 when none does. */
  readonly commentPacket: (packets: readonly Buffer[]) => number;
  /** Bytes of that packet before the comment header proper. */
  readonly prefixLength: number;
  /** The prefix for a comment header of this length, made from the old packet. */
  readonly prefix: (packet: Buffer, commentLength: number) => Buffer;
}

const ascii = (packet: Buffer, start: number, end: number): string => packet.toString('latin1', start, end);

/** Vorbis I specification, section 4.2: identification, comment, setup. */
const vorbis: OggCodec = {
  container: 'ogg-vorbis',
  recognises: (first) => first[0] === 1 && ascii(first, 1, 7) === 'vorbis',
  complete: (packets) => {
    packets.forEach((packet, index) => {
      if (packet[0] !== 1 + 2 * index || ascii(packet, 1, 7) !== 'vorbis') {
        throw new RefusedError('The Vorbis headers are not in their order');
      }
    });
    return packets.length === 3;
  },
  commentPacket: () => 1,
  prefixLength: 7,
  prefix: (packet) => packet.subarray(0, 7),
};

/** RFC 7845, sections 5.1 and 5.2. */
const opus: OggCodec = {
  container: 'opus',
  recognises: (first) => ascii(first, 0, 8) === 'OpusHead',
  complete: (packets) => {
    if (packets.length < 2) return false;
    if (ascii(packets[1]!, 0, 8) !== 'OpusTags') throw new RefusedError('No OpusTags packet after OpusHead');
    return true;
  },
  commentPacket: () => 1,
  prefixLength: 8,
  prefix: (packet) => packet.subarray(0, 8),
};

/** Speex manual, section 7: the count of extra headers stands at byte 68 of the first. */
const speex: OggCodec = {
  container: 'speex',
  recognises: (first) => ascii(first, 0, 8) === 'Speex   ' && first.length >= 80,
  complete: (packets) => {
    const extra = packets[0]!.readUInt32LE(68);
    if (extra > 100) throw new RefusedError(`The Speex header claims ${extra} extra headers`);
    return packets.length === 2 + extra;
  },
  commentPacket: () => 1,
  prefixLength: 0,
  prefix: () => Buffer.alloc(0),
};

const FLAC_VORBIS_COMMENT = 4;
const FLAC_LAST = 0x80;

/** Where STREAMINFO's block header stands in the first packet of a FLAC stream. */
const STREAMINFO_AT = 13;

/**
 * RFC 9639, section 10.1: `0x7F FLAC`, version, number of further headers (0: unknown), `fLaC`, STREAMINFO; then
 * one metadata block a packet. The count is not trusted: the last-block flag tells where they end.
 */
const flac: OggCodec = {
  container: 'ogg-flac',
  recognises: (first) =>
    first[0] === 0x7f && ascii(first, 1, 5) === 'FLAC' && first.length >= STREAMINFO_AT + 38,
  complete: (packets) => {
    const [first] = packets;
    if (first![5] !== 1 || ascii(first!, 9, 13) !== 'fLaC')
      throw new RefusedError('Unknown version of FLAC in Ogg');
    const last = packets.length === 1 ? first!.subarray(STREAMINFO_AT) : packets.at(-1)!;
    if (last.length < 4 || last.readUIntBE(1, 3) + 4 !== last.length) {
      throw new RefusedError('A FLAC metadata block does not fill its Ogg packet');
    }
    return (last[0]! & FLAC_LAST) !== 0;
  },
  commentPacket: (packets) => {
    const found = packets.flatMap((packet, index) =>
      index > 0 && (packet[0]! & 0x7f) === FLAC_VORBIS_COMMENT ? [index] : [],
    );
    if (found.length > 1)
      throw new RefusedError('The FLAC stream has several comment blocks (one is allowed)');
    return found[0] ?? -1;
  },
  prefixLength: 4,
  prefix: (packet, commentLength) => {
    if (commentLength >= 2 ** 24)
      throw new RefusedError('The comments would exceed the 16 MiB of a FLAC block');
    const header = Buffer.from(packet.subarray(0, 4));
    header.writeUIntBE(commentLength, 1, 3);
    return header;
  },
};

const CODECS = [vorbis, opus, speex, flac];

/**
 * The codec of a stream by its first packet.
 * @throws RefusedError for one whose headers we don't know
 */
export function codecOf(first: Buffer): OggCodec {
  const codec = CODECS.find(({ recognises }) => recognises(first));
  if (!codec) throw new RefusedError('The Ogg stream is neither Vorbis, Opus, Speex nor FLAC');
  return codec;
}
