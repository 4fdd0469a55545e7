import type { ByteReader } from '../reader.ts';
import { type ByteRange, clip } from './payload.ts';

/** Header pages of a stream with a large cover: 64 kB a page, so this allows hundreds of megabytes. */
const MAX_PAGES = 10_000;
const MAX_FLAC_HEADERS = 4096;
/** Largest page: 27 bytes, 255 lacing values, 255 segments of 255 bytes. RFC 3533 §6. */
const MAX_PAGE = 27 + 255 + 255 * 255;
const USUAL_TAIL = 48 * 1024;

export interface OggPage {
  readonly start: number;
  readonly end: number;
  readonly body: number;
  readonly first: boolean;
  /** Samples up to the end of the last packet that ends here; undefined where none does. */
  readonly granule: bigint | undefined;
  readonly serial: number;
  readonly lacing: Buffer;
}

/** The page at `at`, undefined where there is none. */
export async function oggPage(reader: ByteReader, at: number): Promise<OggPage | undefined> {
  const head = await reader.read(at, 27 + 255);
  if (head.length < 27 || head.toString('latin1', 0, 4) !== 'OggS' || head[4] !== 0) return undefined;
  const segments = head[26]!;
  if (head.length < 27 + segments) return undefined;
  const lacing = head.subarray(27, 27 + segments);
  const granule = head.readBigInt64LE(6);
  const body = at + 27 + segments;
  return {
    start: at,
    body,
    end: body + lacing.reduce((sum, length) => sum + length, 0),
    first: (head[5]! & 0x02) !== 0,
    granule: granule === -1n ? undefined : granule,
    serial: head.readUInt32LE(14),
    lacing,
  };
}

/** What the first packet of a stream says of itself. */
export interface OggStreamHead {
  readonly codec: 'vorbis' | 'opus' | 'speex' | 'flac';
  /** Packets before the first one of audio; 0 where only the packets themselves tell. */
  readonly headerPackets: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples that a decoder drops at the start. */
  readonly preSkip: number;
}

function streamHead(packet: Buffer): OggStreamHead | undefined {
  const text = packet.toString('latin1', 0, 8);
  if (text.startsWith('\x01vorbis') && packet.length >= 16)
    return {
      codec: 'vorbis',
      headerPackets: 3,
      sampleRate: packet.readUInt32LE(12),
      channels: packet[11]!,
      preSkip: 0,
    };
  if (text === 'OpusHead' && packet.length >= 12)
    return {
      codec: 'opus',
      headerPackets: 2,
      sampleRate: 48_000,
      channels: packet[9]!,
      preSkip: packet.readUInt16LE(10),
    };
  if (text === 'Speex   ' && packet.length >= 72) {
    const headerPackets = 2 + Math.min(packet.readUInt32LE(68), 16);
    const channels = packet.readUInt32LE(48);
    return { codec: 'speex', headerPackets, sampleRate: packet.readUInt32LE(36), channels, preSkip: 0 };
  }
  // Mapping header: 0x7F "FLAC", version, number of header packets that follow, "fLaC", STREAMINFO block.
  if (text.startsWith('\x7fFLAC') && packet.length >= 30) {
    const following = packet.readUInt16BE(7);
    const headerPackets = following === 0 ? 0 : 1 + Math.min(following, MAX_FLAC_HEADERS);
    const channels = ((packet[29]! >> 1) & 7) + 1;
    return { codec: 'flac', headerPackets, sampleRate: packet.readUIntBE(27, 3) >> 4, channels, preSkip: 0 };
  }
  return undefined;
}

export interface OggAudio {
  readonly head: OggStreamHead;
  readonly serial: number;
  /** The first page behind the headers. */
  readonly start: number;
}

/**
 * The first audio stream of a physical Ogg stream, and where its headers end. Headers are counted by packets,
 * because granule positions of short first pages do not tell them from audio.
 */
export async function oggAudio(reader: ByteReader, start: number): Promise<OggAudio | undefined> {
  let head: OggStreamHead | undefined;
  let serial = 0;
  let packets = 0;
  let at = start;
  for (let i = 0; i < MAX_PAGES; i++) {
    const page = await oggPage(reader, at);
    if (!page || page.end > reader.size) return undefined;
    if (page.first && !head) {
      head = streamHead(await reader.read(page.body, Math.min(page.end - page.body, 128)));
      serial = page.serial;
    }
    if (head && page.serial === serial) {
      if (head.headerPackets === 0 && packets > 0 && (await isFlacAudio(reader, page)))
        return { head, serial, start: at };
      packets += page.lacing.reduce((sum, length) => sum + (length < 255 ? 1 : 0), 0);
      if (head.headerPackets > 0 && packets >= head.headerPackets) return { head, serial, start: page.end };
    }
    at = page.end;
  }
  return undefined;
}

/** A FLAC frame begins with its sync code; metadata blocks never with 0xFF. */
async function isFlacAudio(reader: ByteReader, page: OggPage): Promise<boolean> {
  return (await reader.read(page.body, 1))[0] === 0xff;
}

/** From the first audio page to the end. */
export async function locateOgg(
  reader: ByteReader,
  start: number,
): Promise<readonly ByteRange[] | undefined> {
  const audio = await oggAudio(reader, start);
  const range = audio && clip(audio.start, reader.size, reader.size);
  return range && [range];
}

/**
 * Seconds, from the last page's granule position: no need to read what is between.
 * @returns undefined for chained streams, whose links each count from zero, and where there is no such page
 */
export async function oggDuration(reader: ByteReader, audio: OggAudio): Promise<number | undefined> {
  if (audio.head.sampleRate === 0) return undefined;
  // The usual page is a few kilobytes; only where the end holds no page start is more of it read.
  for (const span of [USUAL_TAIL, 2 * MAX_PAGE]) {
    const from = Math.max(audio.start, reader.size - span);
    const tail = await reader.read(from, reader.size - from);
    for (let at = tail.lastIndexOf(Buffer.from('OggS')); at >= 0; at = before(tail, at)) {
      const page = await oggPage(reader, from + at);
      if (page?.granule === undefined || page.end > reader.size) continue;
      if (page.serial !== audio.serial) return undefined;
      const samples = Number(page.granule) - audio.head.preSkip;
      return samples > 0 ? samples / audio.head.sampleRate : undefined;
    }
  }
  return undefined;
}

const before = (tail: Buffer, at: number): number =>
  at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1, 'latin1');

/** Bytes of a page header that change when pages before it are added or dropped: sequence number and CRC. */
const MASK_FROM = 18;
const MASK_TO = 26;
const PAGE_START = Buffer.from('OggS\0', 'latin1');

/** How many bytes before a piece must be looked at to mask it. */
export const OGG_MASK_LEAD = MASK_TO - 1;

/**
 * Zeroes sequence numbers and CRCs of the page headers in `bytes`. A header is known by its capture pattern; the
 * same five bytes inside a packet are masked as well, which is harmless: the same happens next time.
 */
export function maskOggPages(bytes: Buffer): void {
  for (let at = bytes.indexOf(PAGE_START); at >= 0; at = bytes.indexOf(PAGE_START, at + 1))
    bytes.fill(0, Math.min(at + MASK_FROM, bytes.length), Math.min(at + MASK_TO, bytes.length));
}
