import fc from 'fast-check';
import { buildPage } from '../../../../../src/main/tagging/formats/ogg/page.ts';
import { commentBytes, rawEntries } from '../vorbis-comment/generate.ts';

/** A group of packets that ends on a page boundary. */
export interface PacketGroup {
  readonly packets: readonly Buffer[];
  /** Most segments a page gets. */
  readonly perPage?: number;
  /** Granule position where a packet ends. */
  readonly granule?: bigint;
}

export interface StreamOptions {
  readonly serial?: number;
  readonly firstSequence?: number;
  /** Marks the last page as the stream's end. */
  readonly ends?: boolean;
}

/** A logical stream, paged on its own (independently of the code under test, except for the page's bytes). */
export function oggStream(groups: readonly PacketGroup[], options: StreamOptions = {}): Buffer {
  const { serial = 0x1234abcd, firstSequence = 0, ends = true } = options;
  const pages: Buffer[] = [];
  groups.forEach(({ packets, perPage = 255, granule = 0n }, group) => {
    const segments = packets.flatMap((packet) => {
      const parts: Buffer[] = [];
      for (let at = 0; at <= packet.length; at += 255) parts.push(packet.subarray(at, at + 255));
      return parts;
    });
    for (let at = 0; at < segments.length; at += perPage) {
      const some = segments.slice(at, at + perPage);
      const continued = at > 0 && segments[at - 1]!.length === 255 ? 1 : 0;
      const last = ends && group === groups.length - 1 && at + perPage >= segments.length ? 4 : 0;
      pages.push(
        buildPage(
          {
            flags: continued | (pages.length === 0 ? 2 : 0) | last,
            granule: some.some(({ length }) => length < 255) ? granule : -1n,
            serial,
            sequence: firstSequence + pages.length,
            lacing: Uint8Array.from(some, ({ length }) => length),
          },
          Buffer.concat(some),
        ),
      );
    }
  });
  return Buffer.concat(pages);
}

export type Codec = 'ogg-vorbis' | 'opus' | 'speex' | 'ogg-flac';

const vorbisHeader = (type: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type]), Buffer.from('vorbis'), body]);

const flacBlock = (type: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  head[0] = type;
  return Buffer.concat([head, body]);
};

/** Header packets of a codec around a comment header. */
export function headerPackets(codec: Codec, comment: Buffer, setupLength = 700): Buffer[] {
  if (codec === 'ogg-vorbis') {
    return [
      vorbisHeader(1, Buffer.alloc(23, 1)),
      vorbisHeader(3, Buffer.concat([comment, Buffer.from([1])])),
      vorbisHeader(5, Buffer.alloc(setupLength, 0x5a)),
    ];
  }
  if (codec === 'opus')
    return [
      Buffer.from('OpusHead\x01\x02AAAABBBBCC\x00', 'latin1'),
      Buffer.concat([Buffer.from('OpusTags'), comment]),
    ];
  if (codec === 'speex') {
    const head = Buffer.alloc(80);
    head.write('Speex   1.2');
    head.writeUInt32LE(1, 68);
    return [head, comment, Buffer.alloc(setupLength, 7)];
  }
  return [
    Buffer.concat([Buffer.from('\x7fFLAC\x01\x00\x00\x00fLaC', 'latin1'), flacBlock(0, Buffer.alloc(34, 3))]),
    flacBlock(4, comment),
    flacBlock(6, Buffer.alloc(setupLength, 9)),
    flacBlock(0x81, Buffer.alloc(40)),
  ];
}

/** Audio packets that tell each other apart. */
export const audioPackets = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.alloc(50 + ((index * 97) % 700), index));

export interface FileOptions extends StreamOptions {
  readonly codec?: Codec;
  readonly setupLength?: number;
  readonly perPage?: number;
  /** Audio packets. */
  readonly audio?: number;
  readonly tail?: Uint8Array;
}

/** A one-stream file with these comments. */
export function oggFile(entries: readonly (string | Uint8Array)[], options: FileOptions = {}): Buffer {
  const { codec = 'ogg-vorbis', setupLength = 700, perPage = 255, audio = 20, tail } = options;
  const [first, ...rest] = headerPackets(codec, commentBytes(entries, tail ? { tail } : {}), setupLength);
  const sound = audioPackets(audio);
  return oggStream(
    [
      { packets: [first!] },
      { packets: rest, perPage },
      ...(sound.length > 0 ? [{ packets: sound, perPage: 17, granule: 4800n }] : []),
    ],
    options,
  );
}

/** Valid files of every codec, with comments from none to several pages, and pages of any size. */
export const oggFiles: fc.Arbitrary<Buffer> = fc
  .record({
    codec: fc.constantFrom<Codec>('ogg-vorbis', 'opus', 'speex', 'ogg-flac'),
    entries: rawEntries,
    cover: fc.option(fc.nat({ max: 140_000 }), { freq: 4 }),
    setupLength: fc.nat({ max: 9000 }),
    perPage: fc.constantFrom(1, 2, 5, 17, 200, 255),
    firstSequence: fc.constantFrom(0, 7, 0xffffffff),
    audio: fc.nat({ max: 12 }),
    chained: fc.boolean(),
    ends: fc.boolean(),
  })
  .map(({ entries, cover, chained, ...options }) => {
    const all = cover === null ? entries : [...entries, `METADATA_BLOCK_PICTURE=${'A'.repeat(cover)}`];
    // A page of one segment cannot be drawn out to 140,000 bytes in a test's time.
    const perPage = cover === null ? options.perPage : 255;
    const file = oggFile(all, { ...options, perPage });
    return chained ? Buffer.concat([file, oggFile(['TITLE=second'], { serial: 99 })]) : file;
  });
